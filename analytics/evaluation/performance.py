"""The figures of one model on one set of rows: the list of metrics is kept here."""

import numpy as np
import polars as pl

from analytics.evaluation.auprc import auprc
from analytics.evaluation.auroc import auroc
from analytics.evaluation.brier import brier, outcome_rate
from analytics.evaluation.calibration import (
    calibration_intercept,
    calibration_slope,
    observed_expected_ratio,
)
from analytics.evaluation.predictions import Predictions
from analytics.evaluation.uncertainty import Metric, estimate

METRICS: dict[str, Metric] = {
    "auroc": auroc,
    "auprc": auprc,
    "brier": brier,
    "calibration_intercept": calibration_intercept,
    "calibration_slope": calibration_slope,
    "observed_expected_ratio": observed_expected_ratio,
    "outcome_rate": outcome_rate,
}

PERFORMANCE_SCHEMA = {
    "metric": pl.String,
    "value": pl.Float64,
    "value_lower": pl.Float64,
    "value_upper": pl.Float64,
    "n_rows": pl.Int64,
    "n_people": pl.Int64,
    "n_outcomes": pl.Int64,
    "n_people_with_outcome": pl.Int64,
}


def measure_performance(
    predictions: Predictions, *, replicates: int, generator: np.random.Generator
) -> pl.DataFrame:
    """One row for each metric: its value, its 95% interval over people, and the counts."""
    found = estimate(predictions, METRICS, replicates=replicates, generator=generator)
    counts = predictions.count()
    rows = [
        (
            name,
            each.value,
            each.lower,
            each.upper,
            counts.n_rows,
            counts.n_people,
            counts.n_outcomes,
            counts.n_people_with_outcome,
        )
        for name, each in found.items()
    ]
    return pl.DataFrame(rows, schema=PERFORMANCE_SCHEMA, orient="row")
