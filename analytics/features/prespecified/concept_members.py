"""Which concepts are meant where some are included or left out, by the CDM's own vocabulary.

Two readings. Ours: a set contains the concepts that it names, known to the CDM or not; descendants
that are invalid are left out. FeatureExtraction's (`as_they_come`, 3.14.0, ADD_DESCENDANTS_SQL): a
concept that brings its descendants is what `concept_ancestor` has below it, valid or not, and so is
itself only where the table has a row of it to itself.
"""

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from analytics.features.concept_choice import ConceptChoice, ConceptSet, NamedConcept
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import Cdm


def choose_concepts(
    cdm: Cdm,
    frame: AnyLazyFrame,
    choice: ConceptChoice | None,
    *,
    column: str = "concept_id",
    as_they_come: bool = False,
) -> AnyLazyFrame:
    """One row for each row of `frame` whose `column` is included and not excluded."""
    if choice and choice.included:
        frame = _keep(cdm, frame, column, choice.included, as_they_come, are_kept=True)
    if choice and choice.excluded:
        frame = _keep(cdm, frame, column, choice.excluded, as_they_come, are_kept=False)
    return frame


def members_of(cdm: Cdm, concept_set: ConceptSet, *, as_they_come: bool = False) -> AnyLazyFrame:
    """One row for each concept of the set."""
    named = [one for one in concept_set.concepts if not one.is_excluded]
    brought = _brought(cdm, named, as_they_come)
    if excluded := [one for one in concept_set.concepts if one.is_excluded]:
        brought = brought.join(_brought(cdm, excluded, as_they_come), on="concept_id", how="anti")
    return brought


def _keep(
    cdm: Cdm,
    frame: AnyLazyFrame,
    column: str,
    sets: Sequence[ConceptSet],
    as_they_come: bool,
    *,
    are_kept: bool,
) -> AnyLazyFrame:
    named = [one for each in sets for one in each.concepts]
    if all(_is_itself_alone(one) for one in named):  # no vocabulary is needed
        is_named = nw.col(column).is_in([one.concept_id for one in named])
        return frame.filter(is_named if are_kept else ~is_named)
    members = nw.concat([members_of(cdm, each, as_they_come=as_they_come) for each in sets])
    wanted = members.unique().select(nw.col("concept_id").alias(column))
    return frame.join(wanted, on=column, how="semi" if are_kept else "anti")


def _is_itself_alone(named: NamedConcept) -> bool:
    return not (named.include_descendants or named.include_mapped or named.is_excluded)


def _brought(cdm: Cdm, named: Sequence[NamedConcept], as_they_come: bool) -> AnyLazyFrame:
    """One row for each concept that these bring: themselves, and what they say they bring."""
    reached = [_with_descendants(cdm, named, as_they_come)]
    if mapped := [one for one in named if one.include_mapped]:
        links = (
            cdm.table("concept_relationship")
            .filter(nw.col("relationship_id") == "Maps to")
            .select(concept_id=nw.col("concept_id_2"), member_id=nw.col("concept_id_1"))
        )
        reached.append(
            _with_descendants(cdm, mapped, as_they_come)
            .join(links, on="concept_id", how="inner")
            .select(concept_id=nw.col("member_id"))
        )
    return nw.concat(reached).unique()


def _with_descendants(cdm: Cdm, named: Sequence[NamedConcept], as_they_come: bool) -> AnyLazyFrame:
    """One row for each of these concepts and each descendant that one of them brings."""
    broad = [one for one in named if one.include_descendants]
    alone = [one for one in named if not (as_they_come and one.include_descendants)]
    below = _descendants(cdm, _lifted(cdm, broad))
    if not as_they_come:
        invalid = cdm.table("concept").filter(~nw.col("invalid_reason").is_null())
        below = below.join(invalid.select("concept_id"), on="concept_id", how="anti")
    return nw.concat([_lifted(cdm, alone), below]) if broad else _lifted(cdm, alone)


def _descendants(cdm: Cdm, concepts: AnyLazyFrame) -> AnyLazyFrame:
    below = cdm.table("concept_ancestor").select(
        concept_id=nw.col("ancestor_concept_id"), member_id=nw.col("descendant_concept_id")
    )
    return concepts.join(below, on="concept_id", how="inner").select(concept_id=nw.col("member_id"))


def _lifted(cdm: Cdm, named: Sequence[NamedConcept]) -> AnyLazyFrame:
    ids = [one.concept_id for one in named]
    return cdm.lift(pl.DataFrame({"concept_id": ids}, schema={"concept_id": pl.Int64})).select(
        "concept_id"
    )
