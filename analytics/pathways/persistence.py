"""How long people stay on the treatment of a line, gaps up to the era's allowed.

Persistence as ISPOR defines it: the time from the start of a treatment to its discontinuation, a
gap longer than a stated one being a discontinuation (Cramer and others, "Medication compliance and
persistence: terminology and definitions", Value in Health 2008;11:44-47). Here the permissible gap
is `era_collapse_size`, so that a treatment is gone when its era ends.
"""

import numpy as np
import polars as pl

from analytics.pathways.collapse import collapse_eras
from analytics.pathways.line_counts import NamedLines, count_name
from analytics.pathways.lines import STARTS
from analytics.pathways.pieces import Days, Pieces, as_pieces

DAYS_AFTER_START = (0, 90, 180, 365)
SCHEMA = {
    "line_number": pl.Int32,
    "treatment": pl.String,
    "days_after_start": pl.Int32,
    "n_people_followed": pl.Int64,
    "n_people_persistent": pl.Int64,
    "share_persistent": pl.Float64,
    "counted_as": pl.String,
}


def count_persistence(
    lines: pl.DataFrame, records: pl.DataFrame, named: NamedLines, era_collapse_size: int
) -> pl.DataFrame:
    """One row for each named line, treatment and day after its start, as the contract says.

    The denominator are people who are followed for so many days: those whose window closes, who die
    or whose observation ends before are in neither count. Whoever adds a treatment stays on this
    one. `records` are those of `find_courses`.
    """
    on_until = find_last_days(lines, collapse_eras(records, era_collapse_size))
    days = lines.select(
        "line_number",
        "event",
        (pl.col("followed_until") - pl.col("start_day")).alias("days_followed"),
        (pl.Series("on_until", on_until) - pl.col("start_day")).alias("days_on"),
    )
    # Whoever starts after their follow-up has ended is there on that day all the same.
    is_followed = {day: pl.col("days_followed").clip(0) >= day for day in DAYS_AFTER_START}
    counted = days.group_by("line_number", "event").agg(
        *(
            expression.sum().cast(pl.Int64).alias(f"{name}_{day}")
            for day in DAYS_AFTER_START
            for name, expression in (
                ("followed", is_followed[day]),
                ("persistent", is_followed[day] & (pl.col("days_on") >= day)),
            )
        )
    )
    named_counts = counted.cast({"event": pl.String})
    of_line = {
        (row["line_number"], row["event"]): row for row in named_counts.iter_rows(named=True)
    }
    rows = []
    for number, treatments in named.of_line.items():
        for treatment in treatments:
            found = of_line[number, treatment]
            for day in DAYS_AFTER_START:
                followed, persistent = found[f"followed_{day}"], found[f"persistent_{day}"]
                rows.append(
                    {
                        "line_number": number,
                        "treatment": treatment,
                        "days_after_start": day,
                        "n_people_followed": followed,
                        "n_people_persistent": persistent,
                        "share_persistent": persistent / followed if followed else None,
                        "counted_as": count_name(number, treatment, STARTS),
                    }
                )
    return pl.DataFrame(rows, schema=SCHEMA)


def find_last_days(lines: pl.DataFrame, eras: pl.DataFrame) -> Days:
    """The last day on all parts of each line's treatment: when the first of their eras ends.

    A part that has no era on the day on which the line starts ends there.
    """
    line, start = lines["line"].to_numpy(), lines["start_day"].to_numpy()
    treatments = lines["treatments"].to_numpy()
    last = np.full(len(line), np.iinfo(np.int64).max)
    all_eras = as_pieces(eras)
    for part in np.unique(all_eras.treatments):
        of_part = all_eras[all_eras.treatments == part]
        is_on = (treatments & part) != 0
        last[is_on] = np.minimum(last[is_on], _era_ends(of_part, line[is_on], start[is_on]))
    return last


def _era_ends(eras: Pieces, line: Days, day: Days) -> Days:
    """When the era that holds the day of the line ends; the day itself where none does."""
    lowest = min(int(eras.start.min()), int(day.min(initial=eras.start.min())))
    span = max(int(eras.start.max()), int(day.max(initial=eras.start.max()))) - lowest + 1
    begins = eras.line * span + (eras.start - lowest)
    order = np.argsort(begins, kind="stable")
    place = np.searchsorted(begins[order], line * span + (day - lowest), side="right") - 1
    before = order[np.maximum(place, 0)]
    holds = (place >= 0) & (eras.line[before] == line) & (eras.end[before] >= day)
    return np.where(holds, eras.end[before], day)
