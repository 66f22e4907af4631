"""Days observed before and after index, and days in the cohort; 0 is a value."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import with_id
from analytics.features.prespecified.tables import Cdm


def measure_times(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """For each analysis: one row for each row_id (and observation period that covers its index)."""
    start, end = nw.col("observation_period_start_day"), nw.col("observation_period_end_day")
    observed = rows.join(cdm.table("observation_period"), on="person_id", how="inner").filter(
        start <= nw.col("index_day"), nw.col("index_day") <= end
    )
    found = {
        "prior_observation": (observed, nw.col("index_day") - start),
        "post_observation": (observed, end - nw.col("index_day")),
        "time_in_cohort": (rows, nw.col("cohort_days")),
    }
    parts = []
    for analysis in analyses:
        frame, days = found[analysis.measure]
        timed = frame.with_columns(
            covariate_value=days.cast(nw.Float64),
            analysis_id=nw.lit(analysis.analysis_id, nw.Int64),
        ).filter(~nw.col("covariate_value").is_null())
        parts.append(with_id(timed, nw.lit(1000, nw.Int64) + nw.col("analysis_id")))
    return parts
