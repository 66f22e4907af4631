"""From a model's log-odds to a risk that can be believed.

A flexible model is too sure of itself on the people it learned from. Two numbers, fitted on
log-odds that each person got from a model that had not seen that person, set it right
(logistic recalibration, Cox 1958; in machine learning, Platt scaling).
"""

from dataclasses import dataclass

import numpy as np

from analytics.evaluation.logistic_fit import expit, fit_logistic
from analytics.evaluation.predictions import Bools, Floats

SMALLEST_SLOPE = 0.05
PULL_TOWARDS_SLOPE_ONE = 1.0


@dataclass(frozen=True, kw_only=True)
class Recalibration:
    """The risk is the logistic function of `intercept + slope × log-odds`; the slope is above 0."""

    intercept: float
    slope: float

    def to_log_odds(self, raw_log_odds: Floats) -> Floats:
        """The log-odds of the risk."""
        return np.asarray(self.intercept + self.slope * raw_log_odds, dtype=np.float64)

    def to_risk(self, raw_log_odds: Floats) -> Floats:
        """The risk, within 0 and 1."""
        return expit(self.to_log_odds(raw_log_odds))


def fit_recalibration(raw_log_odds: Floats, had_outcome: Bools) -> Recalibration:
    """Fit on log-odds from models that had not seen the row.

    A weak pull (one unit of log-likelihood at slopes 1 ± √2) keeps the slope finite when few
    have the outcome. A model that ranks no better than chance keeps a slope of 0.05: its
    ranking stays, its risks all but equal the outcome rate.
    """
    design = np.column_stack([np.ones(len(raw_log_odds)), raw_log_odds])
    pull = np.array([0.0, PULL_TOWARDS_SLOPE_ONE])
    fitted = fit_logistic(design, had_outcome, offset=raw_log_odds, ridge=pull)
    if fitted is not None and 1 + fitted[1] >= SMALLEST_SLOPE:
        return Recalibration(intercept=float(fitted[0]), slope=float(1 + fitted[1]))
    level = fit_logistic(design[:, :1], had_outcome, offset=SMALLEST_SLOPE * raw_log_odds)
    if level is None:
        raise ArithmeticError("recalibration needs rows with and rows without the outcome")
    return Recalibration(intercept=float(level[0]), slope=SMALLEST_SLOPE)


def log_loss(log_odds: Floats, had_outcome: Bools) -> float:
    """The mean of −log of the chance given to what came; lower is better."""
    return float(np.mean(np.logaddexp(0, log_odds) - log_odds * had_outcome))
