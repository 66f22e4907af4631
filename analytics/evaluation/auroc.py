"""Discrimination: does a row with the outcome get a higher risk than a row without it?"""

import numpy as np

from analytics.evaluation.predictions import Floats, Predictions


def auroc(predictions: Predictions, weights: Floats | None = None) -> float:
    """The chance that a row with the outcome has a higher risk than a row without; ties half.

    Not a number when nobody, or everybody, had the outcome.
    """
    with_outcome, without = predictions.outcomes_at_each_risk(weights)
    n_pairs = with_outcome.sum() * without.sum()
    if n_pairs == 0:
        return float("nan")
    without_at_lower_risk = np.cumsum(without) - without
    return float((with_outcome * (without_at_lower_risk + without / 2)).sum() / n_pairs)
