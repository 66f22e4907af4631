"""Cohorts on Spark: the Parquet files of a CDM as tables of the session, and a schema of ours.

Both schemas last as long as the block; the CDM's own files are only read.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.contracts import Contract
from analytics.errors import BadInputError, RunFailedError
from analytics.settings import Settings
from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.cohort_warehouse import check_readable, own_schema

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, kw_only=True)
class SparkCohorts:
    """A session's catalogue with a schema that points at the CDM's files, and a schema of ours."""

    spark: "SparkSession"
    schema: str
    cdm_schema: str
    threads: int
    cdm_tables: frozenset[str]

    def profile(self) -> Mapping[str, object]:
        """How dbt finds the session: it takes the one that runs in this process."""
        return {
            "type": "spark",
            "method": "session",
            "host": "none",
            "schema": self.schema,
            "threads": self.threads,
        }

    def save(self, query: str, folder: Path) -> None:
        """Write the cohort rows that a query answers as Parquet into a folder."""
        self.spark.sql(query).coalesce(1).write.parquet(str(folder))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The few rows that a query answers."""
        return [tuple(row) for row in self.spark.sql(query).collect()]

    def without_secrets(self, text: str) -> str:
        """The text: a session has no password."""
        return text

    def check_answers(self) -> None:
        """Raise RunFailedError when the session has ended."""
        try:
            self.spark.sql("select 1").collect()
        except Exception as error:  # Whatever a dead Java says, it is dead.
            raise RunFailedError(
                f"Spark ended while cohorts were built: {type(error).__name__}. "
                "Was there memory enough? CATCHMENT_MEMORY_GIB sets how much it may take."
            ) from None


@contextmanager
def open_spark(
    cdm: CdmSource,
    session: "Callable[[], SparkSession]",
    contracts: Mapping[str, Contract],
    settings: Settings,
) -> Iterator[SparkCohorts]:
    """The Parquet files of a CDM as tables of the session, and a schema of ours beside them.

    Raises BadInputError for a CDM that is not a folder of Parquet files, ContractBreachError when
    it lacks what is required; only a CDM without fault starts the session.
    """
    _check_is_parquet(cdm)
    check_readable(str(cdm.path), cdm.columns, contracts)
    # What goes wrong is told by dbt, model by model; Spark would print each with a stack of Java.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark, schema = session(), own_schema()
    warehouse = SparkCohorts(
        spark=spark,
        schema=schema,
        cdm_schema=f"{schema}_cdm",
        threads=settings.threads,
        cdm_tables=frozenset(cdm.table_names),
    )
    try:
        for name in (warehouse.schema, warehouse.cdm_schema):
            spark.sql(f"create database {name}")
        for table in cdm.table_names:
            files = Path(cdm.locations[table].removesuffix("/*.parquet")).resolve()
            spark.catalog.createTable(
                f"{warehouse.cdm_schema}.{table}", path=str(files), source="parquet"
            )
        yield warehouse
    finally:
        # A session that has ended took them along; the error that is on its way says so.
        with suppress(Exception):
            for name in (warehouse.schema, warehouse.cdm_schema):
                spark.sql(f"drop database if exists {name} cascade")


def _check_is_parquet(cdm: CdmSource) -> None:
    others = [each for each in cdm.locations.values() if not each.lower().endswith(".parquet")]
    if others:
        raise BadInputError(
            f"{cdm.path}: Spark reads a folder of Parquet files, and {Path(others[0]).name} is "
            "none. Write the CDM as Parquet, or take --warehouse duckdb."
        )
