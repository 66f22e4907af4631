"""Which analyses a latest day reaches: a 1 for each, a count of codes, or nothing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled
from analytics.features.native.latest import Latest
from analytics.features.native.parts import Entries, Part, Rows, kept, room
from analytics.features.native.records import NO_DAY, Taken


class Reach(NamedTuple):
    """For each analysis: the first day of its window, and whether the end has to reach it.

    `NO_DAY` as the first day is any time before.
    """

    analysis_id: NDArray[np.int64]
    first_day: NDArray[np.int32]
    is_by_end: NDArray[np.bool_]


class WasRead(NamedTuple):
    """For each analysis: how many records were read for it, and the latest day of them."""

    n_rows: NDArray[np.int64]
    latest_day: NDArray[np.int32]


def flag(latest: Latest, reach: Reach, covariate_id: NDArray[np.int64]) -> Part:
    """A 1 for each row, code and analysis that the code's latest day reaches.

    `covariate_id` has one row for each code and one column for each analysis.
    """
    entries = room(len(latest.n_of_row), len(latest.code) * len(reach.first_day))
    _flag(latest, reach, entries)
    return kept(entries, covariate_id.ravel())


def count_codes(latest: Latest, reach: Reach, covariate_id: NDArray[np.int64]) -> Part:
    """How many codes reach each analysis; nobody gets a 0."""
    n_rows = len(latest.n_of_row)
    entries = room(n_rows, n_rows * len(reach.first_day), with_value=True)
    _count_codes(latest, reach, entries)
    return kept(entries, covariate_id)


def count_read(rows: Rows, taken: Taken, reach: Reach, end_day: int) -> WasRead:
    """What lies in the window of each analysis, of the records that start by the end day."""
    n = len(reach.first_day)
    was_read = WasRead(n_rows=np.zeros(n, np.int64), latest_day=np.full(n, NO_DAY, np.int32))
    _count_read(rows, taken, reach, end_day, was_read)
    return was_read


@compiled
def _is_reached(reach: Reach, analysis: int, day: int, end: int) -> bool:
    first = reach.first_day[analysis]
    return first == NO_DAY or (end if reach.is_by_end[analysis] else day) >= first


@compiled
def _flag(latest: Latest, reach: Reach, entries: Entries) -> None:
    n_analyses = len(reach.first_day)
    has_end = len(latest.end_day) > 0
    n, nth = 0, 0
    for row in range(len(latest.n_of_row)):
        before = n
        for _ in range(latest.n_of_row[row]):
            day = latest.day[nth]
            end = latest.end_day[nth] if has_end else day
            for analysis in range(n_analyses):
                if _is_reached(reach, analysis, day, end):
                    entries.column[n] = latest.code[nth] * n_analyses + analysis
                    n += 1
            nth += 1
        entries.n_of_row[row] = n - before


@compiled
def _count_codes(latest: Latest, reach: Reach, entries: Entries) -> None:
    n_analyses = len(reach.first_day)
    has_end = len(latest.end_day) > 0
    counts = np.zeros(n_analyses, np.int32)
    n, nth = 0, 0
    for row in range(len(latest.n_of_row)):
        counts[:] = 0
        for _ in range(latest.n_of_row[row]):
            day = latest.day[nth]
            end = latest.end_day[nth] if has_end else day
            for analysis in range(n_analyses):
                if _is_reached(reach, analysis, day, end):
                    counts[analysis] += 1
            nth += 1
        before = n
        for analysis in range(n_analyses):
            if counts[analysis]:
                entries.column[n] = analysis
                entries.value[n] = counts[analysis]
                n += 1
        entries.n_of_row[row] = n - before


@compiled
def _count_read(rows: Rows, taken: Taken, reach: Reach, end_day: int, was_read: WasRead) -> None:
    has_end = len(taken.end_day) > 0
    for row in range(len(rows.person_at)):
        person, index_day = rows.person_at[row], rows.index_day[row]
        for record in range(taken.begin[person], taken.end[person]):
            day = taken.start_day[record] - index_day
            if day > end_day:
                continue
            end = day
            if has_end:
                end = taken.end_day[record]
                end = end - index_day if end != NO_DAY else NO_DAY
            for analysis in range(len(reach.first_day)):
                if _is_reached(reach, analysis, day, end):
                    was_read.n_rows[analysis] += 1
                    was_read.latest_day[analysis] = max(was_read.latest_day[analysis], day)
