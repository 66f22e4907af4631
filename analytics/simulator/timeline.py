"""The six simulated years, cut into steps of thirty days, and when a hazard first strikes."""

from datetime import date

import numpy as np

from analytics.days import DAYS_IN_YEAR, to_day
from analytics.simulator.draws import Floats, Integers

FIRST_DAY = to_day(date(2018, 12, 31))
LAST_DAY = to_day(date(2024, 12, 31))
STEP_DAYS = 30
STEP_STARTS = np.arange(FIRST_DAY, LAST_DAY + 1, STEP_DAYS)
STEP_MIDS = STEP_STARTS + STEP_DAYS / 2
N_STEPS = len(STEP_STARTS)
NEVER = 1_000_000
"""A day that never comes (the year 4707)."""


def accumulate(hazard_per_year: Floats) -> Floats:
    """Hazard accumulated to the start of each step and to the end of the last one.

    One row for each person; `N_STEPS + 1` columns, the first of them 0.
    """
    total = np.zeros((hazard_per_year.shape[0], N_STEPS + 1))
    np.cumsum(hazard_per_year * (STEP_DAYS / DAYS_IN_YEAR), axis=1, out=total[:, 1:])
    return total


def accumulated_at(accumulated: Floats, day: Integers) -> Floats:
    """Hazard accumulated until each person's day (linear inside a step)."""
    steps = np.clip((day - FIRST_DAY) / STEP_DAYS, 0, N_STEPS)
    whole = np.minimum(steps.astype(np.int64), N_STEPS - 1)
    row = np.arange(len(accumulated))
    before, after = accumulated[row, whole], accumulated[row, whole + 1]
    return before + (after - before) * (steps - whole)


def day_when_reached(accumulated: Floats, threshold: Floats) -> Integers:
    """The first day on which accumulated hazard reaches each person's threshold, or `NEVER`."""
    passed = (accumulated <= threshold[:, None]).sum(axis=1)
    step = np.clip(passed - 1, 0, N_STEPS - 1)
    row = np.arange(len(accumulated))
    before, after = accumulated[row, step], accumulated[row, step + 1]
    share = (threshold - before) / np.maximum(after - before, 1e-12)
    day = FIRST_DAY + np.floor((step + np.clip(share, 0, 0.999)) * STEP_DAYS).astype(np.int64)
    return np.where((passed > N_STEPS) | (day > LAST_DAY), NEVER, day)


def sigmoid(log_odds: Floats) -> Floats:
    """From log-odds to probability."""
    return 1.0 / (1.0 + np.exp(-log_odds))
