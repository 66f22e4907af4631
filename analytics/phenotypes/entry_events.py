"""Which records of the CDM may open a cohort: tables, and the concept sets to look them up in."""

from dataclasses import dataclass

from analytics.phenotypes.compiler.concept_sets import compile_concept_set
from analytics.phenotypes.compiler.domains import DOMAINS
from analytics.phenotypes.expression import CohortExpression


@dataclass(frozen=True, kw_only=True, order=True)
class EntryEvent:
    """A table whose records may open a cohort; `concept_set` is empty where any concept may."""

    table: str
    concept_set: str


def entry_events(expression: CohortExpression) -> tuple[EntryEvent, ...]:
    """What the primary criteria of a definition look for, each once, in the order of their names.

    Left out are criteria about tables without a concept (an observation period, a payer), and those
    that ask for a source concept alone.
    """
    named = {
        concept_set.concept_set_id: compile_concept_set(concept_set).name
        for concept_set in expression.concept_sets
    }
    found = set()
    for criterion in expression.primary_criteria.criteria:
        domain = DOMAINS[criterion.kind]
        number: int | None = getattr(criterion, "concept_set_id", None)
        source = getattr(criterion, "source_concept_set_id", None)
        if domain.concept is not None and (number is not None or source is None):
            concept_set = "" if number is None else named[number]
            found.add(EntryEvent(table=domain.table, concept_set=concept_set))
    return tuple(sorted(found))
