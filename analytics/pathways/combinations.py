"""From overlapping eras to one thing at a time: a treatment alone, or a combination.

Works in rounds. In each, the first overlapping pair of every stretch of overlapping eras is
resolved; all stretches of all people go through a round together, as whole arrays.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.studies import PathwayStudy

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Rows of eras and pieces of eras, as arrays of one length, by line, start, end, treatments."""

    line: Days
    treatments: Days
    start: Days
    end: Days

    def __getitem__(self, rows: Flags | Days | slice) -> "Pieces":
        return Pieces(
            line=self.line[rows],
            treatments=self.treatments[rows],
            start=self.start[rows],
            end=self.end[rows],
        )

    def __len__(self) -> int:
        return len(self.line)

    def in_order(self) -> "Pieces":
        """Sorted by line, start, end and treatments."""
        if not len(self):
            return self
        first, span = self.start.min(), int(self.end.max() - self.start.min()) + 1
        if int(self.line.max() + 1) * span**2 >= 2**63:
            return self[np.lexsort((self.treatments, self.end, self.start, self.line))]
        # One number for line, start and end sorts twice as fast as three; ties are rare.
        key = (self.line * span + (self.start - first)) * span + (self.end - first)
        order = np.argsort(key, kind="stable")
        if (key[order[1:]] == key[order[:-1]]).any():
            order = np.lexsort((self.treatments, key))
        return self[order]


def combine(eras: pl.DataFrame, study: PathwayStudy) -> pl.DataFrame:
    """One row for each stretch of days on one treatment or combination, by line, start and end.

    Columns as in `eras`: line, treatments, start_day, end_day. For a pair of which the later one,
    r, starts before the earlier one, p, ends:

    * less than `combination_window` days of overlap is a switch: p ends where r starts. (Not when
      the overlap is the whole of p or of r: that is a combination, however short.)
    * otherwise the overlap becomes the combination p+r; p keeps what lies before it, and whichever
      ends later keeps what lies after.
    * of what a pair was cut into, pieces shorter than `min_post_combination_duration`, and empty
      ones, are dropped. Records that no overlap touched are never dropped.

    With `overlap_method: keep` short overlaps stay as they are, both records whole.
    """
    if eras.is_empty():
        return eras
    keeps = study.overlap_method == "keep"
    active = Pieces(
        line=eras["line"].to_numpy(),
        treatments=eras["treatments"].to_numpy(),
        start=eras["start_day"].to_numpy(),
        end=eras["end_day"].to_numpy(),
    ).in_order()
    settled: list[Pieces] = []
    while len(active):
        stretch = _stretches(active)
        p = _first_overlaps(active, stretch, study.combination_window, skips_short=keeps)
        has_pair = np.isin(stretch, stretch[p])
        settled.append(active[~has_pair])
        is_other = has_pair.copy()
        is_other[p] = is_other[p + 1] = False
        pieces = _resolve(active[p], active[p + 1], study)
        active = _together([active[is_other], *pieces]).in_order()
    found = _together(settled).in_order()
    return pl.DataFrame(
        {
            "line": found.line,
            "treatments": found.treatments,
            "start_day": found.start,
            "end_day": found.end,
        }
    )


def _together(parts: list[Pieces]) -> Pieces:
    return Pieces(
        line=np.concatenate([part.line for part in parts]),
        treatments=np.concatenate([part.treatments for part in parts]),
        start=np.concatenate([part.start for part in parts]),
        end=np.concatenate([part.end for part in parts]),
    )


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
        is_pair &= ~_is_short(pieces[:-1], pieces[1:], combination_window)
    p = np.flatnonzero(is_pair)
    is_first = np.ones(len(p), dtype=np.bool_)
    is_first[1:] = stretch[p[1:]] != stretch[p[:-1]]
    return p[is_first]


def _is_short(p: Pieces, r: Pieces, combination_window: int) -> Flags:
    """Is the overlap too short for a combination, and not the whole of either record?"""
    overlap = p.end - r.start
    return (overlap < combination_window) & (overlap != p.end - p.start) & (r.end != p.end)


def _resolve(p: Pieces, r: Pieces, study: PathwayStudy) -> list[Pieces]:
    """What each pair of records becomes, without the pieces that are too short."""
    is_switch = _is_short(p, r, study.combination_window)
    r_ends_later = p.end < r.end
    pair = ~is_switch
    before = Pieces(line=p.line, treatments=p.treatments, start=p.start, end=r.start)
    both = Pieces(
        line=p.line,
        treatments=p.treatments | r.treatments,
        start=r.start,
        end=np.minimum(p.end, r.end),
    )
    after = Pieces(
        line=p.line,
        treatments=np.where(r_ends_later, r.treatments, p.treatments),
        start=np.minimum(p.end, r.end),
        end=np.maximum(p.end, r.end),
    )
    cut = _together([before, both[pair], after[pair]])
    days = cut.end - cut.start
    is_long_enough = days >= max(study.min_post_combination_duration, 1)
    return [r[is_switch], cut[is_long_enough]]
