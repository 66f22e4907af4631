"""The tables of a CDM as Polars lazy frames: Parquet is scanned where it lies, the rest is read."""

from collections.abc import Collection, Mapping

import duckdb
import polars as pl

from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.workspace import quoted


def cdm_frames(
    source: CdmSource, columns: Mapping[str, Collection[str]]
) -> dict[str, pl.LazyFrame]:
    """For each table named in `columns` that the CDM has: one row for each row of it.

    It has those of the columns named that are there; Parquet files keep their other ones too.
    """
    with duckdb.connect() as connection:
        source.attach_file(connection)
        return {
            table: _frame(source, connection, table, names)
            for table, names in columns.items()
            if table in source.locations
        }


def _frame(
    source: CdmSource, connection: duckdb.DuckDBPyConnection, table: str, names: Collection[str]
) -> pl.LazyFrame:
    location = source.locations[table]
    if not source.is_database and location.endswith(".parquet"):
        return pl.scan_parquet(location)
    there = ", ".join(quoted(name) for name in names if name in source.columns[table])
    return connection.sql(f"select {there or '*'} from {source.relation(table)}").pl().lazy()
