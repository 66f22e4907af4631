"""Which concepts belong to a set or to a group, as the CDM's own vocabulary tells it.

A set contains the concepts that it names, known to the CDM or not; descendants that are invalid
are left out. FeatureExtraction's groups are read as they come.
"""

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from analytics.features.concept_choice import ConceptChoice, ConceptSet, NamedConcept, RollUp
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.groups import groups_of
from analytics.features.prespecified.tables import Cdm

TABLE_OF_GROUPS = {"condition_groups": "condition_era", "drug_groups": "drug_era"}


def choose_concepts(cdm: Cdm, events: AnyLazyFrame, choice: ConceptChoice) -> AnyLazyFrame:
    """One row for each row of `events` whose concept is included and not excluded."""
    if choice.included:
        events = _keep(cdm, events, choice.included, are_kept=True)
    if choice.excluded:
        events = _keep(cdm, events, choice.excluded, are_kept=False)
    return events


def members_of(cdm: Cdm, concept_set: ConceptSet) -> AnyLazyFrame:
    """One row for each concept of the set."""
    brought = _brought(cdm, [one for one in concept_set.concepts if not one.is_excluded])
    if excluded := [one for one in concept_set.concepts if one.is_excluded]:
        brought = brought.join(_brought(cdm, excluded), on="concept_id", how="anti")
    return brought


def groups_to_lift(cdm: Cdm, roll_up: RollUp) -> AnyLazyFrame:
    """One row for each (concept_id, group_id). A named ancestor contains itself."""
    if roll_up.named:
        return groups_of(cdm, TABLE_OF_GROUPS[roll_up.named])
    ancestors = list(roll_up.ancestors)
    itself = cdm.lift(
        pl.DataFrame(
            {"concept_id": ancestors, "group_id": ancestors},
            schema={"concept_id": pl.Int64, "group_id": pl.Int64},
        )
    )
    below = (
        cdm.table("concept_ancestor")
        .filter(nw.col("ancestor_concept_id").is_in(ancestors))
        .select(concept_id=nw.col("descendant_concept_id"), group_id=nw.col("ancestor_concept_id"))
    )
    return nw.concat([itself.select("concept_id", "group_id"), below]).unique()


def _keep(
    cdm: Cdm, events: AnyLazyFrame, sets: Sequence[ConceptSet], *, are_kept: bool
) -> AnyLazyFrame:
    named = [one for each in sets for one in each.concepts]
    if all(_is_itself_alone(one) for one in named):  # no vocabulary is needed
        is_named = nw.col("concept_id").is_in([one.concept_id for one in named])
        return events.filter(is_named if are_kept else ~is_named)
    members = nw.concat([members_of(cdm, each) for each in sets]).unique()
    return events.join(members, on="concept_id", how="semi" if are_kept else "anti")


def _is_itself_alone(named: NamedConcept) -> bool:
    return not (named.include_descendants or named.include_mapped or named.is_excluded)


def _brought(cdm: Cdm, named: Sequence[NamedConcept]) -> AnyLazyFrame:
    """One row for each concept that these bring: themselves, and what they say they bring."""
    reached = [_lifted(cdm, named)]
    if broad := [one for one in named if one.include_descendants]:
        reached.append(_descendants(cdm, _lifted(cdm, broad)))
    if mapped := [one for one in named if one.include_mapped]:
        to_map = [_lifted(cdm, mapped)]
        if broad := [one for one in mapped if one.include_descendants]:
            to_map.append(_descendants(cdm, _lifted(cdm, broad)))
        links = (
            cdm.table("concept_relationship")
            .filter(nw.col("relationship_id") == "Maps to")
            .select(concept_id=nw.col("concept_id_2"), member_id=nw.col("concept_id_1"))
        )
        reached.append(
            nw.concat(to_map)
            .join(links, on="concept_id", how="inner")
            .select(concept_id=nw.col("member_id"))
        )
    return nw.concat(reached).unique()


def _descendants(cdm: Cdm, concepts: AnyLazyFrame) -> AnyLazyFrame:
    below = cdm.table("concept_ancestor").select(
        concept_id=nw.col("ancestor_concept_id"), member_id=nw.col("descendant_concept_id")
    )
    invalid = cdm.table("concept").filter(~nw.col("invalid_reason").is_null())
    return (
        concepts.join(below, on="concept_id", how="inner")
        .select(concept_id=nw.col("member_id"))
        .join(invalid.select("concept_id"), on="concept_id", how="anti")
    )


def _lifted(cdm: Cdm, named: Sequence[NamedConcept]) -> AnyLazyFrame:
    ids = [one.concept_id for one in named]
    return cdm.lift(pl.DataFrame({"concept_id": ids}, schema={"concept_id": pl.Int64})).select(
        "concept_id"
    )
