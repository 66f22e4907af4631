"""A sparse matrix written row by row into one `.npz` file, however large it is.

`scipy.sparse.load_npz` reads it: CSR, float32. Row i is the index date `row_id[i]`, column j the
covariate `covariate_id[j]`; both arrays lie in the same file (`numpy.load(file)["row_id"]`). What
is absent is not stored; a value of 0 that is present is stored as 0. Of a pair that stands twice
(units that clash) the lowest value is kept.
"""

import shutil
import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 22
LARGEST_32 = 2**31 - 1


class MatrixWriter:
    """Takes values in the order of rows and columns, and writes the file when it is closed.

    `row_ids` and `covariate_ids` name rows and columns, the latter in ascending order.
    """

    def __init__(
        self, file: Path, row_ids: NDArray[np.int64], covariate_ids: NDArray[np.int64]
    ) -> None:
        self._file = file
        self._row_ids, self._covariate_ids = row_ids, covariate_ids
        self._in_row = np.zeros(len(row_ids), dtype=np.int64)
        self._columns = _open(file, "columns")
        self._values = _open(file, "values")
        self.n_left_out = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
        for stream in (self._columns, self._values):
            stream.close()
            Path(stream.name).unlink(missing_ok=True)

    @property
    def n_columns(self) -> int:
        """How many covariates it has."""
        return len(self._covariate_ids)

    def columns_of(self, covariate_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which columns these covariates are."""
        return np.searchsorted(self._covariate_ids, covariate_id)

    def add(
        self,
        row: NDArray[np.int64],
        column: NDArray[np.int64],
        value: NDArray[np.float64],
    ) -> None:
        """Add values sorted by row, column and value; rows follow those added before."""
        if not len(row):
            return
        is_first = np.ones(len(row), dtype=bool)
        is_first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
        self.n_left_out += int(len(row) - is_first.sum())
        self._columns.write(column[is_first].astype(np.int32).tobytes())
        self._values.write(value[is_first].astype(np.float32).tobytes())
        first = int(row[0])
        counted = np.bincount(row[is_first] - first)
        self._in_row[first : first + len(counted)] += counted

    def _finish(self) -> None:
        starts = np.concatenate([[0], np.cumsum(self._in_row)])
        n_values = int(starts[-1])
        kind = np.int32 if n_values <= LARGEST_32 else np.int64
        shape = np.array([len(self._row_ids), len(self._covariate_ids)], dtype=np.int64)
        with zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            _store(archive, "format", np.array(b"csr"))
            _store(archive, "shape", shape)
            _store(archive, "indptr", starts.astype(kind))
            _copy(archive, "indices", self._columns, np.dtype(np.int32), n_values)
            _copy(archive, "data", self._values, np.dtype(np.float32), n_values)
            _store(archive, "row_id", self._row_ids)
            _store(archive, "covariate_id", self._covariate_ids)


def _open(file: Path, name: str) -> IO[bytes]:
    return file.with_name(f".{file.name}.{name}").open("w+b")


def _store(archive: zipfile.ZipFile, name: str, array: NDArray[np.generic]) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array(entry, array)


def _copy(
    archive: zipfile.ZipFile, name: str, values: IO[bytes], kind: np.dtype[np.generic], n: int
) -> None:
    values.seek(0)
    with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
        np.lib.format.write_array_header_2_0(
            entry,
            {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": (n,)},
        )
        shutil.copyfileobj(values, entry, CHUNK)
