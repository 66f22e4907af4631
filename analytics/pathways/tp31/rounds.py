"""Combinations as TreatmentPatterns 3.1.0 makes them: in rounds that reach everybody's records.

In each round the first overlapping pair of each line is resolved; then every record of every
person that is shorter than `min_post_combination_duration` is dropped, touched or not. So whether
a short record stays hangs on whether anybody at all has an overlap.
"""

import numpy as np
import polars as pl

from analytics.pathways.combinations import first_of_each, is_short, rows_of, settle
from analytics.pathways.pieces import (
    Days,
    Pieces,
    as_frame,
    as_pieces,
    cut_pairs,
    together,
)
from analytics.studies import PathwayParameters


def combine_as_tp31(eras: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    """One row for each stretch of days on one treatment or combination, with `duration_days`.

    `eras` bring their stored durations, which stay where there is no round, and decide in the first
    one whether an overlap is the whole of a record. With `overlap_method: keep` a first overlap
    shorter than `combination_window` stays, and so do all later ones of its line.
    """
    order = as_pieces(eras).order()
    active, days = as_pieces(eras)[order], eras["duration_days"].to_numpy()[order]
    first = _pairs_to_resolve(active, asked)
    if not len(first):
        return as_frame(active, days)
    resolved = _resolve(active, days, first, asked)
    active = resolved[resolved.days >= asked.min_post_combination_duration].in_order()
    # From here on a round drops only what it has cut: the other short records are gone.
    if asked.overlap_method == "keep":
        return as_frame(_settle_by_line(active, asked))
    return as_frame(
        settle(
            active,
            combination_window=asked.combination_window,
            shortest=asked.min_post_combination_duration,
        )
    )


def _pairs_to_resolve(active: Pieces, asked: PathwayParameters) -> Days:
    """The place of the earlier record of each line's first overlapping pair, but for kept ones."""
    is_pair = (active.line[1:] == active.line[:-1]) & (active.start[1:] < active.end[:-1])
    first = first_of_each(active.line, np.flatnonzero(is_pair))
    if asked.overlap_method == "keep":
        return first[active.end[first] - active.start[first + 1] >= asked.combination_window]
    return first


def _resolve(active: Pieces, days: Days, p: Days, asked: PathwayParameters) -> Pieces:
    is_other = np.ones(len(active), dtype=np.bool_)
    is_other[p] = is_other[p + 1] = False
    earlier, later = active[p], active[p + 1]
    is_switch = is_short(earlier, later, asked.combination_window, days[p], days[p + 1])
    shortest = asked.min_post_combination_duration
    return together([active[is_other], *cut_pairs(earlier, later, is_switch, shortest=shortest)])


def _settle_by_line(active: Pieces, asked: PathwayParameters) -> Pieces:
    settled = [active[:0]]
    while len(active):
        first = _pairs_to_resolve(active, asked)
        goes_on = rows_of(active.line, active.line[first])
        settled.append(active[~goes_on])
        place = np.cumsum(goes_on) - 1
        active = active[goes_on]
        active = _resolve(active, active.days, place[first], asked).in_order()
    return together(settled).in_order()
