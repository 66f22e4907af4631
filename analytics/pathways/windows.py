"""Which events belong to which target row: those that start inside its window."""

import polars as pl

from analytics.studies import PathwayParameters

EVENT_DAYS = ("start_day", "end_day")


def find_lines(targets: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    """One row for each target row, with the window it opens and the line (pathway) it counts to.

    Columns: line, person_id, episode, index_day (on which the target row starts), first_day,
    last_day; the window holds both its ends. With
    `concat_targets` all target rows of a person are one episode, 1, and so one line; otherwise each
    is an episode of its own, numbered by start and end.

    With `compat: tp31` rows given twice count twice, and episodes are numbered in the order of the
    rows.
    """
    opens = _anchor(asked.start_anchor, asked.window_start)
    closes = _anchor(asked.end_anchor, asked.window_end)
    episode = pl.lit(1) if asked.concat_targets else pl.int_range(1, pl.len() + 1).over("person_id")
    return (
        _stays(targets.select("person_id", *EVENT_DAYS), asked)
        .select(
            "person_id",
            episode.cast(pl.Int32).alias("episode"),
            pl.col("start_day").alias("index_day"),
            opens.alias("first_day"),
            closes.alias("last_day"),
        )
        .with_columns(pl.struct("person_id", "episode").rle_id().cast(pl.Int64).alias("line"))
    )


def _stays(targets: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    if asked.is_held_to_be_long("targets"):
        days = pl.col("end_day") - pl.col("start_day")
        targets = targets.filter(days >= asked.min_era_duration)
    if asked.compat == "tp31":
        return targets.sort("person_id", maintain_order=True)
    return targets.unique().sort("person_id", *EVENT_DAYS)


def _anchor(anchor: str, days: int) -> pl.Expr:
    return pl.col("start_day" if anchor == "start_date" else "end_day") + days


def within_windows(events: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """One row for each event and window that it starts in: line, event, start_day, end_day.

    Only the start is tested, and the event is never cut: it may run past the window. An event in
    two windows of one line is there twice.
    """
    return (
        events.join(lines, on="person_id", maintain_order="none")
        .filter(pl.col("start_day").is_between("first_day", "last_day"))
        .select("line", "event", *EVENT_DAYS)
    )


def people_outside_observation(
    targets: pl.DataFrame, periods: pl.DataFrame, asked: PathwayParameters
) -> int:
    """How many people of the target have a window that no period of observation holds whole.

    `periods`: one row for each person and period (person_id, start_day, end_day).
    """
    windows = find_lines(targets, asked).filter(pl.col("first_day") <= pl.col("last_day"))
    numbered = windows.with_row_index("window")
    observed = numbered.join(periods, on="person_id").filter(
        (pl.col("start_day") <= pl.col("first_day")) & (pl.col("last_day") <= pl.col("end_day"))
    )
    return numbered.join(observed, on="window", how="anti")["person_id"].n_unique()
