"""Who pays for each person's care, and since when: `payer_plan_period`.

A person's payer changes at 65, when nearly everybody gets Medicare, and for some people once
before. Periods cover every observed day once and no other day.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.days import DAYS_IN_YEAR
from analytics.simulator.draws import Draws, Integers
from analytics.simulator.lives.people import (
    MEDICAID,
    MEDICARE,
    NOBODY_PAYS,
    PAYERS,
    PRIVATE,
    People,
)
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.timeline import NEVER
from analytics.simulator.world import World

# In the order of PAYERS; 435 says that no organisation pays.
PAYER_CONCEPTS = np.array([280, 289, 327, 435])
_CHANGES_PER_YEAR = 0.045
_MEDICARE_AT_65 = 0.93
# From each payer (rows, in the order of PAYERS) to each.
_CHANGES_TO = np.array(
    [[0, 0.5, 0.5, 0], [0, 0, 0.65, 0.35], [0, 0.4, 0, 0.6], [0, 0.45, 0.55, 0]], dtype=np.float64
)


@dataclass(frozen=True, kw_only=True)
class PayerPeriods:
    """One entry for each period, by person (a position) and first day; both ends inclusive."""

    person: Integers
    start: Integers
    end: Integers
    payer: Integers

    def at(self, person: Integers, day: Integers) -> Integers:
        """The position of the period that each row's (observed) day lies in."""
        starts = self.person * 10_000_000 + self.start
        return np.searchsorted(starts, person * 10_000_000 + day, side="right") - 1


def draw_payer_periods(people: People, world: World) -> PayerPeriods:
    """Cut each observation period where the payer changes."""
    first, change, later, medicare = _changes(people, world.draws)
    parts = []
    for begins, ends in (
        (people.first_start, people.first_end),
        (people.second_start, people.second_end),
    ):
        for since, until, payer in (
            (begins, np.minimum(change, medicare) - 1, first),
            (change, medicare - 1, later),
            (medicare, ends, np.full(len(people), MEDICARE)),
        ):
            start, end = np.maximum(begins, since), np.minimum(ends, until)
            person = np.flatnonzero((start <= end) & (begins < NEVER))
            parts.append((person, start[person], end[person], payer[person]))
    person, start, end, payer = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((start, person))
    return PayerPeriods(
        person=person[order], start=start[order], end=end[order], payer=payer[order]
    )


def _changes(people: People, draws: Draws) -> tuple[Integers, Integers, Integers, Integers]:
    """The first payer, the day of a change, the payer from then on, and the day of Medicare."""
    person_id, first = people.person_id, people.payer
    turns_65 = people.birth_day + round(65 * DAYS_IN_YEAR)
    gets_medicare = draws.happens("medicare at 65", person_id, _MEDICARE_AT_65)
    gets_medicare &= (first != MEDICARE) & (turns_65 > people.first_start)
    medicare = np.where(gets_medicare, turns_65, NEVER)
    years = draws.exponential("payer changes", person_id) / _CHANGES_PER_YEAR
    change = people.first_start + 1 + (np.minimum(years, 100) * DAYS_IN_YEAR).astype(np.int64)
    # Who has Medicare because of age keeps it.
    change = np.where((change >= turns_65) | (change >= medicare), NEVER, change)
    later = draws.choose("payer changes to", person_id, _CHANGES_TO[first])
    return first, change, later, medicare


def payer_plan_periods(people: People, periods: PayerPeriods) -> pl.DataFrame:
    """The table `payer_plan_period`. One row for each person and stretch with one payer."""
    return pl.DataFrame(
        {
            "person_id": people.person_id[periods.person],
            "payer_plan_period_start_date": days_to_dates(periods.start),
            "payer_plan_period_end_date": days_to_dates(periods.end),
            "payer_concept_id": PAYER_CONCEPTS[periods.payer],
            "payer_source_value": pl.Series(np.array(PAYERS)[periods.payer], dtype=pl.String),
        }
    )


PERSONS_SHARES = np.zeros(len(PAYERS))
PERSONS_SHARES[[MEDICARE, MEDICAID, PRIVATE, NOBODY_PAYS]] = 0.14, 0.02, 0.19, 1.0
"""Of what is paid for care, the share that people pay themselves, by payer."""
