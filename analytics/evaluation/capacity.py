"""Capacity: a team can act for so many people, so above which risk do we act?"""

import math

import numpy as np

from analytics.errors import RunFailedError
from analytics.evaluation.predictions import Bools, Floats, RiskSteps


def threshold_for_capacity(risk: Floats, capacity_share: float) -> float:
    """The lowest risk at which no more than `capacity_share` of the rows are flagged.

    Rows with one risk are flagged together or not at all, so ties may leave capacity unused.
    At least one row may be flagged, however small the share. When even the highest risk is
    shared by more rows than there is capacity for, the threshold lies just above it and
    nobody is flagged.
    """
    if not 0 < capacity_share <= 1:
        raise RunFailedError(
            f"capacity_share is {capacity_share}: it must lie above 0 and be at most 1 "
            "(0.10 means that the team can act for one row in ten)."
        )
    capacity = max(1, math.floor(capacity_share * len(risk) + 1e-9))
    steps = RiskSteps.of(risk)
    n_at_or_above = len(risk) - steps.first
    within = steps.risks[n_at_or_above <= capacity]
    return float(within[0]) if len(within) else float(np.nextafter(steps.risks[-1], np.inf))


def flag(risk: Floats, threshold: float) -> Bools:
    """True where the risk is at or above the threshold: the only place that decides it."""
    return np.asarray(risk >= threshold, dtype=np.bool_)
