"""Until when people are followed: what they take later nobody would see."""

import polars as pl


def find_follow_up(
    lines: pl.DataFrame,
    *,
    periods: pl.DataFrame | None = None,
    deaths: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row for each line: line, followed_until, the last day on which a treatment would be seen.

    That is the earliest of: the last day of the target row's window; the end of the observation
    period in which the target row starts; death. Of several target rows in one line the latest
    such day counts. `periods`: one row for each person and period (person_id, start_day, end_day);
    `deaths`: one row for each person (person_id, death_day, perhaps null). Without them, and where
    a target row starts in no period, the window alone decides.
    """
    until = lines.select("line", "person_id", "index_day", "last_day")
    if periods is not None:
        observed = (
            until.join(periods, on="person_id")
            .filter(pl.col("index_day").is_between("start_day", "end_day"))
            .group_by("line", "index_day")
            .agg(pl.max("end_day").alias("observed_until"))
        )
        until = until.join(observed, on=["line", "index_day"], how="left").with_columns(
            pl.min_horizontal("last_day", "observed_until").alias("last_day")
        )
    of_line = until.group_by("line", "person_id").agg(pl.max("last_day").alias("followed_until"))
    if deaths is not None:
        of_line = of_line.join(deaths, on="person_id", how="left").with_columns(
            pl.min_horizontal("followed_until", pl.col("death_day").cast(pl.Int64))
        )
    return of_line.select("line", "followed_until")
