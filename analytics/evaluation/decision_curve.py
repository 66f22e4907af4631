"""Decision curve: is acting on the model worth more than acting for all, or for nobody?"""

import numpy as np
import polars as pl

from analytics.evaluation.capacity import flag
from analytics.evaluation.predictions import Floats, Predictions
from analytics.evaluation.uncertainty import draw_people, summarise

# Finer where outcomes are rare; one grid, so that models and studies can be laid side by side.
THRESHOLDS = (
    *(0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.12, 0.15),
    *(0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.60, 0.70, 0.80),
)

DECISION_CURVE_SCHEMA = {
    "threshold": pl.Float64,
    "net_benefit": pl.Float64,
    "net_benefit_lower": pl.Float64,
    "net_benefit_upper": pl.Float64,
    "net_benefit_treat_all": pl.Float64,
    "n_flagged_rows": pl.Int64,
    "n_flagged_people": pl.Int64,
    "n_flagged_outcomes": pl.Int64,
    "n_flagged_people_with_outcome": pl.Int64,
}


def net_benefit(predictions: Predictions, threshold: float, weights: Floats | None = None) -> float:
    """True positives less false positives at the threshold's exchange rate, for each row.

    TP/n − FP/n × t/(1 − t), flagged being a risk of at least t (Vickers and Elkin 2006):
    acting at t says that one outcome caught is worth (1 − t)/t needless actions. Acting for
    nobody is worth 0. Not a number for a threshold of 1 or more.
    """
    amount = np.ones(len(predictions.risk)) if weights is None else weights
    flagged = amount * flag(predictions.risk, threshold)
    true_positive = float((flagged * predictions.outcome).sum())
    false_positive = float(flagged.sum()) - true_positive
    return (true_positive - false_positive * _exchange(threshold)) / float(amount.sum())


def net_benefit_treat_all(outcome_rate: float, threshold: float) -> float:
    """What acting for everybody is worth at a threshold."""
    return float(outcome_rate - (1 - outcome_rate) * _exchange(threshold))


def decision_curve(
    predictions: Predictions,
    *,
    replicates: int,
    generator: np.random.Generator,
    thresholds: tuple[float, ...] = THRESHOLDS,
) -> pl.DataFrame:
    """One row for each threshold, ascending: net benefit with its 95% interval, and counts."""
    chosen = np.unique(np.asarray(thresholds, dtype=np.float64))
    drawn = np.empty((replicates, len(chosen)))
    draws = draw_people(predictions.person_id, replicates=replicates, generator=generator)
    for number, weights in enumerate(draws):
        drawn[number] = _net_benefits(predictions, chosen, weights)
    outcome_rate = float(predictions.outcome.mean())
    rows = []
    for position, threshold in enumerate(chosen.tolist()):
        here = summarise(net_benefit(predictions, threshold), drawn[:, position])
        flagged = predictions.count(flag(predictions.risk, threshold))
        rows.append(
            (
                threshold,
                here.value,
                here.lower,
                here.upper,
                net_benefit_treat_all(outcome_rate, threshold),
                flagged.n_rows,
                flagged.n_people,
                flagged.n_outcomes,
                flagged.n_people_with_outcome,
            )
        )
    return pl.DataFrame(rows, schema=DECISION_CURVE_SCHEMA, orient="row")


def _net_benefits(predictions: Predictions, thresholds: Floats, weights: Floats) -> Floats:
    """`net_benefit` at all thresholds in one pass over the sorted risks."""
    with_outcome, without = predictions.outcomes_at_each_risk(weights)
    first_flagged = np.searchsorted(predictions.steps.risks, thresholds, side="left")
    true_positive = _from_here_up(with_outcome)[first_flagged]
    false_positive = _from_here_up(without)[first_flagged]
    exchange = thresholds / (1 - thresholds)
    return np.asarray((true_positive - false_positive * exchange) / weights.sum())


def _from_here_up(amount: Floats) -> Floats:
    return np.append(np.cumsum(amount[::-1])[::-1], 0.0)


def _exchange(threshold: float) -> float:
    return threshold / (1 - threshold) if threshold < 1 else float("nan")
