"""Kidney function over the years: it falls with age, and faster once there is kidney disease.

The disease begins at an eGFR somewhat below 60. How fast it goes on differs from person to person
(and is recorded nowhere but in the values), so that it passes through the stages 3, 4 and 5.
"""

import numpy as np

from analytics.simulator.draws import Draws, Floats, Integers
from analytics.simulator.lives.diseases import Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import FIRST_DAY

KIDNEY_DISEASE = "chronic kidney disease"


def egfr(people: People, onsets: Onsets, person: Integers, day: Integers, draws: Draws) -> Floats:
    """Usual eGFR (mL/min/1.73 m2) for rows of (person position, day)."""
    age = people.age_on(0)[person] + day / 365.25
    own = draws.normal("usual egfr", people.person_id)[person]
    healthy = np.maximum(117 - 0.60 * np.maximum(age - 20, 0) + 9 * own, 63)
    onset = onsets.days[KIDNEY_DISEASE][person]
    speed = 0.6 + 1.6 * draws.exponential("speed of kidney disease", people.person_id)[person]
    years = np.clip((day - np.maximum(onset, FIRST_DAY - 3000)) / 365.25, 0, 15)
    diseased = np.clip(54 + 6 * own - speed * years, 6, 59)
    return np.asarray(np.where(onset <= day, diseased, healthy))
