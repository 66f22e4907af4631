"""Days observed before and after index, and days in the cohort; 0 is a value."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import in_long_form, with_id
from analytics.features.prespecified.tables import Cdm


def measure_times(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """One row for each row_id, analysis, and observation period that covers the index date."""
    start, end = nw.col("observation_period_start_day"), nw.col("observation_period_end_day")
    covering = rows.join(cdm.table("observation_period"), on="person_id", how="inner").filter(
        start <= nw.col("index_day"), nw.col("index_day") <= end
    )
    observed = {
        "prior_observation": nw.col("index_day") - start,
        "post_observation": end - nw.col("index_day"),
    }
    parts = []
    for frame, days in ((covering, observed), (rows, {"time_in_cohort": nw.col("cohort_days")})):
        asked = {
            str(analysis.analysis_id): days[analysis.measure].cast(nw.Float64)
            for analysis in analyses
            if analysis.measure in days
        }
        if asked:
            timed = in_long_form(frame.select("row_id", **asked), ("row_id",))
            parts.append(with_id(timed, nw.lit(1000, nw.Int64) + nw.col("analysis_id")))
    return parts
