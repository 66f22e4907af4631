"""Eras: records of one treatment with short gaps between them are one."""

import polars as pl

FAR = 1 << 40


def collapse_eras(events: pl.DataFrame, era_collapse_size: int) -> pl.DataFrame:
    """One row for each era of each line and treatment: line, treatments, start_day, end_day.

    A record joins the era when it starts at most `era_collapse_size` days after the latest end so
    far; the era ends with its latest end. Touching and overlapping records always join.
    """
    starts_group = pl.any_horizontal(
        (pl.col(name) != pl.col(name).shift()).fill_null(True) for name in ("line", "treatments")
    )
    gap = pl.col("start_day") - (pl.col("latest_end").shift() - FAR * pl.col("group"))
    return (
        events.sort("line", "treatments", "start_day")
        .with_columns(starts_group.alias("starts_group"))
        .with_columns(pl.col("starts_group").cum_sum().cast(pl.Int64).alias("group"))
        # Groups lie FAR apart, so one running maximum over all rows is one within each group.
        .with_columns((FAR * pl.col("group") + pl.col("end_day")).cum_max().alias("latest_end"))
        .with_columns((pl.col("starts_group") | (gap > era_collapse_size)).alias("starts_era"))
        .with_columns(pl.col("starts_era").shift(-1, fill_value=True).alias("ends_era"))
        .select(
            "line",
            "treatments",
            "start_day",
            (pl.col("latest_end") - FAR * pl.col("group")).alias("end_day"),
            "starts_era",
            "ends_era",
        )
        .pipe(_one_row_for_each_era)
    )


def _one_row_for_each_era(rows: pl.DataFrame) -> pl.DataFrame:
    first = rows.filter("starts_era").select("line", "treatments", "start_day")
    return first.with_columns(rows.filter("ends_era")["end_day"])
