"""The one definition of covariates from events, in narwhals: it runs on Polars and on PySpark.

An engine hands in rows and events as its own lazy frames and writes what comes out; it knows
nothing of covariates. Integer days are all the calendar there is, since engines differ in dates.
"""

from collections.abc import Callable, Sequence

import narwhals as nw
from narwhals.typing import IntoLazyFrame

from analytics.features.analysis import LAST_LOOKBACK_DAY, Analysis

AnyLazyFrame = nw.LazyFrame[IntoLazyFrame]
Definition = Callable[[AnyLazyFrame, AnyLazyFrame], AnyLazyFrame]

# day and event_id in one number, so that its maximum is the latest event with ties broken: day in
# the upper bits (shifted to be positive since the year -768), event_id (< 2^32) in the lower.
DAY_SHIFT = 1_000_000
EVENT_IDS = 2**32

# A covariate id is concept_id * 1000 + analysis_id and must stay inside 64 bits.
LARGEST_CONCEPT_ID = (2**63 - 1000) // 1000

EVENT_COLUMNS = ("event_id", "person_id", "concept_id", "day", "end_day", "value")


def summarise_events(
    rows: AnyLazyFrame, events: AnyLazyFrame, analyses: Sequence[Analysis]
) -> AnyLazyFrame:
    """Covariates of each row from the events before its index date.

    One row for each (row_id, covariate_id), with `analysis_id`, `value` and `last_day`, the
    latest day relative to index of the events that were read for it. `rows` has `row_id`,
    `person_id`, `index_day`; `events` has `EVENT_COLUMNS`. Concept 0 and concepts whose
    covariate id would leave 64 bits are left out.
    """
    known = events.filter(
        nw.col("concept_id") != 0,
        nw.col("concept_id").is_between(-LARGEST_CONCEPT_ID, LARGEST_CONCEPT_ID),
    )
    read = keep_lookback(known.join(rows, on="person_id", how="inner"))
    parts = []
    if summed := [a for a in analyses if a.measure in ("count", "days_within")]:
        parts.append(_add_up(read, summed))
    if latest := [a for a in analyses if a.measure in ("latest_value", "days_since_latest")]:
        parts.append(_take_latest(read, latest))
    return nw.concat(parts)


def keep_lookback(joined: AnyLazyFrame) -> AnyLazyFrame:
    """Keep events that began on day -1 or before; `days` is the day relative to index.

    The only place that keeps the future out; `leakage.py` looks at what was read after it.
    """
    return joined.with_columns(days=nw.col("day") - nw.col("index_day")).filter(
        nw.col("days") <= LAST_LOOKBACK_DAY
    )


def _add_up(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    """Counts and days, for all windows in one pass; zeros are left out."""
    sums = {str(a.analysis_id): _summand(a).sum().cast(nw.Float64) for a in analyses}
    return (
        read.group_by("row_id", "concept_id")
        .agg(last_day=nw.col("days").max(), **sums)
        .unpivot(
            on=list(sums),
            index=["row_id", "concept_id", "last_day"],
            variable_name="analysis",
            value_name="value",
        )
        .filter(nw.col("value") > 0)
        .select(*_as_covariate(nw.col("analysis").cast(nw.Int64)))
    )


def _summand(analysis: Analysis) -> nw.Expr:
    """What one event adds to an analysis."""
    first_day = analysis.window.first_day if analysis.window else None
    if analysis.measure == "count":
        if first_day is None:
            return nw.lit(1) + nw.col("days") * 0
        return nw.when(nw.col("days") >= first_day).then(nw.lit(1)).otherwise(nw.lit(0))
    end = nw.max_horizontal(nw.col("end_day") - nw.col("index_day"), nw.col("days"))
    last = nw.min_horizontal(end, nw.lit(LAST_LOOKBACK_DAY))
    first = nw.col("days") if first_day is None else nw.max_horizontal("days", nw.lit(first_day))
    return nw.max_horizontal(last - first + 1, nw.lit(0))


def _take_latest(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    """The latest event with a value, and how long ago it was."""
    key = (nw.col("day").cast(nw.Int64) + DAY_SHIFT) * EVENT_IDS + nw.col("event_id")
    latest = (
        read.filter(~nw.col("value").is_null(), ~nw.col("value").is_nan())
        .with_columns(key=key)
        .with_columns(latest_key=nw.col("key").max().over("row_id", "concept_id"))
        .filter(nw.col("key") == nw.col("latest_key"))
        .with_columns(last_day=nw.col("days"))
    )
    taken = {
        "latest_value": nw.col("value").cast(nw.Float64),
        "days_since_latest": (-nw.col("days")).cast(nw.Float64),
    }
    return nw.concat(
        [
            latest.with_columns(value=taken[a.measure]).select(
                *_as_covariate(nw.lit(a.analysis_id, nw.Int64))
            )
            for a in analyses
        ]
    )


def _as_covariate(analysis_id: nw.Expr) -> tuple[nw.Expr, ...]:
    return (
        nw.col("row_id"),
        (nw.col("concept_id") * 1000 + analysis_id).alias("covariate_id"),
        analysis_id.cast(nw.Int32).alias("analysis_id"),
        nw.col("value"),
        nw.col("last_day").cast(nw.Int32),
    )
