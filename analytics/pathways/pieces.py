"""Eras and pieces of eras as whole arrays, and what becomes of two that overlap."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Rows of eras and pieces of eras, as arrays of one length."""

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

    @property
    def days(self) -> Days:
        """How long each lasts: end − start, so that a single day lasts 0."""
        return self.end - self.start

    def order(self) -> Days:
        """The rows sorted by line, start, end and treatments."""
        if not len(self):
            return np.empty(0, dtype=np.int64)
        first, span = self.start.min(), int(self.end.max() - self.start.min()) + 1
        if int(self.line.max() + 1) * span**2 >= 2**63:
            return np.lexsort((self.treatments, self.end, self.start, self.line))
        # One number for line, start and end sorts twice as fast as three; ties are rare.
        key = (self.line * span + (self.start - first)) * span + (self.end - first)
        order = np.argsort(key, kind="stable")
        if (key[order[1:]] == key[order[:-1]]).any():
            order = np.lexsort((self.treatments, key))
        return order

    def in_order(self) -> "Pieces":
        """Sorted by line, start, end and treatments."""
        return self[self.order()]


def as_pieces(eras: pl.DataFrame) -> Pieces:
    """The rows of `eras` (line, treatments, start_day, end_day), in their order."""
    return Pieces(
        line=eras["line"].to_numpy(),
        treatments=eras["treatments"].to_numpy(),
        start=eras["start_day"].to_numpy(),
        end=eras["end_day"].to_numpy(),
    )


def as_frame(pieces: Pieces, days: Days | None = None) -> pl.DataFrame:
    """One row for each piece: line, treatments, start_day, end_day, duration_days."""
    return pl.DataFrame(
        {
            "line": pieces.line,
            "treatments": pieces.treatments,
            "start_day": pieces.start,
            "end_day": pieces.end,
            "duration_days": pieces.days if days is None else days,
        }
    )


def together(parts: list[Pieces]) -> Pieces:
    """All rows of the parts, one part after the other."""
    return Pieces(
        line=np.concatenate([part.line for part in parts]),
        treatments=np.concatenate([part.treatments for part in parts]),
        start=np.concatenate([part.start for part in parts]),
        end=np.concatenate([part.end for part in parts]),
    )


def cut_pairs(p: Pieces, r: Pieces, is_switch: Flags, *, shortest: int) -> list[Pieces]:
    """What each pair becomes, of which the later one, r, starts before the earlier one, p, ends.

    After a switch p ends where r starts, and r is whole. Otherwise the overlap is the combination
    p+r; p keeps what lies before it, and whichever ends later keeps what lies after. Of what was
    cut, pieces shorter than `shortest` are dropped.
    """
    r_ends_later = p.end < r.end
    is_pair = ~is_switch
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
    cut = together([before, both[is_pair], after[is_pair]])
    return [r[is_switch], cut[cut.days >= shortest]]
