"""Concepts and concept sets as settings name them: `201826`, or a file of the project's seeds."""

from functools import cache
from pathlib import Path

import polars as pl

from analytics.errors import near_miss
from analytics.features.concept_choice import ConceptChoice, ConceptSet, NamedConcept
from analytics.settings import house_root

FOLDER = Path("dbt_project", "seeds", "concept_sets")


def resolve_choice(
    included: tuple[int | str, ...],
    excluded: tuple[int | str, ...],
    *,
    include_descendants: bool,
    exclude_descendants: bool | None = None,
) -> ConceptChoice | None:
    """The choice that these names make; none where they name nothing.

    Excluded concepts bring their descendants as the included ones do, unless it is said otherwise.
    """
    if not included and not excluded:
        return None
    with_descendants = include_descendants if exclude_descendants is None else exclude_descendants
    return ConceptChoice(
        included=tuple(_resolved(each, descendants=include_descendants) for each in included),
        excluded=tuple(_resolved(each, descendants=with_descendants) for each in excluded),
    )


def named_concepts(named: tuple[int | str, ...]) -> tuple[int, ...]:
    """The concept ids that are named, those of concept sets without the excluded ones."""
    sets = (_resolved(each, descendants=True) for each in named)
    found = (one.concept_id for each in sets for one in each.concepts if not one.is_excluded)
    return tuple(dict.fromkeys(found))


def _resolved(named: int | str, *, descendants: bool) -> ConceptSet:
    if isinstance(named, str):
        return read_concept_set(named)
    return ConceptSet(
        name=str(named),
        concepts=(NamedConcept(concept_id=named, include_descendants=descendants),),
    )


@cache
def read_concept_set(name: str) -> ConceptSet:
    """The concept set of that name; raises `ValueError` where there is none."""
    files = _concept_set_files()
    if name not in files:
        raise ValueError(
            f"concept set {name!r} does not exist.{near_miss(name, files)} "
            "Concept sets are the files in dbt_project/seeds/concept_sets/; a concept is named by "
            "its number"
        )
    rows = pl.read_csv(files[name]).select(
        pl.col("concept_id").cast(pl.Int64),
        *(
            pl.col(flag).cast(pl.String).str.to_lowercase() == "true"
            for flag in ("include_descendants", "include_mapped", "is_excluded")
        ),
    )
    return ConceptSet(
        name=name,
        concepts=tuple(
            NamedConcept(
                concept_id=concept_id,
                include_descendants=include_descendants,
                include_mapped=include_mapped,
                is_excluded=is_excluded,
            )
            for concept_id, include_descendants, include_mapped, is_excluded in rows.iter_rows()
        ),
    )


def _concept_set_files() -> dict[str, Path]:
    return {path.stem: path for path in sorted((house_root() / FOLDER).rglob("*.csv"))}
