"""The rows that covariates are made for: one for each index date of a person in a cohort."""

import polars as pl

from analytics.errors import BadInputError

COHORT_COLUMNS = ("row_id", "subject_id", "cohort_start_date", "cohort_end_date")


def index_dates(cohort: pl.DataFrame) -> pl.DataFrame:
    """One row for each cohort row, with its index date in days, year and month.

    Raises `BadInputError` where a column is missing, a row_id repeats, or a start date is missing.
    """
    missing = [column for column in COHORT_COLUMNS if column not in cohort.columns]
    if missing:
        raise BadInputError(
            f"cohort rows to build covariates for lack {', '.join(missing)}; they have "
            f"{', '.join(cohort.columns)}. Each row needs {', '.join(COHORT_COLUMNS)}."
        )
    if cohort["row_id"].n_unique() < cohort.height:
        repeated = cohort.filter(pl.col("row_id").is_duplicated())["row_id"][0]
        raise BadInputError(
            f"row_id {repeated} stands in two cohort rows. "
            "Each index date needs a row_id of its own."
        )
    for column in COHORT_COLUMNS[:3]:
        if cohort[column].null_count():
            raise BadInputError(
                f"{cohort[column].null_count()} cohort rows have no {column}. "
                "Leave them out, or give each its value."
            )
    start = pl.col("cohort_start_date").cast(pl.Date)
    index_day = start.to_physical().cast(pl.Int32)
    return cohort.select(
        pl.col("row_id").cast(pl.Int64),
        person_id=pl.col("subject_id").cast(pl.Int64),
        index_day=index_day,
        index_year=start.dt.year().cast(pl.Int64),
        index_month=start.dt.month().cast(pl.Int64),
        cohort_days=pl.col("cohort_end_date").cast(pl.Date).to_physical().cast(pl.Int32)
        - index_day,
    )
