"""How often events must be found: as a condition on their count, in words, as part of a name."""

from analytics.phenotypes.compiler.criteria import counted_name
from analytics.phenotypes.expression import Occurrence

COMPARED = {"exactly": "=", "at most": "<=", "at least": ">="}


def allows_none(occurrence: Occurrence) -> bool:
    """Whether an index event may pass without any event found."""
    return occurrence.how_often == "at most" or occurrence.count == 0


def how_often_text(occurrence: Occurrence, events: str) -> str:
    """The count of events, or of their different values, compared."""
    counted = f"{events}.event_id"
    if occurrence.is_distinct:
        column = counted_name(occurrence.count_column or "DOMAIN_CONCEPT")
        counted = f"distinct {events}.{column}"
    return f"count({counted}) {COMPARED[occurrence.how_often]} {occurrence.count}"


def occurrence_words(occurrence: Occurrence, what: str) -> str:
    """How many of which events, as the start of a sentence; `what` says which."""
    if occurrence.is_distinct:
        column = counted_name(occurrence.count_column or "DOMAIN_CONCEPT").replace("_", " ")
        what = f"{what} with different {column}"
    if occurrence.how_often != "at least" and occurrence.count == 0:
        return f"No {what}"
    return f"{occurrence.how_often.capitalize()} {occurrence.count} of the {what}"


def occurrence_name(occurrence: Occurrence, events: str) -> str:
    """What index events with that many of the events are called."""
    if occurrence.how_often != "at least" and occurrence.count == 0:
        return f"without_{events}"
    if occurrence.how_often == "at least" and occurrence.count == 1:
        return f"with_{events}"
    return f"with_{occurrence.how_often.replace(' ', '_')}_{occurrence.count}_{events}"
