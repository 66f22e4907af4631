"""Write a simulated CDM: a folder of Parquet files that is either whole or not there.

The files are written into a hidden folder beside the place asked for, which takes its name only
when every file is closed.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import BadInputError
from analytics.simulator.writing.cdm_tables import as_table, table_schemas

ROWS_IN_A_GROUP = 131_072


class CdmWriter:
    """Takes tables batch by batch; `with` closes and renames, or removes everything on an error.

    Rows are gathered into row groups of a fixed size, so that the bytes of a file do not depend
    on the size of the batches.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._aside = out.parent / f".{out.name}.being-written"
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, pa.Table] = {}
        self.n_rows: dict[str, int] = dict.fromkeys(table_schemas(), 0)

    def __enter__(self) -> "CdmWriter":
        check_is_free(self._out)
        with suppress(FileNotFoundError):
            shutil.rmtree(self._aside)
        try:
            self._aside.mkdir(parents=True)
        except OSError as error:
            raise BadInputError(
                f"Cannot write to {self._out}: {error.strerror}. "
                f"Choose a folder for --out that you may write to."
            ) from error
        return self

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows to a table."""
        rows = as_table(name, frame)
        if name in self._waiting:
            rows = pa.concat_tables([self._waiting[name], rows])
        n_whole = len(rows) // ROWS_IN_A_GROUP * ROWS_IN_A_GROUP
        if n_whole:
            self._write(name, rows.slice(0, n_whole))
        self._waiting[name] = rows.slice(n_whole)
        self.n_rows[name] += frame.height

    def _write(self, name: str, rows: pa.Table) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(
                self._aside / f"{name}.parquet", table_schemas()[name], compression="zstd"
            )
        for start in range(0, len(rows), ROWS_IN_A_GROUP):
            group = rows.slice(start, ROWS_IN_A_GROUP).combine_chunks()
            self._writers[name].write_table(group, row_group_size=ROWS_IN_A_GROUP)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                for name, rows in self._waiting.items():
                    self._write(name, rows)
            for writer in self._writers.values():
                writer.close()
            if error is None:
                with suppress(FileNotFoundError):
                    self._out.rmdir()
                self._aside.rename(self._out)
        except (OSError, pa.ArrowException) as failure:
            shutil.rmtree(self._aside, ignore_errors=True)
            if error is None:
                raise _cannot_write(self._out, failure) from failure
        if error is not None:
            shutil.rmtree(self._aside, ignore_errors=True)
            if isinstance(error, OSError):
                raise _cannot_write(self._out, error) from error


def check_is_free(out: Path) -> None:
    """Refuse a place where something is already: a file, or a folder that is not empty."""
    if out.is_dir() and any(out.iterdir()):
        raise BadInputError(
            f"The folder {out} is not empty. Choose a new folder for --out, or empty this one."
        )
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out} is a file. Choose a folder for --out.")


def _cannot_write(out: Path, error: Exception) -> BadInputError:
    return BadInputError(
        f"Writing the simulated people to {out} failed: {error}. Nothing was left behind. "
        f"Make room or choose another folder for --out."
    )
