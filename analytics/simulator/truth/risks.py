"""The true risk behind each shipped study, for tests; nothing in the product reads it.

A true risk is the chance that the simulator itself used. It depends on facts that are never
recorded, so no model can quite reach its discrimination.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from analytics.days import to_day
from analytics.simulator.draws import Draws, Floats, Integers
from analytics.simulator.lives.whole import Lives, draw_lives
from analytics.simulator.profile import load_profile
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.timeline import NEVER
from analytics.simulator.world import World

PEOPLE_AT_ONCE = 8_192


@dataclass(frozen=True, kw_only=True)
class TrueRisks:
    """Frames with one row for each (person_id, index_date) and its `true_risk`.

    `readmission`: each stay that ends alive, index the discharge day. `diabetes`: each 1 January
    for those without diabetes until then. `bleeding`: the day of the first NSAID.
    """

    readmission: pl.DataFrame
    diabetes: pl.DataFrame
    bleeding: pl.DataFrame


def true_risks(*, persons: int, seed: int, profile: str | Path = "default") -> TrueRisks:
    """The true risks of the people that `simulate` draws with this seed."""
    world = World(draws=Draws(seed=seed), profile=load_profile(profile))
    batches = [
        _of_batch(draw_lives(np.arange(first, min(first + PEOPLE_AT_ONCE, persons + 1)), world))
        for first in range(1, persons + 1, PEOPLE_AT_ONCE)
    ]
    return TrueRisks(
        readmission=pl.concat([b.readmission for b in batches]),
        diabetes=pl.concat([b.diabetes for b in batches]),
        bleeding=pl.concat([b.bleeding for b in batches]),
    )


def _of_batch(lives: Lives) -> TrueRisks:
    stays, people = lives.stays, lives.people
    alive = stays.end < lives.death_day[stays.person]
    everyone = np.arange(len(people))
    of_years = []
    for year in range(2019, 2025):
        day = np.full(len(people), to_day(date(year, 1, 1)))
        free = lives.onsets.days["type 2 diabetes"] > day
        risk = lives.glycaemia.risk_within(day, 365)
        of_years.append(_frame(lives, everyone[free], day[free], risk[free]))
    user = np.flatnonzero(lives.bleeding.nsaid_day < NEVER)
    return TrueRisks(
        readmission=_frame(
            lives, stays.person[alive], stays.end[alive], stays.readmission_risk[alive]
        ),
        diabetes=pl.concat(of_years),
        bleeding=_frame(
            lives, user, lives.bleeding.nsaid_day[user], lives.bleeding.risk_after_nsaid[user]
        ),
    )


def _frame(lives: Lives, person: Integers, day: Integers, risk: Floats) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[person],
            "index_date": days_to_dates(day),
            "true_risk": risk,
        }
    ).sort("person_id", "index_date")
