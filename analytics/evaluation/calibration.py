"""Calibration: of the people told 20 percent, do 20 percent have the outcome?

Four answers, from coarse to fine: observed over expected, the intercept, the slope, and the
curve of observed share over mean risk in bins.
"""

import numpy as np
import polars as pl

from analytics.evaluation.logistic_fit import fit_logistic
from analytics.evaluation.predictions import Bools, Floats, Predictions
from analytics.evaluation.proportions import clustered_interval
from analytics.settings import SMALLEST_CELL

N_BINS = 10

CALIBRATION_SCHEMA = {
    "bin_number": pl.Int32,
    "n_rows": pl.Int64,
    "n_people": pl.Int64,
    "n_outcomes": pl.Int64,
    "n_people_with_outcome": pl.Int64,
    "mean_risk": pl.Float64,
    "outcome_rate": pl.Float64,
    "outcome_rate_lower": pl.Float64,
    "outcome_rate_upper": pl.Float64,
}


def calibration_intercept(predictions: Predictions, weights: Floats | None = None) -> float:
    """By how much the log-odds are too low overall, the slope held at 1 (0 is right).

    A logistic model of the outcome with the risk's log-odds as an offset (Van Calster et al.
    2016). PatientLevelPrediction 6.4 to 6.6 prints another number under this name, the
    intercept of the model that also fits the slope; see `weak_calibration`.
    Not a number when nobody, or everybody, had the outcome.
    """
    if not _has_both(predictions, weights):
        return float("nan")
    fitted = fit_logistic(
        np.ones((len(predictions.risk), 1)),
        predictions.outcome,
        weights=weights,
        offset=predictions.log_odds,
    )
    return float("nan") if fitted is None else float(fitted[0])


def calibration_slope(predictions: Predictions, weights: Floats | None = None) -> float:
    """How spread out the log-odds should have been: below 1, risks are too extreme."""
    return weak_calibration(predictions, weights)[1]


def weak_calibration(
    predictions: Predictions, weights: Floats | None = None
) -> tuple[float, float]:
    """Intercept and slope of a logistic model of the outcome on the risk's log-odds.

    Not numbers when there is no such line: one class only, all risks equal, or a risk that
    separates the classes perfectly.
    """
    nothing = (float("nan"), float("nan"))
    log_odds = predictions.log_odds
    if not _has_both(predictions, weights) or np.ptp(log_odds) == 0:
        return nothing
    fitted = fit_logistic(
        np.column_stack([np.ones(len(log_odds)), log_odds]),
        predictions.outcome,
        weights=weights,
        start=np.array([0.0, 1.0]),
    )
    return nothing if fitted is None else (float(fitted[0]), float(fitted[1]))


def observed_expected_ratio(predictions: Predictions, weights: Floats | None = None) -> float:
    """Outcomes that came, divided by the sum of risks: above 1, risks are too low."""
    expected = float(np.average(predictions.risk, weights=weights))
    if expected == 0:
        return float("nan")
    return float(np.average(predictions.outcome, weights=weights)) / expected


def calibration_curve(
    predictions: Predictions, *, n_bins: int = N_BINS, smallest_cell: int = SMALLEST_CELL
) -> pl.DataFrame:
    """One row for each bin of risk, ascending: its mean risk and its outcome rate.

    Bins hold equal numbers of rows as nearly as ties allow (rows with one risk stay
    together). A bin with fewer than `smallest_cell` people with, or without, the outcome joins
    the bin below it, the first one the bin above: fewer bins, but each can be shown. The 95%
    interval knows that a person may have several rows.
    """
    bin_of_row = _merge_small(_bin_by_risk(predictions, n_bins), predictions, smallest_cell)
    rows = [
        _describe_bin(predictions, number, bin_of_row == bin_id)
        for number, bin_id in enumerate(np.unique(bin_of_row), start=1)
    ]
    return pl.DataFrame(rows, schema=CALIBRATION_SCHEMA, orient="row")


def _bin_by_risk(predictions: Predictions, n_bins: int) -> Floats:
    steps = predictions.steps
    rows_up_to = np.append(steps.first[1:], len(predictions.risk))
    middle_rank = (steps.first + rows_up_to) / 2
    bin_of_step = np.minimum((middle_rank * n_bins / len(predictions.risk)).astype(int), n_bins - 1)
    bin_of_row = np.empty(len(predictions.risk), dtype=np.float64)
    bin_of_row[steps.order] = np.repeat(bin_of_step, rows_up_to - steps.first)
    return bin_of_row


def _merge_small(bin_of_row: Floats, predictions: Predictions, smallest_cell: int) -> Floats:
    merged = bin_of_row.copy()
    while len(bins := np.unique(merged)) > 1:
        counts = [predictions.count(merged == each) for each in bins]
        small = [
            position
            for position, here in enumerate(counts)
            if min(here.n_people_with_outcome, here.n_people_without_outcome) < smallest_cell
        ]
        if not small:
            break
        neighbour = small[0] - 1 if small[0] > 0 else 1
        merged[merged == bins[small[0]]] = bins[neighbour]
    return merged


def _describe_bin(predictions: Predictions, number: int, rows: Bools) -> tuple[object, ...]:
    counts = predictions.count(rows)
    here = predictions.take(rows)
    lower, upper = clustered_interval(here.person_id, here.had_outcome)
    return (
        number,
        counts.n_rows,
        counts.n_people,
        counts.n_outcomes,
        counts.n_people_with_outcome,
        float(here.risk.mean()),
        counts.n_outcomes / counts.n_rows,
        lower,
        upper,
    )


def _has_both(predictions: Predictions, weights: Floats | None) -> bool:
    amount = np.ones(len(predictions.risk)) if weights is None else weights
    n_outcomes = float((amount * predictions.outcome).sum())
    return 0 < n_outcomes < float(amount.sum())
