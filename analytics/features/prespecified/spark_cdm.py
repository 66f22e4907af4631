"""A CDM as Spark data frames by table name: where the tables live is the session's affair."""

import atexit
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import narwhals as nw
import polars as pl
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import Kind, as_day, columns_of
from analytics.features.spark_engine import exchange_folder

SPARK_TYPES: Mapping[Kind, str] = {
    "id": "bigint",
    "day": "int",
    "number": "double",
    "text": "string",
}


class SparkCdm:
    """The CDM's own tables on a Spark session; columns are read without regard to case."""

    def __init__(self, spark: SparkSession, tables: Mapping[str, DataFrame]) -> None:
        self._spark = spark
        self._tables = {name.lower(): frame for name, frame in tables.items()}
        self._exchange = exchange_folder()
        atexit.register(self._exchange.cleanup)
        self._n_exchanged = 0

    def table(self, name: str) -> AnyLazyFrame:
        """One row for each row of the table, with the columns of `columns_of`."""
        wanted = columns_of(name)
        if name not in self._tables:
            schema = ", ".join(f"{as_day(column)} {SPARK_TYPES[k]}" for column, k in wanted.items())
            return nw.from_native(self._spark.createDataFrame([], schema))
        frame = self._tables[name]
        there = {column.lower(): column for column in frame.columns}
        return nw.from_native(
            frame.select(
                *(
                    _typed(f.col(there[column]) if column in there else f.lit(None), kind).alias(
                        as_day(column)
                    )
                    for column, kind in wanted.items()
                )
            )
        )

    def lift(self, frame: pl.DataFrame) -> AnyLazyFrame:
        """The same rows, on Spark."""
        path = self._next_path("rows.parquet")
        frame.write_parquet(path)
        return nw.from_native(self._spark.read.parquet(str(path)))

    def collect(self, frame: AnyLazyFrame) -> pl.DataFrame:
        """One row for each row of a result, through Parquet."""
        path = self._next_path("result")
        self.sink(frame, path)
        return pl.read_parquet(path / "*.parquet")

    def sink(self, frame: AnyLazyFrame, folder: Path) -> None:
        """Have Spark write a result as Parquet files into a folder that is not there yet."""
        cast(DataFrame, nw.to_native(frame)).write.parquet(str(folder))

    def missing_tables(self, names: frozenset[str]) -> tuple[str, ...]:
        """Those of `names` that this CDM lacks, sorted."""
        return tuple(sorted(names - self._tables.keys()))

    def _next_path(self, name: str) -> Path:
        self._n_exchanged += 1
        return Path(self._exchange.name) / f"{self._n_exchanged}-{name}"


def _typed(column: Column, kind: Kind) -> Column:
    if kind != "day":
        return column.cast(SPARK_TYPES[kind])
    return f.datediff(f.to_date(column), f.lit("1970-01-01"))
