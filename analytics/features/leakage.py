"""Proof from the rows that were read that no covariate knows the future."""

import polars as pl

from analytics.errors import RunFailedError
from analytics.features.analysis import LAST_LOOKBACK_DAY
from analytics.features.matrix import CovariateMatrix


def find_latest_days(triples: pl.DataFrame) -> pl.DataFrame:
    """One row for each analysis with the latest day, relative to index, of an event read for it."""
    return (
        triples.lazy()
        .group_by("analysis_id")
        .agg(n_values=pl.len().cast(pl.Int64), latest_day=pl.col("last_day").max())
        .sort("analysis_id")
        .collect()
    )


def check_no_leakage(matrix: CovariateMatrix) -> None:
    """Raise `RunFailedError` if an event of the index day or later was read for a covariate."""
    leaking = matrix.latest_days.filter(pl.col("latest_day") > LAST_LOOKBACK_DAY)
    if leaking.is_empty():
        return
    named = leaking.join(
        matrix.covariate_ref.select("analysis_id", "domain").unique(), on="analysis_id", how="left"
    ).sort("analysis_id")
    lines = "; ".join(
        f"analysis {analysis_id} ({domain}) read an event of day {latest_day}"
        for analysis_id, domain, latest_day in named.select(
            "analysis_id", "domain", "latest_day"
        ).rows()
    )
    raise RunFailedError(
        f"covariates know the future: {lines} relative to index; the last day allowed is "
        f"{LAST_LOOKBACK_DAY}. Nothing was kept. Look at keep_lookback in "
        "analytics/features/definition.py."
    )
