"""Logistic regression on a few columns by Newton's method: weights, an offset, a ridge.

Calibration and the age-and-sex model need exactly this, hundreds of times in a bootstrap.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_STEPS = 60
CONVERGED = 1e-9
LARGE_STEP = 0.5
LARGEST_LOGIT = 35.0


def fit_logistic(
    design: Floats,
    had_outcome: Bools | Floats,
    *,
    weights: Floats | None = None,
    offset: Floats | None = None,
    ridge: Floats | None = None,
    start: Floats | None = None,
) -> Floats | None:
    """The coefficients that maximise the likelihood, or None where there is no finite maximum.

    `design` holds one row for each outcome and a column for each coefficient (write a column
    of ones for the intercept). `ridge` is a penalty for each coefficient: half of it times
    the coefficient squared is taken off the log-likelihood.
    """
    outcome = np.asarray(had_outcome, dtype=np.float64)
    amount = np.ones(len(outcome)) if weights is None else weights
    shift = np.zeros(len(outcome)) if offset is None else offset
    penalty = np.zeros(design.shape[1]) if ridge is None else ridge
    coefficients = np.zeros(design.shape[1]) if start is None else start.copy()

    def log_likelihood(at: Floats) -> float:
        return _log_likelihood(design, outcome, amount, shift, penalty, at)

    for _ in range(MOST_STEPS):
        risk = expit(design @ coefficients + shift)
        gradient = design.T @ (amount * (outcome - risk)) - penalty * coefficients
        information = (design.T * (amount * risk * (1 - risk))) @ design
        information[np.diag_indices_from(information)] += penalty
        try:
            step: Floats = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        if np.abs(step).max() > LARGE_STEP:
            step = _shortened(step, coefficients, log_likelihood)
        coefficients = coefficients + step
        if not np.all(np.isfinite(coefficients)) or np.abs(coefficients).max() > 1e4:
            return None
        if np.abs(step).max() <= CONVERGED * (1 + np.abs(coefficients).max()):
            return coefficients
    return None


def expit(logit_of_risk: Floats) -> Floats:
    """The risk of a log-odds: 1 / (1 + e^−x), without overflow."""
    bounded = np.clip(logit_of_risk, -LARGEST_LOGIT, LARGEST_LOGIT)
    return np.asarray(1 / (1 + np.exp(-bounded)), dtype=np.float64)


def logit(risk: Floats) -> Floats:
    """The log-odds of a risk; 0 and 1 are moved in by 1e-15, as PatientLevelPrediction does."""
    inside = np.clip(risk, 1e-15, 1 - 1e-15)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float64)


def _shortened(
    step: Floats, coefficients: Floats, log_likelihood: Callable[[Floats], float]
) -> Floats:
    """Newton overshoots where risks lie near 0 or 1: halve a large step until it gains."""
    before = log_likelihood(coefficients)
    for _ in range(30):
        if log_likelihood(coefficients + step) >= before - 1e-10 * abs(before):
            break
        step = np.asarray(step / 2, dtype=np.float64)
    return step


def _log_likelihood(
    design: Floats,
    outcome: Floats,
    amount: Floats,
    shift: Floats,
    penalty: Floats,
    coefficients: Floats,
) -> float:
    log_odds = design @ coefficients + shift
    each = outcome * log_odds - np.logaddexp(0, log_odds)
    return float((amount * each).sum() - (penalty * coefficients**2).sum() / 2)
