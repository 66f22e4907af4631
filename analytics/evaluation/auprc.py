"""Precision against recall, for outcomes that are rare."""

import numpy as np

from analytics.evaluation.predictions import Floats, Predictions


def auprc(predictions: Predictions, weights: Floats | None = None) -> float:
    """The area under precision over recall, as the R package PRROC integrates it.

    Between two neighbouring distinct risks, rows without the outcome are taken to arrive in
    proportion to rows with it (Davis and Goadrich 2006; closed form: Keilwagen et al. 2014),
    so rows with one risk count as one step and their order does not matter. This differs a
    little from the step sum called average precision. Its no-skill value is the outcome rate.
    Not a number when nobody had the outcome.
    """
    with_outcome, without = (amount[::-1] for amount in predictions.outcomes_at_each_risk(weights))
    n_outcomes = with_outcome.sum()
    if n_outcomes == 0:
        return float("nan")
    true_before = np.cumsum(with_outcome) - with_outcome
    false_before = np.cumsum(without) - without
    adds = with_outcome > 0
    gained, true_before, false_before = with_outcome[adds], true_before[adds], false_before[adds]
    false_for_each_true = without[adds] / gained

    # With x true positives so far, precision is x / (x * slope + start): integrate over x.
    slope = 1 + false_for_each_true
    start = false_before - false_for_each_true * true_before
    flagged_before = true_before + false_before
    flagged_after = flagged_before + gained * slope
    growth = np.log(flagged_after / np.where(flagged_before > 0, flagged_before, flagged_after))
    area = gained / slope - start / slope**2 * growth
    return float(area.sum() / n_outcomes)
