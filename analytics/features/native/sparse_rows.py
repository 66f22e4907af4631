"""Parts of several tables as one sparse matrix, its columns by covariate id."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analytics.features.native.compiling import compiled
from analytics.features.native.parts import Part
from analytics.features.native.sorting import sort_runs

ENTRY_BITS = 32


def as_matrix(
    shards: list[tuple[NDArray[np.int64], Sequence[Part]]], n_rows: int
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """All entries as float32, and the covariate id of each column that has one.

    Each shard tells where its rows stand in the whole. The list is used up, shard by shard, so
    that entries are not held twice.
    """
    ids = _covariates([part for _, parts in shards for part in parts])
    n_of_row = np.zeros(n_rows, np.int64)
    for row, parts in shards:
        for part in parts:
            n_of_row[row] += part.n_of_row
    begin = np.concatenate([[0], np.cumsum(n_of_row)])
    column = np.empty(begin[-1], np.int32)
    value = np.ones(begin[-1], np.float32)
    filled = begin[:-1].copy()
    while shards:
        row, parts = shards.pop()
        for part in parts:
            position = np.searchsorted(ids, part.covariate_id).astype(np.int32)
            _place(row, part, position, filled, column, value)
    _sort_rows(begin, column, value)
    return csr_matrix((value, column, begin), shape=(n_rows, len(ids))), ids


def _covariates(parts: Sequence[Part]) -> NDArray[np.int64]:
    """Ids of the covariates that have an entry, sorted."""
    found = []
    for part in parts:
        is_present = np.zeros(len(part.covariate_id), np.bool_)
        is_present[part.column] = True
        found.append(np.unique(part.covariate_id[is_present]))
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


@compiled
def _place(
    row: NDArray[np.int64],
    part: Part,
    position: NDArray[np.int32],
    filled: NDArray[np.int64],
    column: NDArray[np.int32],
    value: NDArray[np.float32],
) -> None:
    """Put each entry where its row goes on."""
    entry = 0
    has_value = len(part.value) > 0
    for nth in range(len(row)):
        place = filled[row[nth]]
        for _ in range(part.n_of_row[nth]):
            column[place] = position[part.column[entry]]
            if has_value:
                value[place] = part.value[entry]
            place += 1
            entry += 1
        filled[row[nth]] = place


@compiled
def _sort_rows(
    begin: NDArray[np.int64], column: NDArray[np.int32], value: NDArray[np.float32]
) -> None:
    """Sort the columns of each row, and the values with them."""
    longest = 0
    for row in range(len(begin) - 1):
        longest = max(longest, begin[row + 1] - begin[row])
    entries, aside = np.empty(longest, np.int64), np.empty(longest, np.int64)
    values = np.empty(longest, np.float32)
    for row in range(len(begin) - 1):
        first, n = begin[row], begin[row + 1] - begin[row]
        is_sorted = True
        for nth in range(n):
            entries[nth] = (np.int64(column[first + nth]) << ENTRY_BITS) | nth
            values[nth] = value[first + nth]
            if nth and column[first + nth] < column[first + nth - 1]:
                is_sorted = False
        if is_sorted:
            continue
        sort_runs(entries, n, aside)
        for nth in range(n):
            column[first + nth] = entries[nth] >> ENTRY_BITS
            value[first + nth] = values[entries[nth] & 0xFFFFFFFF]
