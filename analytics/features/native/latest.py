"""The latest day of each concept by the end day, which tells every window that reaches it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled
from analytics.features.native.parts import Rows
from analytics.features.native.records import NO_DAY, Taken, n_looked_at


class Latest(NamedTuple):
    """For each row, `n_of_row` codes in turn, each with its latest day and end relative to index.

    `end_day` is empty where records have no end; `NO_DAY` where none of a code has one.
    """

    n_of_row: NDArray[np.int32]
    code: NDArray[np.int32]
    day: NDArray[np.int32]
    end_day: NDArray[np.int32]


class Groups(NamedTuple):
    """The groups of each code: `group[begin[code]:begin[code + 1]]`; groups are codes, too."""

    begin: NDArray[np.int64]
    group: NDArray[np.int32]


def find_latest(
    rows: Rows, taken: Taken, code: NDArray[np.int32], n_codes: int, end_day: int
) -> Latest:
    """The latest day of each code of each row; records of code -1 are not looked at."""
    latest = _room(len(rows.person_at), n_looked_at(rows, taken), with_end=len(taken.end_day) > 0)
    return _kept(latest, _find_latest(rows, taken, code, n_codes, end_day, latest))


def roll_up(latest: Latest, groups: Groups, n_groups: int) -> Latest:
    """The latest day of each group: that of its codes."""
    n_of_code = np.diff(groups.begin)
    found = _room(
        len(latest.n_of_row), int(n_of_code[latest.code].sum()), with_end=len(latest.end_day) > 0
    )
    return _kept(found, _roll_up(latest, groups, n_groups, found))


def _room(n_rows: int, n: int, *, with_end: bool) -> Latest:
    return Latest(
        n_of_row=np.zeros(n_rows, np.int32),
        code=np.empty(n, np.int32),
        day=np.empty(n, np.int32),
        end_day=np.empty(n if with_end else 0, np.int32),
    )


def _kept(latest: Latest, n: int) -> Latest:
    return Latest(
        n_of_row=latest.n_of_row,
        code=latest.code[:n],
        day=latest.day[:n],
        end_day=latest.end_day[:n],
    )


@compiled
def _find_latest(
    rows: Rows,
    taken: Taken,
    codes: NDArray[np.int32],
    n_codes: int,
    end_day: int,
    latest: Latest,
) -> int:
    has_end = len(taken.end_day) > 0
    met_in = np.full(n_codes, -1, np.int32)
    place_of = np.empty(n_codes, np.int64)
    n = 0
    for row in range(len(rows.person_at)):
        person, index_day = rows.person_at[row], rows.index_day[row]
        before = n
        for record in range(taken.begin[person], taken.end[person]):
            day = taken.start_day[record] - index_day
            code = codes[record]
            if day > end_day or code < 0:
                continue
            if met_in[code] != row:
                met_in[code] = row
                place_of[code] = n
                latest.code[n] = code
                latest.day[n] = day
                if has_end:
                    latest.end_day[n] = NO_DAY
                n += 1
            place = place_of[code]
            latest.day[place] = max(latest.day[place], day)
            if has_end and taken.end_day[record] != NO_DAY:
                end = taken.end_day[record] - index_day
                latest.end_day[place] = max(latest.end_day[place], end)
        latest.n_of_row[row] = n - before
    return n


@compiled
def _roll_up(latest: Latest, groups: Groups, n_groups: int, found: Latest) -> int:
    has_end = len(latest.end_day) > 0
    met_in = np.full(n_groups, -1, np.int32)
    place_of = np.empty(n_groups, np.int64)
    n, entry = 0, 0
    for row in range(len(latest.n_of_row)):
        before = n
        for _ in range(latest.n_of_row[row]):
            code, day = latest.code[entry], latest.day[entry]
            for nth in range(groups.begin[code], groups.begin[code + 1]):
                group = groups.group[nth]
                if met_in[group] != row:
                    met_in[group] = row
                    place_of[group] = n
                    found.code[n] = group
                    found.day[n] = day
                    if has_end:
                        found.end_day[n] = latest.end_day[entry]
                    n += 1
                    continue
                place = place_of[group]
                found.day[place] = max(found.day[place], day)
                if has_end:
                    found.end_day[place] = max(found.end_day[place], latest.end_day[entry])
            entry += 1
        found.n_of_row[row] = n - before
    return n
