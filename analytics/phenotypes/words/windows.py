"""When an event must come, and how often, in plain words."""

from analytics.phenotypes.expression import (
    CorrelatedCriterion,
    Endpoint,
    EndWindow,
    Occurrence,
    StartWindow,
)
from analytics.phenotypes.words.values import days_words

COUNTED = {
    "DAYS_SUPPLY": "days of supply",
    "DOMAIN_CONCEPT": "concepts",
    "DOMAIN_SOURCE_CONCEPT": "source concepts",
    "DURATION": "durations",
    "END_DATE": "end dates",
    "ERA_OCCURRENCES": "numbers of occurrences",
    "GAP_DAYS": "gap days",
    "QUANTITY": "quantities",
    "RANGE_HIGH": "high ends of the normal range",
    "RANGE_LOW": "low ends of the normal range",
    "REFILLS": "numbers of refills",
    "START_DATE": "start dates",
    "UNIT": "units",
    "VALUE_AS_NUMBER": "values",
    "VISIT_ID": "visits",
    "VISIT_DETAIL_ID": "visit details",
}
"""What is counted when different values are, in the plural."""


def occurrence_words(occurrence: Occurrence) -> str:
    """`no`, `at least 1`, `exactly 2 different start dates among`."""
    if occurrence.count == 0 and occurrence.how_often != "at least":
        return "no"
    often = f"{occurrence.how_often} {occurrence.count}"
    if not occurrence.is_distinct:
        return often
    return f"{often} different {COUNTED[occurrence.count_column or 'DOMAIN_CONCEPT']} among"


def timing_words(correlated: CorrelatedCriterion, index: str) -> list[str]:
    """Phrases that say when, relative to `index`, the events of a criterion must come."""
    phrases = [window_words(correlated.start_window, index) or "at any time"]
    if correlated.end_window:
        phrases.append(window_words(correlated.end_window, index))
    if correlated.restrict_visit:
        phrases.append(f"in the same visit as {index}")
    if correlated.ignore_observation_period:
        phrases.append("also outside the observation period")
    return [phrase for phrase in phrases if phrase]


def window_words(window: StartWindow | EndWindow, index: str) -> str:
    """`starting in the 30 days after the entry event`; empty where any day will do."""
    event = "ending" if window.use_event_end else "starting"
    reference = f"the end of {index}" if window.use_index_end else index
    days = _days_words(window.start, window.end, reference)
    return f"{event} {days}" if days else ""


def _days_words(start: Endpoint, end: Endpoint, index: str) -> str:
    first, last = start.offset, end.offset
    if first is None and last is None and start.coefficient == -1 and end.coefficient != -1:
        return ""
    if first is None and last is not None and start.coefficient == -1:
        return _until(last, index)
    if last is None and first is not None and end.coefficient != -1:
        return _from(first, index)
    if first is None or last is None:
        return f"between {_open_end(start)} and {_open_end(end)} around {index}"
    if first == last:
        return f"on the day of {index}" if first == 0 else f"{_day(first)} {index}"
    if first < 0 and last == -1:
        return f"in the {days_words(-first)} before {index}"
    if first == 1 and last > 1:
        return f"in the {days_words(last)} after {index}"
    if first * last > 0 and abs(last) > 1:
        return f"between {abs(first)} and {_day(last)} {index}"
    return f"between {_day(first)} and {_day(last)} {index}"


def _until(last: int, index: str) -> str:
    if last == 0:
        return f"on or before the day of {index}"
    if last == -1:
        return f"before the day of {index}"
    if last < 0:
        return f"at least {days_words(-last)} before {index}"
    return f"at any time up to {days_words(last)} after {index}"


def _from(first: int, index: str) -> str:
    if first == 0:
        return f"on or after the day of {index}"
    if first == 1:
        return f"after the day of {index}"
    if first > 0:
        return f"at least {days_words(first)} after {index}"
    return f"at any time from {days_words(-first)} before {index}"


def _day(offset: int) -> str:
    """A day as seen from the index; the words that follow name the index."""
    if offset == 0:
        return "the day of"
    return f"{days_words(abs(offset))} {'before' if offset < 0 else 'after'}"


def _open_end(end: Endpoint) -> str:
    if end.offset is not None:
        return _day(end.offset)
    return "the start of observation" if end.coefficient == -1 else "the end of observation"
