"""Death outside the weeks around a stay in hospital: age (Gompertz), times diseases."""

import numpy as np

from analytics.simulator.draws import Draws, Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import accumulate, accumulated_at, day_when_reached


def draw_death_day(people: People, onsets: Onsets, draws: Draws) -> Integers:
    """The day on which each person would die if no stay came before (`NEVER` if they do not)."""
    ages = people.ages()
    present = onsets.present
    rate = np.exp(
        -11.5
        + 0.088 * ages
        + 0.55 * present("heart failure")
        + 0.45 * present("copd")
        + 0.4 * present("chronic kidney disease")
        + 0.3 * present(DIABETES)
        + 1.1 * present("cancer")
        + 0.6 * present("dementia")
        + 0.3 * people.frailty[:, None]
    )
    total = accumulate(rate)
    alive_until = accumulated_at(total, people.first_start + 1)
    return day_when_reached(total, alive_until + draws.exponential("death", people.person_id))
