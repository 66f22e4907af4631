"""The simulator's important numbers a second, slow, obvious way, from their definitions."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

Span = tuple[int, int]


def eras_of(events: Sequence[Span], gap_days: int = 30) -> list[tuple[int, int, int]]:
    """Eras (first day, last day, events) of one person and concept: walk day by day in order."""
    eras: list[tuple[int, int, int]] = []
    for start, end in sorted(events):
        if eras and start - eras[-1][1] <= gap_days:
            first, last, n_events = eras[-1]
            eras[-1] = (first, max(last, end), n_events + 1)
        else:
            eras.append((start, end, 1))
    return eras


def area_under_curve(outcomes: Sequence[bool], risks: Sequence[float]) -> float:
    """The share of pairs (one with, one without the outcome) that the risk puts in order."""
    with_outcome = sorted(r for r, had in zip(risks, outcomes, strict=True) if had)
    without = sorted(r for r, had in zip(risks, outcomes, strict=True) if not had)
    below, n_below, n_equal = 0.0, 0, 0
    for risk in with_outcome:
        while n_below < len(without) and without[n_below] < risk:
            n_below += 1
        n_equal = 0
        while n_below + n_equal < len(without) and without[n_below + n_equal] == risk:
            n_equal += 1
        below += n_below + n_equal / 2
    return below / (len(with_outcome) * len(without))


def stays_joined(visits: Sequence[tuple[date, date, bool]]) -> list[tuple[date, date, bool]]:
    """One person's inpatient visits (start, end, died), transfers joined into one stay."""
    stays: list[tuple[date, date, bool]] = []
    for start, end, died in sorted(visits):
        if stays and start <= stays[-1][1]:
            first, last, died_before = stays[-1]
            stays[-1] = (first, max(last, end), died or died_before)
        else:
            stays.append((start, end, died))
    return stays


def comes_within(index: date, days: Sequence[date], n_days: int) -> bool:
    """Whether any of the days lies on days 1 to `n_days` after the index date."""
    return any(index < day <= index + timedelta(days=n_days) for day in days)


def paid_by_payers(
    costs: pl.DataFrame, visits: pl.DataFrame, periods: pl.DataFrame
) -> dict[int, float]:
    """What was paid for visits, by who paid on the visit's first day: look each day up by hand."""
    payers: dict[int, list[tuple[date, date, int]]] = {}
    for row in periods.iter_rows(named=True):
        span = (row["payer_plan_period_start_date"], row["payer_plan_period_end_date"])
        payers.setdefault(row["person_id"], []).append((*span, row["payer_concept_id"]))
    paid = dict(zip(costs["cost_event_id"], costs["total_paid"], strict=True))
    totals: dict[int, float] = {}
    for row in visits.iter_rows(named=True):
        day = row["visit_start_date"]
        (payer,) = (p for start, end, p in payers[row["person_id"]] if start <= day <= end)
        totals[payer] = totals.get(payer, 0.0) + paid[row["visit_occurrence_id"]]
    return totals
