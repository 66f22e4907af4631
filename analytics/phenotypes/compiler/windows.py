"""When an event must come relative to another one: conditions of a join, and words."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.phenotypes.compiler.sql_text import LONGEST_LINE, add_days, compared
from analytics.phenotypes.expression import CorrelatedCriterion, Endpoint, EndWindow, StartWindow

OBSERVED_FROM, OBSERVED_TO = "observation_start_date", "observation_end_date"


@dataclass(frozen=True, kw_only=True)
class Index:
    """A part whose events others are put in relation to.

    It has person_id, `key` (which event of the person), start_date, end_date and the first and
    last day of the observation period that the event starts in. `noun` is one of its events;
    parts that are about it carry `prefix` in their names.
    """

    name: str
    key: str
    noun: str
    prefix: str = ""


def window_conditions(criterion: CorrelatedCriterion, index: Index, events: str) -> Iterator[str]:
    """What ties an event to an index event, as conditions of their join."""
    yield compared(f"{index.name}.person_id", "=", f"{events}.person_id")
    is_bounded = not criterion.ignore_observation_period
    if is_bounded:
        yield between(
            f"{events}.start_date",
            f"{index.name}.{OBSERVED_FROM}",
            f"{index.name}.{OBSERVED_TO}",
        )
    for window in (criterion.start_window, criterion.end_window):
        if window is not None:
            yield from _one_window(window, index, events, is_bounded=is_bounded)
    if criterion.restrict_visit:
        visit = "visit_occurrence_id"
        yield compared(f"{index.name}.{visit}", "=", f"{events}.{visit}")


def _one_window(
    window: StartWindow | EndWindow, index: Index, events: str, *, is_bounded: bool
) -> Iterator[str]:
    day = f"{events}.{'end_date' if window.use_event_end else 'start_date'}"
    anchor = f"{index.name}.{'end_date' if window.use_index_end else 'start_date'}"
    first = _limit(window.start, anchor, index, is_bounded=is_bounded)
    last = _limit(window.end, anchor, index, is_bounded=is_bounded)
    if is_bounded and not window.use_event_end:  # said already: it starts inside the period
        first = None if first == f"{index.name}.{OBSERVED_FROM}" else first
        last = None if last == f"{index.name}.{OBSERVED_TO}" else last
    if first and last:
        yield compared(first, "=", day) if first == last else between(day, first, last)
    elif first:
        yield compared(first, "<=", day)
    elif last:
        yield compared(last, ">=", day)


def _limit(side: Endpoint, anchor: str, index: Index, *, is_bounded: bool) -> str | None:
    """A day from the index; where the side is open, the end of the observation period, if any."""
    if side.offset is not None:
        return add_days(anchor, side.offset)
    observed = OBSERVED_FROM if side.coefficient == -1 else OBSERVED_TO
    return f"{index.name}.{observed}" if is_bounded else None


def between(day: str, first: str, last: str, *, day_is_joined: bool = True) -> str:
    """A day between two, both inclusive; two conditions where one line would be too long.

    Broken over lines, the `and` of a `between` reads like that of the next condition. What is
    joined stands on the right: the day, or the two that it lies between.
    """
    line = f"{day} between {first} and {last}"
    if len(line) <= LONGEST_LINE:
        return line
    if day_is_joined:
        return f"{compared(first, '<=', day)}\nand {compared(last, '>=', day)}"
    return f"{compared(day, '>=', first)}\nand {compared(day, '<=', last)}"


def window_words(criterion: CorrelatedCriterion, index: Index) -> str:
    """The windows of a criterion in words: "starting 0 to 30 days after the entry event"."""
    is_bounded = not criterion.ignore_observation_period
    windows = (criterion.start_window, criterion.end_window)
    words = [
        _in_words(window, index, is_bounded=is_bounded) for window in windows if window is not None
    ]
    said = " and ".join(word for word in words if word) or "at any time"
    visit = ", in the same visit" if criterion.restrict_visit else ""
    outside = ", observed then or not" if criterion.ignore_observation_period else ""
    return f"{said}{visit}{outside}"


def _in_words(window: StartWindow | EndWindow, index: Index, *, is_bounded: bool) -> str:
    verb = "ending" if window.use_event_end else "starting"
    anchor = f"the end of {index.noun}" if window.use_index_end else index.noun
    first, last = window.start.offset, window.end.offset
    # Open on the far side, as ATLAS lets one ask: on the last (or first) day of observation.
    if is_bounded and first is None and window.start.coefficient == 1:
        return f"{verb} where observation ends"
    if is_bounded and last is None and window.end.coefficient == -1:
        return f"{verb} where observation begins"
    if first is None:
        return "" if last is None else f"{verb} up to {_place(last)} {anchor}"
    if last is None:
        return f"{verb} from {_place(first)} {anchor} on"
    if first == last:
        return f"{verb} {'on ' if first == 0 else ''}{_place(first)} {anchor}"
    return f"{verb} {_span(first, last)} {anchor}"


def _place(day: int) -> str:
    if day == 0:
        return "the day of"
    return f"{days_words(abs(day))} {'after' if day > 0 else 'before'}"


def _span(first: int, last: int) -> str:
    if last < 0:
        return f"{-first} to {days_words(-last)} before"
    if first >= 0:
        return f"{first} to {days_words(last)} after"
    if last == 0:
        return f"within {days_words(-first)} before"
    return f"between {days_words(-first)} before and {days_words(last)} after"


def days_words(number: int) -> str:
    """A number of days in words."""
    return "1 day" if number == 1 else f"{number} days"
