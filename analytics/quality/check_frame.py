"""A run of OHDSI's checks as a frame, for the results of a workspace."""

import polars as pl

from analytics.quality.check_result import CheckRun
from analytics.quality.people_behind import as_columns

FRAME = {
    "check_id": pl.String,
    "check_name": pl.String,
    "check_level": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "concept_name": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "category": pl.String,
    "n_violated": pl.Int64,
    "n_rows": pl.Int64,
    "threshold": pl.Float64,
    "limit_share": pl.Float64,
    "status": pl.String,
    "is_past_limit": pl.Boolean,
    "n_people": pl.Int64,
    "n_people_violated": pl.Int64,
    "n_people_kept": pl.Int64,
}


def check_frame(run: CheckRun) -> pl.DataFrame:
    """One row for each check that had something to look at, as `results.ohdsi_check` holds them.

    `run_id`, `study` and `studies` are added by whoever writes the rows.
    """
    return pl.DataFrame(
        [
            {
                "check_id": one.check.check_id,
                "check_name": one.check.name,
                "check_level": one.check.kind.level,
                "table_name": one.check.table,
                "column_name": one.check.field,
                "concept_name": one.check.concept_name or one.check.concept_id,
                "rule": one.check.kind.description,
                "severity": one.check.kind.severity,
                "category": one.check.kind.category,
                "n_violated": one.num_violated_rows,
                "n_rows": one.num_denominator_rows,
                "threshold": one.check.threshold,
                "limit_share": one.check.limit_share,
                "status": one.status,
                "is_past_limit": one.is_past_limit,
                **as_columns(one.behind),
            }
            for one in run.results
            if one.status != "not_applicable"
        ],
        schema=FRAME,
    ).sort("check_id")
