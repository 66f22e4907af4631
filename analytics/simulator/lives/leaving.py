"""Who leaves early because of being ill, so that who is left is healthier than who was there.

People join, stay and come back as `people.py` says; where a profile asks for it, each person's
rate of leaving is multiplied by exp(strength x illness on the day they joined).
"""

from dataclasses import replace

import numpy as np

from analytics.simulator.lives.diseases import Onsets
from analytics.simulator.lives.illness import illness
from analytics.simulator.lives.people import People, draw_periods
from analytics.simulator.world import World

LARGEST_RATIO = 60.0


def let_the_ill_leave(people: People, onsets: Onsets, world: World) -> People:
    """The same people, observed until they leave at a rate that depends on illness."""
    strength = world.profile.leaving.informative_censoring
    if strength == 0:
        return people
    ratio = np.exp(strength * illness(people, onsets, people.first_start))
    periods = draw_periods(
        people.person_id, people.birth_day, world.draws, np.minimum(ratio, LARGEST_RATIO)
    )
    first_start, first_end, second_start, second_end = periods
    return replace(
        people,
        first_start=first_start,
        first_end=first_end,
        second_start=second_start,
        second_end=second_end,
    )
