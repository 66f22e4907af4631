"""The choice between celecoxib and diclofenac: a coin, unless the profile weighs it.

People with a history of peptic ulcer (recorded) and people who drink (never recorded) are given
celecoxib more often, by the profile's log-odds; both also bleed more, which confounds the choice.
"""

import numpy as np

from analytics.simulator.draws import Flags, Floats
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import sigmoid
from analytics.simulator.world import World

CELECOXIB, DICLOFENAC = 1118084, 1124300


def chance_of_celecoxib(people: People, had_ulcer: Flags, world: World) -> Floats:
    """Each person's chance of celecoxib should they start one of the two; else diclofenac."""
    treatment = world.profile.treatment
    log_odds = treatment.confounding * had_ulcer + treatment.unmeasured_confounding * people.drinks
    return sigmoid(np.asarray(log_odds, dtype=np.float64))


def log_odds_of_diclofenac(on_anticoagulant: Flags, world: World) -> Floats:
    """What diclofenac adds to the log-odds of a haemorrhage: three times as much with a thinner."""
    return np.log(world.profile.treatment.odds_ratio) * np.where(on_anticoagulant, 3.0, 1.0)
