"""A statin that changes nothing, meant for people newly diabetic, some time after the diagnosis.

Rosuvastatin is given for nothing else here. Whether and when it is meant for someone is a matter
of chance alone, and it touches neither cholesterol nor death. Yet only those who live until it is
due ever begin it, so that "ever" against "never" compares survivors with the rest (immortal time).
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY, NEVER
from analytics.simulator.world import World

ROSUVASTATIN = 1510813
SHORTEST_DELAY_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Statins:
    """For each person the day on which the statin would begin (`NEVER`: not) and would end."""

    start: Integers
    end: Integers


def draw_statins(people: People, onsets: Onsets, world: World) -> Statins:
    """Draw for whom a statin is meant after a diagnosis of diabetes inside the window, and when."""
    draws, plan = world.draws, world.profile.immortal_time
    diagnosed = onsets.days[DIABETES]
    delay = draws.exponential("statin delay", people.person_id) * plan.mean_delay_days
    start = diagnosed + SHORTEST_DELAY_DAYS + delay.astype(np.int64)
    is_meant = (diagnosed >= FIRST_DAY) & (start <= LAST_DAY)
    is_meant &= draws.happens("statin meant", people.person_id, plan.share_treated)
    start = np.where(is_meant, start, NEVER)
    lasts = 365 + (draws.exponential("statin lasts", people.person_id) * 1500).astype(np.int64)
    return Statins(start=start, end=np.where(is_meant, start + lasts, NEVER))
