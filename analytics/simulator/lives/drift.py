"""How the last simulated year differs from those before, where a profile says that it does."""

from datetime import date

import numpy as np

from analytics.days import to_day
from analytics.simulator.draws import Flags, Floats, Integers
from analytics.simulator.world import World

DRIFT_DAY = to_day(date(2024, 1, 1))
"""The first day of the year that differs."""
_READMISSION, _RECORDING = 0.47, -0.51


def extra_readmission(discharge: Integers, world: World) -> Floats:
    """What is added to the log-odds of a readmission after discharges of the last year."""
    strength = world.profile.drift.strength
    return np.where(discharge >= DRIFT_DAY, _READMISSION * strength, 0.0)


def recording_ratio(day: Integers, world: World) -> Floats:
    """By how much the chance that a known disease is written down at a visit is multiplied."""
    strength = world.profile.drift.strength
    return np.where(day >= DRIFT_DAY, np.exp(_RECORDING * strength), 1.0)


def all_report_in_si(day: Integers, world: World) -> Flags:
    """Whether on this day every laboratory reports in SI units, as only some did before."""
    return np.asarray((day >= DRIFT_DAY) & (world.profile.drift.strength > 0))
