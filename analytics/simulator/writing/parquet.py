"""One Parquet file, row group by row group of a fixed size."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_IN_A_GROUP = 131_072


class RowGroupWriter:
    """Gathers rows until a row group is full, whatever the size of what it is given.

    `rising` columns (ids that go up row by row) are stored as differences, a twentieth of the
    bytes and of the time that a dictionary of them would take.
    """

    def __init__(self, path: Path, schema: pa.Schema, rising: Collection[str] = ()) -> None:
        self._file = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name not in rising],
            column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
        )
        self._waiting = schema.empty_table()

    def add(self, rows: pa.Table) -> None:
        """Append rows; full groups are written at once."""
        rows = pa.concat_tables([self._waiting, rows])
        n_whole = len(rows) // ROWS_IN_A_GROUP * ROWS_IN_A_GROUP
        for start in range(0, n_whole, ROWS_IN_A_GROUP):
            self._write(rows.slice(start, ROWS_IN_A_GROUP))
        self._waiting = rows.slice(n_whole)

    def _write(self, rows: pa.Table) -> None:
        self._file.write_table(rows.combine_chunks(), row_group_size=ROWS_IN_A_GROUP)

    def close(self) -> None:
        """Write the last rows and close the file, which is whole from then on."""
        if self._file.is_open:
            self._write(self._waiting)
            self._file.close()

    def abandon(self) -> None:
        """Close the file as it is; it is about to be removed."""
        with suppress(OSError, pa.ArrowException):
            self._file.close()
