"""Days observed before and after index, and days in the cohort; 0 is a value."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.certificate import rows_read
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import in_long_form, with_id
from analytics.features.prespecified.tables import Cdm

START, END = nw.col("observation_period_start_day"), nw.col("observation_period_end_day")


def measure_times(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """One row for each row_id, analysis, and observation period that covers the index date."""
    covering = _covering(cdm, rows)
    observed = {
        "prior_observation": nw.col("index_day") - START,
        "post_observation": END - nw.col("index_day"),
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


def times_read(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """One row for each analysis: how many periods were read, and the latest day it looked at."""
    covering = _covering(cdm, rows)
    looked_at = {
        "prior_observation": covering.with_columns(days=START - nw.col("index_day")),
        "post_observation": covering.with_columns(days=END - nw.col("index_day")),
        "time_in_cohort": rows.with_columns(days=nw.col("cohort_days")),
    }
    return [
        rows_read(looked_at[analysis.measure], {analysis.analysis_id: ("any_time", None)})
        for analysis in analyses
    ]


def _covering(cdm: Cdm, rows: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row_id and observation period of its person that covers the index date."""
    return rows.join(cdm.table("observation_period"), on="person_id", how="inner").filter(
        nw.col("index_day") >= START, nw.col("index_day") <= END
    )
