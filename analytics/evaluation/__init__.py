"""Evaluation: how good a set of risks is, whoever made them.

A metric takes outcomes and risks (`Predictions`) and knows no model. Each is computed on rows
and made uncertain over people: `draw_people` resamples people, because rows of one person are
not independent. Metrics: one file each; the list that a run reports is in `performance.py`.
"""

from analytics.evaluation.auprc import auprc
from analytics.evaluation.auroc import auroc
from analytics.evaluation.brier import brier, mean_risk, outcome_rate
from analytics.evaluation.calibration import (
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    observed_expected_ratio,
    weak_calibration,
)
from analytics.evaluation.capacity import flag, threshold_for_capacity
from analytics.evaluation.decision_curve import (
    THRESHOLDS,
    decision_curve,
    net_benefit,
    net_benefit_treat_all,
)
from analytics.evaluation.performance import METRICS, measure_performance
from analytics.evaluation.predictions import Counts, Predictions, predictions_of
from analytics.evaluation.uncertainty import Estimate, Metric, draw_people, estimate, summarise

__all__ = [
    "METRICS",
    "THRESHOLDS",
    "Counts",
    "Estimate",
    "Metric",
    "Predictions",
    "auprc",
    "auroc",
    "brier",
    "calibration_curve",
    "calibration_intercept",
    "calibration_slope",
    "decision_curve",
    "draw_people",
    "estimate",
    "flag",
    "mean_risk",
    "measure_performance",
    "net_benefit",
    "net_benefit_treat_all",
    "observed_expected_ratio",
    "outcome_rate",
    "predictions_of",
    "summarise",
    "threshold_for_capacity",
    "weak_calibration",
]
