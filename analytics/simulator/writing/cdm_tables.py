"""The CDM's tables and columns with their types, as the simulator writes them.

Read from `definitions/cdm_v5_4.csv` (table, column, type); the tables are those of OMOP CDM 5.4.
"""

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa

TRUTH = "truth"
_DEFINITIONS = Path(__file__).parents[1] / "definitions"
_ARROW_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "varchar": pa.string(),
}


def in_truth(name: str) -> str:
    """Where a frame of the truth goes, as the name of a table: `truth/NAME`."""
    return f"{TRUTH}/{name}"


@cache
def table_schemas() -> dict[str, pa.Schema]:
    """The Arrow schema of each table, by its name."""
    columns: dict[str, list[pa.Field]] = {}
    with (_DEFINITIONS / "cdm_v5_4.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            field = pa.field(row["column"], _ARROW_TYPES[row["type"]])
            columns.setdefault(row["table"], []).append(field)
    return {table: pa.schema(fields) for table, fields in columns.items()}


def as_given(name: str, frame: pl.DataFrame) -> pa.Table:
    """The frame's columns with their types in the CDM, in the CDM's order."""
    schema = table_schemas()[name]
    unknown = set(frame.columns) - set(schema.names)
    if unknown:
        raise AssertionError(f"{name} has no column {sorted(unknown)}")
    given = frame.to_arrow()
    fields = [field for field in schema if field.name in frame.columns]
    columns = [given.column(field.name).cast(field.type) for field in fields]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def as_truth(frame: pl.DataFrame) -> pa.Table:
    """A frame of the truth as it is, texts as every Parquet reader knows them."""
    given = frame.to_arrow()
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)
        for field in given.schema
    ]
    return given.cast(pa.schema(fields)).combine_chunks()
