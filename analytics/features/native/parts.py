"""What a kernel found of one table for the rows of one shard: columns, row after row."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rows(NamedTuple):
    """The index dates of a shard, by person: where the person stands in it, and the day."""

    person_at: NDArray[np.int32]
    index_day: NDArray[np.int32]


class Part(NamedTuple):
    """`n_of_row[r]` entries of each row r in turn; a column's covariate is `covariate_id[column]`.

    `value` is empty where every value is 1.
    """

    n_of_row: NDArray[np.int32]
    column: NDArray[np.int32]
    value: NDArray[np.float32] | NDArray[np.float64]
    covariate_id: NDArray[np.int64]


class Entries(NamedTuple):
    """Room for entries, of which a kernel fills the first few."""

    n_of_row: NDArray[np.int32]
    column: NDArray[np.int32]
    value: NDArray[np.float32] | NDArray[np.float64]


def room(n_rows: int, n_entries: int, *, with_value: bool = False) -> Entries:
    """Room for so many entries of so many rows; memory is used only where one is written."""
    return Entries(
        n_of_row=np.zeros(n_rows, np.int32),
        column=np.empty(n_entries, np.int32),
        value=np.empty(n_entries if with_value else 0, np.float32),
    )


def kept(entries: Entries, covariate_id: NDArray[np.int64]) -> Part:
    """The entries that were written, as a part."""
    n = int(entries.n_of_row.sum())
    return Part(
        n_of_row=entries.n_of_row,
        column=entries.column[:n],
        value=entries.value[:n],
        covariate_id=covariate_id,
    )
