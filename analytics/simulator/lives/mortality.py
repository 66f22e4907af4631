"""Death outside the weeks around a stay in hospital: age (Gompertz) times diseases, and accidents.

A profile scales the rate for everybody (a competing risk), and in the first two years after a
diagnosis of diabetes (immortal time).
"""

import numpy as np

from analytics.simulator.draws import Flags, Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import (
    FIRST_DAY,
    STEP_STARTS,
    accumulate,
    accumulated_at,
    day_when_reached,
)
from analytics.simulator.world import World

EARLY_DAYS = 730


def draw_death_day(people: People, onsets: Onsets, world: World) -> Integers:
    """The day on which each person would die if no stay came before (`NEVER` if they do not)."""
    ages = people.ages()
    early = world.profile.immortal_time.death_rate_ratio
    present = onsets.present
    rate = np.exp(
        -13.05
        + 0.104 * ages
        + np.where(people.is_female, -0.1, 0.1)[:, None]
        + 0.55 * present("heart failure")
        + 0.45 * present("copd")
        + 0.4 * present("chronic kidney disease")
        + 0.3 * present(DIABETES)
        + 1.1 * present("cancer")
        + 0.6 * present("dementia")
        + 0.3 * people.frailty[:, None]
    )
    # Accidents, violence and overdoses (Makeham's term) take grown people of any age.
    rate += np.where(ages >= 16, 0.0031 * np.where(people.is_female, 0.7, 1.3)[:, None], 0.0)
    rate *= world.profile.leaving.competing_death
    total = accumulate(np.where(_is_early(onsets), rate * early, rate))
    alive_until = accumulated_at(total, people.first_start + 1)
    return day_when_reached(total, alive_until + world.draws.exponential("death", people.person_id))


def _is_early(onsets: Onsets) -> Flags:
    """Whether each step begins within two years of a diagnosis of diabetes inside the window."""
    since = STEP_STARTS[None, :] - onsets.days[DIABETES][:, None]
    is_new = (onsets.days[DIABETES] >= FIRST_DAY)[:, None]
    return np.asarray(is_new & (since >= 0) & (since < EARLY_DAYS))
