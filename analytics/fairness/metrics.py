"""The metrics of the audit, by group, as Fairlearn's MetricFrame gives them.

Fairlearn answers 0 for the true positive rate of a group in which nobody has the outcome, and
that 0 then looks like the worst disparity of all. Here, a rate without a denominator is not a
number.
"""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    mean_prediction,
    selection_rate,
    true_positive_rate,
)
from sklearn.metrics import brier_score_loss, precision_score, roc_auc_score

from analytics.evaluation import Predictions, flag, net_benefit, predictions_of
from analytics.evaluation.predictions import Bools, Floats

METRICS = (
    "outcome_rate",
    "mean_risk",
    "observed_expected_ratio",
    "auroc",
    "brier",
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "positive_predictive_value",
    "net_benefit",
)

AT_THE_THRESHOLD = frozenset(METRICS[5:])
"""Metrics that change when the threshold does."""

GroupMetric = Callable[[Floats, Floats], float]


def metrics_by_group(
    predictions: Predictions, group_of_row: list[str], *, threshold: float
) -> dict[tuple[str, str], float]:
    """Each (group, metric); not a number where the metric does not exist in the group."""
    metrics = _metrics(threshold)

    def all_metrics(outcome: Floats, risk: Floats) -> dict[str, float]:
        return {name: metric(outcome, risk) for name, metric in metrics.items()}

    # MetricFrame copies its rows for each metric anew, element by element; handing it all
    # metrics as one takes a tenth of the time.
    by_group = MetricFrame(
        metrics=all_metrics,
        y_true=predictions.outcome,
        y_pred=predictions.risk,
        sensitive_features=pd.Series(group_of_row, name="group_name"),
    ).by_group
    return {
        (str(group), metric): by_group[group][metric]
        for group in by_group.index
        for metric in METRICS
    }


def _metrics(threshold: float) -> dict[str, GroupMetric]:
    """Each metric as a function of outcomes and risks, which is what MetricFrame hands over."""

    def at_threshold(
        rate: Callable[[Floats, Bools], float], has_denominator: Callable[[Floats, Bools], bool]
    ) -> GroupMetric:
        def measured(outcome: Floats, risk: Floats) -> float:
            flagged = flag(risk, threshold)
            if not has_denominator(outcome, flagged):
                return float("nan")
            return float(rate(outcome, flagged.astype(np.int64)))

        return measured

    return {
        "outcome_rate": lambda outcome, risk: float(np.mean(outcome)),
        "mean_risk": lambda outcome, risk: float(mean_prediction(outcome, risk)),
        "observed_expected_ratio": _observed_over_expected,
        "auroc": _auroc,
        "brier": _brier,
        "selection_rate": at_threshold(selection_rate, lambda outcome, flagged: True),
        "true_positive_rate": at_threshold(
            true_positive_rate, lambda outcome, flagged: bool((outcome == 1).any())
        ),
        "false_positive_rate": at_threshold(
            false_positive_rate, lambda outcome, flagged: bool((outcome == 0).any())
        ),
        "positive_predictive_value": at_threshold(
            precision_score, lambda outcome, flagged: bool(flagged.any())
        ),
        "net_benefit": lambda outcome, risk: net_benefit(
            predictions_of(np.arange(len(risk)), np.asarray(outcome) == 1, np.asarray(risk)),
            threshold,
        ),
    }


def _observed_over_expected(outcome: Floats, risk: Floats) -> float:
    expected = float(np.sum(risk))
    return float(np.sum(outcome)) / expected if expected > 0 else float("nan")


def _auroc(outcome: Floats, risk: Floats) -> float:
    if len(np.unique(outcome)) < 2:
        return float("nan")
    return float(roc_auc_score(outcome, risk))


def _brier(outcome: Floats, risk: Floats) -> float:
    with warnings.catch_warnings():
        # A group of one class is fine here; scikit-learn would remark on it.
        warnings.simplefilter("ignore")
        return float(brier_score_loss(outcome, risk, labels=[0, 1], pos_label=1))
