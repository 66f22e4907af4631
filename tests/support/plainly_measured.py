"""Measures of one's own settings a second, slow, obvious way: for each row, look at each event.

Written from what the measures mean, not from the code that is tested.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.features.analysis import Analysis


@dataclass(frozen=True, kw_only=True)
class Event:
    """One record, by day relative to index."""

    key: int
    concept_id: int
    first: int
    last: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    answer: int | None = None


COLUMNS = {
    "measurement": ("measurement", "measurement_concept_id", "measurement_date", ""),
    "visit": ("visit_occurrence", "visit_concept_id", "visit_start_date", "visit_end_date"),
    "condition_era": (
        "condition_era",
        "condition_concept_id",
        "condition_era_start_date",
        "condition_era_end_date",
    ),
    "cohort": ("cohort", "cohort_definition_id", "cohort_start_date", "cohort_end_date"),
}


def measured_plainly(
    cohort: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    analysis: Analysis,
    *,
    lifted: Mapping[int, set[int]] | None = None,
    chosen: set[int] | None = None,
) -> dict[tuple[int, int], float]:
    """The value of each (row_id, concept_id) that is there; 1 stands for all concepts together.

    `lifted` gives the groups of a concept, `chosen` the concepts that are read.
    """
    found: dict[tuple[int, int], float] = {}
    recorded = _records(tables, analysis.domain)
    for row in cohort.to_dicts():
        by_concept: dict[int, list[Event]] = defaultdict(list)
        for event in _events(recorded, analysis.domain, row):
            if chosen is not None and event.concept_id not in chosen:
                continue
            if not _is_in_window(event, analysis) or event.concept_id == 0:
                continue
            groups = {event.concept_id} if lifted is None else lifted.get(event.concept_id, set())
            for group in groups:
                by_concept[group if analysis.is_by_concept else 1].append(event)
        for concept_id, events in by_concept.items():
            value = _value(analysis, events)
            if value is not None:
                found[row["row_id"], concept_id] = value
    return found


def answered_plainly(
    cohort: pl.DataFrame, tables: Mapping[str, pl.DataFrame], analysis: Analysis
) -> set[tuple[int, int, int]]:
    """Each (row_id, concept_id, answer) of the window."""
    recorded = _records(tables, analysis.domain)
    return {
        (row["row_id"], event.concept_id, event.answer)
        for row in cohort.to_dicts()
        for event in _events(recorded, analysis.domain, row)
        if event.answer and event.concept_id != 0 and _is_in_window(event, analysis)
    }


def _records(tables: Mapping[str, pl.DataFrame], domain: str) -> dict[int, list[dict[str, object]]]:
    person = "subject_id" if domain == "cohort" else "person_id"
    found = defaultdict(list)
    for record in tables[COLUMNS[domain][0]].to_dicts():
        found[record[person]].append(record)
    return found


def _events(recorded, domain, row):  # type: ignore[no-untyped-def]
    table, concept, start, end = COLUMNS[domain]
    index: date = row["cohort_start_date"]
    return [
        Event(
            key=record.get(f"{table}_id", 0),
            concept_id=record[concept],
            first=(record[start] - index).days,
            last=(record[end or start] - index).days,
            value=record.get("value_as_number"),
            low=record.get("range_low"),
            high=record.get("range_high"),
            answer=record.get("value_as_concept_id"),
        )
        for record in recorded.get(row["subject_id"], [])
    ]


def _is_in_window(event: Event, analysis: Analysis) -> bool:
    window = analysis.window
    assert window is not None
    first_day = -math.inf if window.first_day is None else window.first_day
    reaches = event.last if analysis.matched_by == "overlap" else event.first
    if analysis.measure == "days_within":
        return event.first <= window.last_day and event.last >= first_day
    return event.first <= window.last_day and reaches >= first_day


def _value(analysis: Analysis, events: list[Event]) -> float | None:
    window, measure = analysis.window, analysis.measure
    assert window is not None
    valued = sorted(
        (e for e in events if e.value is not None and not math.isnan(e.value)),
        key=lambda e: (e.first, e.key),
    )
    values = [event.value for event in valued if event.value is not None]
    if measure == "count":
        return len(events) or None
    if measure == "any":
        return 1 if events else None
    if measure == "distinct_days":
        return len({event.first for event in events}) or None
    if measure == "distinct_concepts":
        return len({event.concept_id for event in events}) or None
    if measure == "days_within":
        farthest = -100_000 if window.first_day is None else window.first_day
        days = sum(
            1
            for event in events
            for day in range(event.first, event.last + 1)
            if farthest <= day <= window.last_day
        )
        return days or None
    if measure == "days_since_latest":
        return -max(event.first for event in events)
    beyond = {
        "below_range": lambda e: e.low is not None and e.value < e.low,
        "above_range": lambda e: e.high is not None and e.value > e.high,
    }
    beyond["out_of_range"] = lambda e: beyond["below_range"](e) or beyond["above_range"](e)
    if measure in beyond:
        return sum(1 for event in valued if beyond[measure](event)) or None
    if not values:
        return None
    match measure:
        case "first_value":
            return values[0]
        case "latest_value":
            return values[-1]
        case "days_since_latest_value":
            return -valued[-1].first
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "mean":
            return statistics.fmean(values)
        case "sum":
            return math.fsum(values)
        case "standard_deviation":
            return statistics.stdev(values) if len(values) > 1 else None
        case "slope":
            days = [event.first for event in valued]
            if len(set(days)) < 2:
                return None
            return statistics.linear_regression(days, values).slope
    raise AssertionError(measure)
