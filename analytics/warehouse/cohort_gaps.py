"""What cohorts ask for and the CDM has not: concepts of their sets, and whole tables."""

from dataclasses import dataclass

from analytics.warehouse.landing import LANDED_TABLE, SCHEMA
from analytics.warehouse.workspace import Workspace, connect


@dataclass(frozen=True, kw_only=True)
class UnknownConcept:
    """A concept that the set of a definition names and the vocabulary lacks."""

    concept_set: str
    concept_id: int
    concept_name: str | None


def unknown_concepts(workspace: Workspace) -> list[UnknownConcept]:
    """Those of all definitions in the workspace, by concept set and concept."""
    with connect(workspace, read_only=True) as connection:
        rows = connection.execute(
            "select concept_set, concept_id, concept_name from vocabulary.unknown_concept "
            "order by concept_set, concept_id"
        ).fetchall()
    return [
        UnknownConcept(concept_set=concept_set, concept_id=concept_id, concept_name=concept_name)
        for concept_set, concept_id, concept_name in rows
    ]


def absent_tables(workspace: Workspace) -> frozenset[str]:
    """The tables of the contracts that the landed CDM came without."""
    with connect(workspace, read_only=True) as connection:
        rows = connection.execute(
            f"select table_name from {SCHEMA}.{LANDED_TABLE} where not is_present"
        ).fetchall()
    return frozenset(str(table) for (table,) in rows)
