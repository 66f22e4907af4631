"""How a value changes over time: the slope of the least-squares line through its points.

With t the day and v the value of each of n events, slope = Σ(t - mean t)(v - mean v) / Σ(t - mean
t)², in units a day. Several values of one day are several points. Centred first: the sums of raw
products would lose the digits in which a slope lies. The denominator is taken from whole numbers,
Σ(t - mean t)² = (nΣt² - (Σt)²) / n, so it is 0 exactly where all values are of one day: no slope.
"""

import narwhals as nw

from analytics.features.lazy_frames import AnyLazyFrame

OF_CONCEPT = ("row_id", "concept_id")


def find_slope(valued: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (row_id, concept_id) with values on two days or more: `value`, a day."""
    days = nw.col("days").cast(nw.Int64)
    from_mean_day = days.cast(nw.Float64) - nw.col("mean_day")
    summed = (
        valued.with_columns(
            mean_day=nw.col("days").cast(nw.Float64).mean().over(*OF_CONCEPT),
            mean_value=nw.col("value").mean().over(*OF_CONCEPT),
        )
        .with_columns(
            whole_days=days,
            squared_days=days * days,
            product=from_mean_day * (nw.col("value") - nw.col("mean_value")),
        )
        .group_by(*OF_CONCEPT)
        .agg(
            last_day=nw.col("days").max(),
            n_values=nw.len().cast(nw.Int64),
            product=nw.col("product").sum(),
            whole_days=nw.col("whole_days").sum(),
            squared_days=nw.col("squared_days").sum(),
        )
    )
    total = nw.col("whole_days")
    spread = nw.col("n_values") * nw.col("squared_days") - total * total
    return (
        summed.with_columns(spread=spread)
        .filter(nw.col("spread") > 0)
        .with_columns(
            value=nw.col("product")
            * nw.col("n_values").cast(nw.Float64)
            / nw.col("spread").cast(nw.Float64)
        )
    )
