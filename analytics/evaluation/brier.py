"""The mean squared distance between risk and what came: ranking and calibration in one number."""

import numpy as np

from analytics.evaluation.predictions import Floats, Predictions


def brier(predictions: Predictions, weights: Floats | None = None) -> float:
    """Mean of (outcome − risk)²; 0 is perfect, lower is better (Brier 1950)."""
    squared = (predictions.outcome - predictions.risk) ** 2
    return float(np.average(squared, weights=weights))


def outcome_rate(predictions: Predictions, weights: Floats | None = None) -> float:
    """The share of rows in which the outcome came."""
    return float(np.average(predictions.outcome, weights=weights))


def mean_risk(predictions: Predictions, weights: Floats | None = None) -> float:
    """The mean risk over rows: the outcome rate that the model expects."""
    return float(np.average(predictions.risk, weights=weights))
