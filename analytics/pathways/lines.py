"""Lines of treatment: what a person takes first, second, third, and what follows each.

A line is one treatment or combination of a person's pathway, as TreatmentPatterns counts them; the
first step is line 1 (exits are no lines). Every other number about lines hangs on this frame.
"""

import polars as pl

from analytics.pathways.finding import Courses
from analytics.pathways.order import number_within
from analytics.studies import PathwayParameters

MOST_LINES = 5
"""TreatmentPatterns' own longest path, unless it is asked for another."""

STARTS, ENDS, MOVES_ON, LEAVES = "starts", "ends", "moves on", "leaves"
STOPS, GOES_ON = "stops", "goes on"
ADDS, REDUCES, SWITCHES, RESTARTS = "adds", "reduces", "switches", "restarts"
WHOLE = {
    **dict.fromkeys((ENDS, MOVES_ON, LEAVES), STARTS),
    **dict.fromkeys((STOPS, GOES_ON), ENDS),
    **dict.fromkeys((ADDS, REDUCES, SWITCHES, RESTARTS), MOVES_ON),
}
"""What each thing that may follow is a part of."""


def find_treatment_lines(
    courses: Courses, asked: PathwayParameters, follow_up: pl.DataFrame
) -> pl.DataFrame:
    """One row for each person and line of treatment, of the person's first episode.

    Columns: line, line_number (1 to `MOST_LINES`), treatments, event (categorical), start_day,
    end_day, duration_days, followed_until, next_start_day (null where no further line follows) and
    what_follows:

    * `adds`: the next line holds this treatment and more; `reduces`: it is a part of this one;
    * `restarts`: the next line is this treatment again, or one that the person had before;
    * `switches`: any other treatment, however long after;
    * `leaves`: no further treatment, but an exit; `stops`: nothing, though the person is followed
      for more than `era_collapse_size` days after the last; `goes on`: nothing, for want of
      follow-up.

    What follows the last line that `max_path_length` lets in is looked up beyond it. With
    `filter_treatments: first` nobody restarts: a treatment that comes back is left out of pathways.
    """
    first_episodes = courses.lines.filter(pl.col("episode") == 1).select("line").unique()
    steps = courses.steps
    if courses.has_episodes():
        steps = steps.join(first_episodes, on="line", how="semi", maintain_order="left")
    exits = steps.filter("is_exit").group_by("line").agg(pl.max("step").alias("last_exit"))
    has_next = (pl.col("line") == pl.col("line").shift(-1)).fill_null(False)
    now, later = pl.col("treatments"), pl.col("treatments").shift(-1)
    had = pl.any_horizontal(
        (later == now.shift(back)) & (pl.col("line") == pl.col("line").shift(back))
        for back in range(MOST_LINES)
    ).fill_null(False)
    is_left = (pl.col("last_exit") > pl.col("step")).fill_null(False)
    is_seen_off = pl.col("end_day") + asked.era_collapse_size < pl.col("followed_until")
    follows = (
        pl.when(has_next & (now & later == now) & (now != later))
        .then(pl.lit(ADDS))
        .when(has_next & (now & later == later) & (now != later))
        .then(pl.lit(REDUCES))
        .when(has_next & had)
        .then(pl.lit(RESTARTS))
        .when(has_next)
        .then(pl.lit(SWITCHES))
        .when(is_left)
        .then(pl.lit(LEAVES))
        .when(is_seen_off)
        .then(pl.lit(STOPS))
        .otherwise(pl.lit(GOES_ON))
    )
    return (
        steps.filter(~pl.col("is_exit"))
        .with_columns(number_within("line").alias("line_number"))
        .filter(pl.col("line_number") <= MOST_LINES + 1)
        .join(follow_up, on="line", how="left", maintain_order="left")
        .join(exits, on="line", how="left", maintain_order="left")
        .with_columns(
            follows.alias("what_follows"),
            pl.when(has_next).then(pl.col("start_day").shift(-1)).alias("next_start_day"),
        )
        .filter((pl.col("line_number") <= MOST_LINES) & (pl.col("step") <= asked.max_path_length))
        .select(
            *("line", "line_number", "treatments", pl.col("event").cast(pl.Categorical)),
            *("start_day", "end_day"),
            *("duration_days", "followed_until", "next_start_day", "what_follows"),
        )
    )
