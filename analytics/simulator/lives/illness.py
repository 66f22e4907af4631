"""How ill somebody is, in one number: who leaves, what care costs without unequal access."""

import numpy as np

from analytics.simulator.draws import Floats, Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.people import People

_WEIGHTS = {
    "heart failure": 1.0,
    "chronic kidney disease": 0.9,
    "cancer": 0.9,
    "copd": 0.7,
    "dementia": 0.7,
    "peptic ulcer": 0.6,
    "coronary disease": 0.6,
    "atrial fibrillation": 0.5,
    DIABETES: 0.5,
    "rheumatoid arthritis": 0.4,
    "anaemia": 0.3,
    "hypertension": 0.3,
    "depression": 0.3,
}
_FRAILTY = 0.4
# So that the mean over everybody is about 0 and the standard deviation about 1.
_MEAN, _SPREAD = 0.42, 0.81


def illness(people: People, onsets: Onsets, day: Integers) -> Floats:
    """Illness of each person on their day, in standard deviations from the mean of everybody.

    Recorded diseases and frailty, which is not recorded; age only through them.
    """
    burden = _FRAILTY * people.frailty
    for name, weight in _WEIGHTS.items():
        burden = burden + weight * (onsets.days[name] <= day)
    return np.asarray((burden - _MEAN) / _SPREAD)
