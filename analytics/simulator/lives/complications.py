"""What goes wrong during a stay in hospital, and makes another one likelier.

Complications are written down as conditions and nowhere else: no drug, procedure or measurement
gives them away. Where conditions are under-recorded, a risk of readmission that rests on them is
therefore too low.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Floats, Integers
from analytics.simulator.timeline import sigmoid
from analytics.simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Complication:
    """Its concept, log-odds in a stay of four days at age 60, and log-odds of readmission."""

    concept: int
    at_60: float
    readmission: float


COMPLICATIONS = (
    Complication(concept=319049, at_60=-2.5, readmission=0.9),
    Complication(concept=135333, at_60=-2.5, readmission=0.9),
    Complication(concept=44782746, at_60=-2.9, readmission=0.9),
    Complication(concept=433125, at_60=-2.6, readmission=1.0),
    Complication(concept=192450, at_60=-2.3, readmission=0.85),
    Complication(concept=437390, at_60=-2.2, readmission=0.85),
)
BITS = 1 << np.arange(len(COMPLICATIONS))


def draw_complications(
    person_id: Integers, number: int, age: Floats, n_days: Integers, world: World
) -> Integers:
    """The complications of each person's stay of this number, as the sum of their `BITS`."""
    older = 0.15 * (np.clip(age, 20, 95) - 60) / 10 + 0.25 * np.log(n_days / 4)
    chance = sigmoid(np.array([c.at_60 for c in COMPLICATIONS])[None, :] + older[:, None])
    which = np.arange(len(COMPLICATIONS))[None, :]
    happens = world.draws.happens(
        "complication", person_id[:, None], chance, number * len(COMPLICATIONS) + which
    )
    return np.asarray(happens @ BITS)


def extra_readmission(complications: Integers) -> Floats:
    """What complications add to the log-odds of a readmission."""
    has = (complications[:, None] & BITS[None, :]) > 0
    return np.asarray(has @ np.array([c.readmission for c in COMPLICATIONS]))
