"""From overlapping eras to one thing at a time: a treatment alone, or a combination.

Works in rounds. In each, the first overlapping pair of every stretch of overlapping eras is
resolved; all stretches of all people go through a round together, as whole arrays.
"""

import numpy as np
import polars as pl

from analytics.pathways.pieces import (
    Days,
    Flags,
    Pieces,
    as_frame,
    as_pieces,
    cut_pairs,
    together,
)
from analytics.studies import PathwayParameters


def combine(eras: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    """One row for each stretch of days on one treatment or combination, by line, start and end.

    `eras`: line, treatments, start_day, end_day; the result has `duration_days` besides. For a
    pair of which the later one, r, starts before the earlier one, p, ends:

    * less than `combination_window` days of overlap is a switch: p ends where r starts. (Not when
      the overlap is the whole of p or of r: that is a combination, however short.)
    * otherwise the overlap becomes the combination p+r; p keeps what lies before it, and whichever
      ends later keeps what lies after.
    * of what a pair was cut into, pieces shorter than `min_post_combination_duration`, and empty
      ones, are dropped. Records that no overlap touched are never dropped.

    With `overlap_method: keep` short overlaps stay as they are, both records whole.
    """
    return as_frame(
        settle(
            as_pieces(eras).in_order(),
            combination_window=asked.combination_window,
            shortest=max(asked.min_post_combination_duration, 1),
            skips_short=asked.overlap_method == "keep",
        )
    )


def settle(
    active: Pieces, *, combination_window: int, shortest: int, skips_short: bool = False
) -> Pieces:
    """Resolve overlapping pairs of sorted pieces until none is left; the pieces in order."""
    settled: list[Pieces] = [active[:0]]
    while len(active):
        stretch = _stretches(active)
        p = _first_overlaps(active, stretch, combination_window, skips_short=skips_short)
        is_done = ~rows_of(stretch, stretch[p])
        settled.append(active[is_done])
        is_other = ~is_done
        is_other[p] = is_other[p + 1] = False
        earlier, later = active[p], active[p + 1]
        is_switch = is_short(earlier, later, combination_window, earlier.days, later.days)
        pieces = cut_pairs(earlier, later, is_switch, shortest=shortest)
        active = together([active[is_other], *pieces]).in_order()
    return together(settled).in_order()


def rows_of(group: Days, chosen: Days) -> Flags:
    """Which rows belong to the chosen groups."""
    is_chosen = np.zeros(int(group[-1]) + 1, dtype=np.bool_)
    is_chosen[chosen] = True
    return is_chosen[group]


def is_short(
    p: Pieces, r: Pieces, combination_window: int, days_of_p: Days, days_of_r: Days
) -> Flags:
    """Is the overlap too short for a combination, and not the whole of either record?"""
    overlap = p.end - r.start
    return (overlap < combination_window) & (overlap != days_of_p) & (overlap != days_of_r)


def first_of_each(group: Days, rows: Days) -> Days:
    """Those of `rows` that are the first of their group; both are in order."""
    is_first = np.ones(len(rows), dtype=np.bool_)
    is_first[1:] = group[rows[1:]] != group[rows[:-1]]
    return rows[is_first]


def _stretches(pieces: Pieces) -> Days:
    """Number the stretches of rows that overlap through one another; no pair spans two of them."""
    far = int(pieces.end.max() - pieces.start.min()) + 1
    latest_end = np.maximum.accumulate(pieces.line * far + pieces.end)
    begins = pieces.line[1:] * far + pieces.start[1:] >= latest_end[:-1]
    return np.concatenate(([0], np.cumsum(begins)))


def _first_overlaps(
    pieces: Pieces, stretch: Days, combination_window: int, *, skips_short: bool
) -> Days:
    """The place of the earlier record of the first overlapping pair of each stretch."""
    is_pair = (stretch[1:] == stretch[:-1]) & (pieces.start[1:] < pieces.end[:-1])
    if skips_short:
        p, r = pieces[:-1], pieces[1:]
        is_pair &= ~is_short(p, r, combination_window, p.days, r.days)
    return first_of_each(stretch, np.flatnonzero(is_pair))
