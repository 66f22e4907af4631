"""Outcomes that the confounders touch and the treatment does not: small troubles of everyday life.

Each comes to a person at most once in the six years. A history of peptic ulcer and drinking (not
recorded) make them commoner by the profile's ratios, and the NSAID does not, so a comparison of
the two drugs that finds an effect on them is not free of confounding.
"""

import numpy as np

from analytics.simulator.draws import Integers
from analytics.simulator.lives.diseases import Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY, NEVER
from analytics.simulator.world import World

# Concept ids and how often they come against the mean of all (the weights' mean is 1).
NEGATIVE_CONTROLS = {
    134438: 1.8,
    4294548: 1.7,
    4280726: 1.6,
    40486433: 1.2,
    4084167: 1.0,
    195588: 1.5,
    257012: 1.3,
    378001: 0.7,
    375671: 0.5,
    4156265: 0.7,
    4109685: 0.6,
    4155034: 0.7,
    4152936: 0.5,
    4296204: 0.8,
    4296205: 0.5,
    4237458: 0.4,
    4278672: 0.6,
    4142905: 0.6,
    440674: 1.2,
    437663: 1.6,
    77074: 1.8,
    442752: 1.6,
    4195085: 1.5,
    4055754: 0.7,
    40479768: 0.4,
    40479422: 0.5,
    4146173: 0.8,
    4035415: 0.7,
    4218389: 0.9,
    4147326: 1.5,
    314754: 1.2,
    4141827: 0.7,
    4251306: 1.4,
    4080695: 0.8,
}
DAYS_IN_A_YEAR = 365.25


def draw_negative_controls(people: People, onsets: Onsets, world: World) -> Integers:
    """The day on which each comes: people by `NEGATIVE_CONTROLS`, `NEVER` where it does not."""
    profile = world.profile.negative_controls
    if profile.rate_per_year == 0:
        return np.full((len(people), len(NEGATIVE_CONTROLS)), NEVER)
    rate = profile.rate_per_year / DAYS_IN_A_YEAR * np.array(list(NEGATIVE_CONTROLS.values()))
    rate = rate * np.where(people.drinks, profile.unmeasured_rate_ratio, 1.0)[:, None]
    waited = world.draws.exponential(
        "negative control", people.person_id[:, None], np.array(list(NEGATIVE_CONTROLS))[None, :]
    )
    # Hazard is spent at one rate until a peptic ulcer begins, and at another from then on.
    until_ulcer = np.maximum(onsets.days["peptic ulcer"] - FIRST_DAY, 0)[:, None]
    n_days = waited / rate
    n_days = np.where(
        n_days < until_ulcer,
        n_days,
        until_ulcer + (n_days - until_ulcer) / profile.confounder_rate_ratio,
    )
    day = FIRST_DAY + np.minimum(n_days, NEVER).astype(np.int64)
    return np.where((day > LAST_DAY) | (day < people.birth_day[:, None]), NEVER, day)
