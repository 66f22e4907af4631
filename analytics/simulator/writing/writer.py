"""Write a simulated CDM table by table, so that it is either whole or not there."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import BadInputError
from analytics.simulator.writing.cdm_tables import (
    TRUTH,
    as_given,
    as_truth,
    in_truth,
    table_schemas,
)
from analytics.simulator.writing.parquet import RowGroupWriter
from analytics.simulator.writing.place import Place
from analytics.simulator.writing.row_ids import carry_on, rising_ids


class CdmWriter:
    """Takes tables batch by batch; `with` closes and renames, or removes everything on an error.

    Rows are gathered into row groups of a fixed size, so that the bytes of a file do not depend
    on the size of the batches. Tables are compressed side by side in `threads` threads.
    """

    def __init__(
        self, place: Place, *, missing_tables: Collection[str] = (), threads: int = 1
    ) -> None:
        self.place = place
        self.n_rows = {name: 0 for name in table_schemas() if name not in missing_tables}
        self._missing = missing_tables
        self._writers: dict[str, RowGroupWriter] = {}
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="parquet")

    @property
    def folder(self) -> Path:
        """Where the files are until they are whole."""
        return self.place.aside

    def __enter__(self) -> "CdmWriter":
        self.place.prepare()
        return self

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows to a table whose ids are final."""
        with self._writing():
            self._writer(name).add(as_given(name, frame))
        self.n_rows[name] += frame.height

    def add_truth(self, frames: Mapping[str, pl.DataFrame], profile: str) -> None:
        """Write what is true of the whole simulation beside the tables, and the profile's YAML."""
        with self._writing():
            for name, frame in frames.items():
                rows = as_truth(frame)
                self._writer(in_truth(name), rows.schema).add(rows)
            (self.folder / TRUTH / "profile.yaml").write_text(profile, encoding="utf-8")

    def add_batch(self, batch: Mapping[str, pa.Table]) -> None:
        """Append a batch whose rows are numbered from 1; `truth/NAME` are frames of the truth."""
        before = dict(self.n_rows)
        waiting = [
            self._threads.submit(self._add_rows, name, rows, before)
            for name, rows in batch.items()
            if name not in self._missing
        ]
        for name, rows in batch.items():
            if name in self.n_rows:
                self.n_rows[name] += len(rows)
        with self._writing():
            for written in waiting:
                written.result()

    def _add_rows(self, name: str, rows: pa.Table, before: Mapping[str, int]) -> None:
        self._writer(name, rows.schema).add(carry_on(name, rows, before))

    def _writer(self, name: str, of_truth: pa.Schema | None = None) -> RowGroupWriter:
        if name not in self._writers:
            schema = table_schemas().get(name, of_truth)
            self._writers[name] = RowGroupWriter(
                self.folder / f"{name}.parquet", schema, rising=rising_ids(name, schema)
            )
        return self._writers[name]

    def revise(self, change: Callable[[Path], object]) -> None:
        """Close the files, have their folder changed, and count the rows anew."""
        with self._writing():
            self._close_files()
            change(self.folder)
            for name in self.n_rows:
                self.n_rows[name] = pq.read_metadata(self.folder / f"{name}.parquet").num_rows

    def _close_files(self) -> None:
        for name in self.n_rows:
            self._writer(name)  # A table without rows has a file too.
        for writer in self._writers.values():
            writer.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell why nothing more could be written, e.g. a full disk."""
        try:
            yield
        except (OSError, pa.ArrowException) as failure:
            raise BadInputError(
                f"Writing the simulated people to {self.place.out} failed: {failure}. "
                f"Nothing was left behind. Make room or choose another place for --out."
            ) from failure

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        try:
            if error is None:
                with self._writing():
                    self._close_files()
                    self.place.take()
            for writer in self._writers.values():
                writer.abandon()
        finally:
            self.place.clear()
