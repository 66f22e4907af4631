"""One Parquet file, row group by row group of a fixed size."""

from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_IN_A_GROUP = 131_072


class RowGroupWriter:
    """Gathers rows until a row group is full, whatever the size of what it is given.

    Columns of `schema` that the rows do not have are null. `rising` columns (ids that go up row by
    row) are stored as differences, a twentieth of the bytes and of the time that a dictionary of
    them would take.
    """

    def __init__(self, path: Path, schema: pa.Schema, rising: Collection[str] = ()) -> None:
        self._schema = schema
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name not in rising],
            column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
        )
        self._waiting: list[pa.Table] = []
        self._n_waiting = 0

    def add(self, rows: pa.Table) -> None:
        """Append rows; full groups are written at once."""
        self._waiting.append(rows)
        self._n_waiting += len(rows)
        if self._n_waiting < ROWS_IN_A_GROUP:
            return
        waiting = pa.concat_tables(self._waiting)
        n_whole = self._n_waiting // ROWS_IN_A_GROUP * ROWS_IN_A_GROUP
        for start in range(0, n_whole, ROWS_IN_A_GROUP):
            self._write(waiting.slice(start, ROWS_IN_A_GROUP))
        # A copy, or the few rows that are left would keep the whole batch in memory.
        left = waiting.slice(n_whole).combine_chunks()
        self._waiting, self._n_waiting = [left], len(left)

    def _write(self, rows: pa.Table) -> None:
        whole = rows.combine_chunks()
        columns = [
            whole.column(field.name)
            if field.name in whole.column_names
            else _nulls(field.type, ROWS_IN_A_GROUP).slice(0, len(whole))
            for field in self._schema
        ]
        group = pa.Table.from_arrays(columns, schema=self._schema)
        self._file.write_table(group, row_group_size=ROWS_IN_A_GROUP)

    def close(self) -> None:
        """Write the last rows and close the file, which is whole from then on."""
        if self._file.is_open:
            self._write(pa.concat_tables(self._waiting or [self._schema.empty_table()]))
            self._file.close()

    def abandon(self) -> None:
        """Let go of the file as it is; it is about to be removed, or closed already."""
        with suppress(OSError, pa.ArrowException):
            self._file.close()


@cache
def _nulls(kind: pa.DataType, n: int) -> pa.Array:
    """Nothing but nulls, made once: most columns of most tables hold nothing else."""
    return pa.nulls(n, kind)
