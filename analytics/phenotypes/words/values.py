"""Ranges, texts, periods and moved dates in plain words."""

from analytics.phenotypes.expression import (
    Concepts,
    ConceptSet,
    ConceptSetSelection,
    DateAdjustment,
    DateRange,
    NumericRange,
    Period,
    TextFilter,
)
from analytics.phenotypes.telling_titles import first_concept, sets_without_a_telling_title

ConceptSets = tuple[ConceptSet, ...]


def number_words(values: NumericRange) -> str:
    """`at least 18`, `between 3 and 5`."""
    amount = f"{values.value:g}" if isinstance(values.value, float) else str(values.value)
    upper = f"{values.extent:g}" if isinstance(values.extent, float) else str(values.extent)
    return {
        "lt": f"below {amount}",
        "lte": f"at most {amount}",
        "eq": f"exactly {amount}",
        "!eq": f"other than {amount}",
        "gt": f"above {amount}",
        "gte": f"at least {amount}",
        "bt": f"between {amount} and {upper}",
        "!bt": f"not between {amount} and {upper}",
    }[values.comparison]


def day_words(days: DateRange) -> str:
    """`on or after 2020-01-01`, `between 2020-01-01 and 2020-12-31`."""
    return {
        "lt": f"before {days.value}",
        "lte": f"on or before {days.value}",
        "eq": f"on {days.value}",
        "!eq": f"on another day than {days.value}",
        "gt": f"after {days.value}",
        "gte": f"on or after {days.value}",
        "bt": f"between {days.value} and {days.extent}",
        "!bt": f"not between {days.value} and {days.extent}",
    }[days.comparison]


def text_words(text: TextFilter) -> str:
    """`containing 'x'`, `not starting with 'x'`."""
    verb = {
        "contains": "containing",
        "startsWith": "starting with",
        "endsWith": "ending with",
        "eq": "equal to",
    }[text.comparison.removeprefix("!")]
    return f"{'not ' if text.comparison.startswith('!') else ''}{verb} '{text.text}'"


def period_words(period: Period) -> str:
    """`from 2010-01-01 to 2010-06-30`; an open end says nothing."""
    first = f"from {period.start_date}" if period.start_date else ""
    last = f"to {period.end_date}" if period.end_date else ""
    return " ".join(part for part in (first, last) if part) or "without an end of its own"


def adjustment_words(moved: DateAdjustment) -> str:
    """What stands for the start and the end of an event whose dates are moved."""
    start = _moved_day(moved.start_offset, moved.start_with)
    end = _moved_day(moved.end_offset, moved.end_with)
    return f"counted from {start} to {end}"


def _moved_day(offset: int, with_date: str) -> str:
    day = "its start" if with_date == "START_DATE" else "its end"
    if offset == 0:
        return day
    return f"{days_words(abs(offset))} {'before' if offset < 0 else 'after'} {day}"


def days_words(n_days: int) -> str:
    """`1 day`, `30 days`."""
    return f"{n_days} day" if n_days == 1 else f"{n_days} days"


def concept_words(concepts: Concepts) -> str:
    """`'MALE' or 'FEMALE'`: names, or ids where a concept has no name."""
    names = [f"'{c.concept_name}'" if c.concept_name else str(c.concept_id) for c in concepts]
    return ", ".join(names[:-1]) + (" or " if names[:-1] else "") + names[-1]


def selection_words(selection: ConceptSetSelection, concept_sets: ConceptSets) -> str:
    """`in 'X'`, `not in 'X'`; without a concept set `given` or `missing`."""
    if selection.concept_set_id is None:
        return "missing" if selection.is_exclusion else "given"
    name = telling_name(selection.concept_set_id, concept_sets)
    return f"{'not ' if selection.is_exclusion else ''}in '{name}'"


def concept_set_name(concept_set_id: int, concept_sets: ConceptSets) -> str:
    """The name of a concept set, or `concept set 3` where it has none."""
    for concept_set in concept_sets:
        if concept_set.concept_set_id == concept_set_id and (concept_set.name or "").strip():
            return str(concept_set.name).strip()
    return f"concept set {concept_set_id}"


def telling_name(concept_set_id: int, concept_sets: ConceptSets) -> str:
    """Its name and, where that does not tell it from another, its first concept.

    `set (Heart failure and others)`.
    """
    name = concept_set_name(concept_set_id, concept_sets)
    if concept_set_id not in sets_without_a_telling_title(concept_sets):
        return name
    concept_set = next(each for each in concept_sets if each.concept_set_id == concept_set_id)
    first = " ".join(first_concept(concept_set).split())
    others = " and others" if len(concept_set.items) > 1 else ""
    return f"{name} ({first}{others})" if first else name
