"""Which events belong to which target row: those that start inside its window."""

import polars as pl

from analytics.studies import PathwayStudy

EVENT_DAYS = ("start_day", "end_day")


def find_lines(targets: pl.DataFrame, study: PathwayStudy) -> pl.DataFrame:
    """One row for each target row, with the window it opens and the line (pathway) it counts to.

    Columns: line, person_id, episode, first_day, last_day; the window holds both its ends. With
    `concat_targets` all target rows of a person are one episode, 1, and so one line; otherwise each
    is an episode of its own, numbered by start and end.
    """
    opens = _anchor(study.start_anchor, study.window_start)
    closes = _anchor(study.end_anchor, study.window_end)
    episode = pl.lit(1) if study.concat_targets else pl.int_range(1, pl.len() + 1).over("person_id")
    return (
        targets.select("person_id", *EVENT_DAYS)
        .unique()
        .sort("person_id", *EVENT_DAYS)
        .select(
            "person_id",
            episode.cast(pl.Int32).alias("episode"),
            opens.alias("first_day"),
            closes.alias("last_day"),
        )
        .with_columns(pl.struct("person_id", "episode").rle_id().cast(pl.Int64).alias("line"))
    )


def _anchor(anchor: str, days: int) -> pl.Expr:
    return pl.col("start_day" if anchor == "start_date" else "end_day") + days


def within_windows(events: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """One row for each event and line whose window it starts in: line, event, start_day, end_day.

    Only the start is tested, and the event is never cut: it may run past the window. An event in
    two windows of one line counts once.
    """
    return (
        events.join(lines, on="person_id", maintain_order="none")
        .filter(pl.col("start_day").is_between("first_day", "last_day"))
        .select("line", "event", *EVENT_DAYS)
        .unique(maintain_order=False)
    )
