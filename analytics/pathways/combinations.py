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

    def __getitem__(self, rows: Flags | Days) -> "Pieces":
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
        return self[np.lexsort((self.treatments, self.end, self.start, self.line))]


def combine(eras: pl.DataFrame, study: PathwayStudy) -> pl.DataFrame:
    """One row for each stretch of days on one treatment or combination, by line, start and end.

    Columns as in `eras`: line, treatments, start_day, end_day. For a pair of which the later one, r,
    starts before the earlier one, p, ends:

    * less than `combination_window` days of overlap is a switch: p ends where r starts. (Not when
      the overlap is the whole of p or of r: that is a combination, however short.)
    * otherwise the overlap becomes the combination p+r; p keeps what lies before it, and whichever
      ends later keeps what lies after.
    * of what a pair was cut into, pieces shorter than `min_post_combination_duration`, and empty
      ones, are dropped. Records that no overlap touched are never dropped.

    With `overlap_method: keep` short overlaps stay as they are, both records whole.
    """
    keeps = study.overlap_method == "keep"
    active = Pieces(
        line=eras["line"].to_numpy(),
        treatments=eras["treatments"].to_numpy(),
        start=eras["start_day"].cast(pl.Int64).to_numpy(),
        end=eras["end_day"].cast(pl.Int64).to_numpy(),
    ).in_order()
    settled: list[Pieces] = []
    while len(active):
        p = _first_overlaps(active, study.combination_window, skips_short=keeps)
        is_settled = _is_settled(active, p, leaves_earlier=keeps)
        settled.append(active[is_settled])
        is_pair = np.zeros(len(active), dtype=np.bool_)
        is_pair[p] = is_pair[p + 1] = True
        made = _resolve(active[p], active[p + 1], study)
        active = _together([active[~is_settled & ~is_pair], *made]).in_order()
    found = _together(settled).in_order()
    return pl.DataFrame(
        {
            "line": found.line,
            "treatments": found.treatments,
            "start_day": found.start,
            "end_day": found.end,
        }
    )
