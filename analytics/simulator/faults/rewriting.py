"""Read a table part by part, change it, and put the new file in its place."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.simulator.writing.parquet import ROWS_IN_A_GROUP, RowGroupWriter
from analytics.simulator.writing.row_ids import rising_ids


def count_rows(path: Path) -> int:
    """The rows of a Parquet file, from its footer."""
    with pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def rewrite(
    path: Path,
    change: Callable[[pl.DataFrame, int], pl.DataFrame],
    schema: pa.Schema | None = None,
) -> int:
    """Replace a file by what `change` makes of each part of it; the rows it has since.

    `change` is given the part and the number of its first row. At most two row groups are held.
    """
    schema = schema or pq.read_schema(path)
    aside = path.with_name(f".{path.name}.being-spoiled")
    writer = RowGroupWriter(aside, schema, rising=rising_ids(path.stem, schema))
    n_rows = 0
    try:
        for first, part in _parts(path):
            changed = change(part, first)
            n_rows += changed.height
            writer.add(_as(schema, changed))
        writer.close()
    except BaseException:
        writer.abandon()
        aside.unlink(missing_ok=True)
        raise
    aside.replace(path)
    return n_rows


def _parts(path: Path) -> Iterator[tuple[int, pl.DataFrame]]:
    """Parts of a table in order, each with the number of its first row; one at least."""
    first = 0
    with pq.ParquetFile(path) as file:
        if not file.metadata.num_rows:
            yield first, pl.DataFrame(file.schema_arrow.empty_table())
        for batch in file.iter_batches(batch_size=ROWS_IN_A_GROUP):
            part = pl.DataFrame(pa.Table.from_batches([batch]))
            yield first, part
            first += part.height


def _as(schema: pa.Schema, frame: pl.DataFrame) -> pa.Table:
    return frame.select(schema.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
