"""Proportion of days covered (PDC) by the treatment of a line.

PDC is the share of the days of a period on which the treatment was to hand; the period runs from
the first day of treatment to a stated day, or to what ends follow-up before (Pharmacy Quality
Alliance, proportion of days covered, of which 80 % is its threshold; ISPOR: Cramer and others,
Value in Health 2008;11:44-47). Overlapping records cover a day once; days to hand beyond a refill
are not carried forward.

Here the period has `PERIOD_DAYS` days, the day on which the line starts being the first, and ends
earlier on the last day of follow-up; a record covers its days, first and last among them. Of a
combination a day is covered when all of its parts are. Where the records are eras, the days between
fills that an era bridges count as covered.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.pathways.collapse import collapse_eras
from analytics.pathways.line_counts import NamedLines, count_name
from analytics.pathways.lines import STARTS
from analytics.pathways.pieces import Days, Pieces, as_pieces, together

PERIOD_DAYS = 365
WELL_COVERED = 0.8
SCHEMA = {
    "line_number": pl.Int32,
    "treatment": pl.String,
    "period_days": pl.Int32,
    "n_people": pl.Int64,
    "n_people_well_covered": pl.Int64,
    "share_well_covered": pl.Float64,
    "covered_mean": pl.Float64,
    "covered_median": pl.Float64,
    "counted_as": pl.String,
}


def count_days_covered(
    lines: pl.DataFrame, records: pl.DataFrame, named: NamedLines
) -> pl.DataFrame:
    """One row for each named line and treatment, as the contract of the mart says.

    The denominator are all who start the treatment in that line: also whoever dies after a week has
    a proportion, of that week.
    """
    if not any(named.of_line.values()):
        return pl.DataFrame(schema=SCHEMA)
    is_named = pl.any_horizontal(
        (pl.col("line_number") == number) & pl.col("event").is_in(list(events))
        for number, events in named.of_line.items()
        if events
    )
    of_named = lines.filter(is_named)
    covered = pl.Series("covered", find_proportion_covered(of_named, records))
    is_well = pl.col("covered") >= WELL_COVERED
    counted = (
        of_named.select("line_number", "event", covered)
        .group_by("line_number", "event")
        .agg(
            pl.len().cast(pl.Int64).alias("n_people"),
            is_well.sum().cast(pl.Int64).alias("n_people_well_covered"),
            is_well.mean().alias("share_well_covered"),
            pl.mean("covered").round(3).alias("covered_mean"),
            pl.median("covered").round(3).alias("covered_median"),
        )
        .cast({"event": pl.String})
    )
    names = [
        count_name(number, event, STARTS)
        for number, event in counted.select("line_number", "event").iter_rows()
    ]
    return (
        counted.with_columns(
            pl.col("event").alias("treatment"),
            pl.lit(PERIOD_DAYS).alias("period_days"),
            pl.Series("counted_as", names, dtype=pl.String),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .sort("line_number", "treatment")
    )


def find_proportion_covered(
    lines: pl.DataFrame, records: pl.DataFrame, period_days: int = PERIOD_DAYS
) -> NDArray[np.float64]:
    """For each row of `lines` its proportion of days covered, 0 to 1."""
    line, first = lines["line"].to_numpy(), lines["start_day"].to_numpy()
    followed_until = lines["followed_until"].to_numpy()
    last = np.maximum(first, np.minimum(first + period_days - 1, followed_until))
    treatments = lines["treatments"].to_numpy()
    n_covered = np.zeros(len(line), dtype=np.int64)
    # Eras without gaps are the days covered, each once.
    days_of = as_pieces(collapse_eras(records, 0))
    for several in np.unique(treatments):
        is_on = treatments == several
        all_parts = _days_on_all(days_of, int(several), line[is_on])
        n_covered[is_on] = _days_until(all_parts, line[is_on], last[is_on]) - _days_until(
            all_parts, line[is_on], first[is_on] - 1
        )
    return n_covered / (last - first + 1)


def _days_on_all(days_of: Pieces, several: int, line: Days) -> Pieces:
    """The stretches of days, in order, on which the lines are covered by all the parts."""
    is_part = (days_of.treatments & several) != 0
    wanted = np.zeros(int(days_of.line.max(initial=0)) + 1, dtype=np.bool_)
    wanted[line[line < len(wanted)]] = True
    parts = days_of[is_part & wanted[days_of.line]]
    n_parts = several.bit_count()
    if n_parts == 1 or not len(parts):
        return parts
    # One more part from each start, one less from the day after each end.
    opens = Pieces(
        line=parts.line, treatments=np.ones_like(parts.line), start=parts.start, end=parts.end
    )
    closes = Pieces(
        line=parts.line, treatments=-np.ones_like(parts.line), start=parts.end + 1, end=parts.end
    )
    changes = together([opens, closes])
    changes = changes[np.lexsort((changes.treatments, changes.start, changes.line))]
    n_on = np.cumsum(changes.treatments)
    is_all = np.flatnonzero(n_on[:-1] == n_parts)
    return Pieces(
        line=changes.line[is_all],
        treatments=np.full(len(is_all), several),
        start=changes.start[is_all],
        end=changes.start[is_all + 1] - 1,
    )


def _days_until(stretches: Pieces, line: Days, day: Days) -> Days:
    """How many days of all stretches, in order, lie before or on that day of that line."""
    if not len(stretches):
        return np.zeros(len(line), dtype=np.int64)
    lowest = min(int(stretches.start.min()), int(day.min(initial=stretches.start.min())))
    span = max(int(stretches.start.max()), int(day.max(initial=stretches.start.max()))) - lowest + 1
    begins = stretches.line * span + (stretches.start - lowest)
    n_before = np.concatenate(([0], np.cumsum(stretches.days + 1)))
    place = np.searchsorted(begins, line * span + (day - lowest), side="right")
    latest = np.maximum(place - 1, 0)
    beyond = np.maximum(stretches.end[latest] - day, 0)
    # Days of other lines come before and cancel out in differences.
    is_within = (place > 0) & (stretches.line[latest] == line)
    return n_before[place] - np.where(is_within, beyond, 0)
