"""Steps in order: which of them count, what leaves the target, and how long a pathway may be."""

import polars as pl

from analytics.studies import PathwayParameters

ORDER = ("line", "start_day", "end_day", "treatments")


def keep_steps(pieces: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    """One row for each step of each line: line, treatments, start_day, end_day, duration_days.

    `first` keeps the first of each treatment or combination; `changes` makes neighbours of one
    treatment one step, from the first start to the last end, with the sum of their days; `all`
    keeps everything. With `compat: tp31`, `changes` is `all`: TreatmentPatterns 3.1.0 groups by a
    key that tells all rows apart.
    """
    steps = pieces.sort(*ORDER)
    match asked.filter_treatments:
        case "first":
            return steps.unique(["line", "treatments"], keep="first", maintain_order=True)
        case "changes" if asked.compat == "clean":
            return (
                steps.with_columns(pl.struct("line", "treatments").rle_id().alias("run"))
                .group_by("run", maintain_order=True)
                .agg(
                    pl.first("line", "treatments", "start_day"),
                    pl.max("end_day"),
                    pl.sum("duration_days"),
                )
                .drop("run")
            )
        case _:
            return steps


def number_steps(steps: pl.DataFrame, exits: pl.DataFrame) -> pl.DataFrame:
    """One row for each line and step number from 1, exits among them (`is_exit`).

    Exits are sorted in by their days, after a treatment of the same days; what comes after an exit
    stays. They are the empty set of treatments.
    """
    exits_as_steps = exits.with_columns(
        (pl.col("end_day") - pl.col("start_day")).alias("duration_days"),
        pl.lit(0, dtype=pl.Int64).alias("treatments"),
    ).select(steps.columns)
    return (
        pl.concat(
            [
                steps.with_columns(pl.lit(False).alias("is_exit")),
                exits_as_steps.with_columns(pl.lit(True).alias("is_exit")),
            ]
        )
        .with_row_index("place")
        .sort("line", "start_day", "end_day", "is_exit", "place")
        .with_columns(number_within("line").alias("step"))
        .select("line", "step", *(name for name in steps.columns if name != "line"), "is_exit")
    )


def number_within(group: str) -> pl.Expr:
    """1, 2, 3 … within each run of equal values of a sorted column."""
    row = pl.int_range(1, pl.len() + 1)
    starts = (pl.col(group) != pl.col(group).shift()).fill_null(True)
    return (row - pl.when(starts).then(row).forward_fill() + 1).cast(pl.Int32)
