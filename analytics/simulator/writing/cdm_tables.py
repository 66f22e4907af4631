"""The CDM's tables and columns with their types, as the simulator writes them.

Read from `definitions/cdm_v5_4.csv` (table, column, type); the tables are those of OMOP CDM 5.4.
"""

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa

_DEFINITIONS = Path(__file__).parents[1] / "definitions"
_ARROW_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "varchar": pa.string(),
}


@cache
def table_schemas() -> dict[str, pa.Schema]:
    """The Arrow schema of each table, by its name."""
    columns: dict[str, list[pa.Field]] = {}
    with (_DEFINITIONS / "cdm_v5_4.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            field = pa.field(row["column"], _ARROW_TYPES[row["type"]])
            columns.setdefault(row["table"], []).append(field)
    return {table: pa.schema(fields) for table, fields in columns.items()}


def as_table(name: str, frame: pl.DataFrame) -> pa.Table:
    """The frame as this table: every column of the CDM in its order, null where we have none."""
    schema = table_schemas()[name]
    unknown = set(frame.columns) - set(schema.names)
    if unknown:
        raise AssertionError(f"{name} has no column {sorted(unknown)}")
    given = frame.to_arrow()
    columns = [
        given.column(field.name).cast(field.type).combine_chunks()
        if field.name in frame.columns
        else pa.nulls(frame.height, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
