"""A covariate run's CDM on the engine that was asked for: as a whole, of a shard, or natively."""

from typing import TYPE_CHECKING

import polars as pl

from analytics.features.own import own_event_tables
from analytics.features.prespecified import PolarsCdm
from analytics.features.prespecified.tables import Cdm
from analytics.pipelines.feature_plan import FeaturePlan
from analytics.pipelines.feature_shards import (
    Shard,
    count_records,
    cut_shards,
    records_at_once,
    spread_records,
)
from analytics.settings import current_settings
from analytics.warehouse.cdm_files import n_rows, parquet_files

if TYPE_CHECKING:
    from analytics.features.native.prespecified_pass import NativePass

RECORDS_WORTH_IT = 1_000_000


def open_cdm(plan: FeaturePlan, tables: dict[str, str], shard: Shard | None) -> Cdm:
    """The CDM of the request: all people, or those of a shard (which Spark cuts for itself)."""
    if plan.request.engine == "spark":
        # Only who asks for Spark waits for Java.
        from analytics.features.prespecified.spark_cdm import SparkCdm
        from analytics.features.spark_engine import spark_session

        spark = spark_session(plan.memory_gib)
        return SparkCdm(spark, {name: spark.read.parquet(at) for name, at in tables.items()})
    return PolarsCdm(
        {name: pl.scan_parquet(at) for name, at in tables.items()},
        people=(shard.first_person, shard.last_person) if shard else None,
    )


def people_in_shards(plan: FeaturePlan, tables: dict[str, str]) -> tuple[Shard, ...]:
    """Shards of the cohort's people that fit the memory ceiling."""
    if plan.request.engine == "spark":  # It has memory and shards of its own.
        return cut_shards(plan.cohort.rows, {}, None)
    cdm = open_cdm(plan, tables, None)
    spread = _served_whole(plan, tables) if _is_native(plan, tables) else []
    counted = {
        name: count_records(cdm, name, plan.settings)
        for name in plan.event_tables
        if name not in spread
    }
    if spread:
        people = cdm.collect(cdm.table("person").select("person_id"))
        counted |= {name: spread_records(people, n_rows(tables[name])) for name in spread}
    return cut_shards(plan.cohort.rows, counted, records_at_once(plan.memory_gib))


def open_natively(plan: FeaturePlan, tables: dict[str, str], n_people: int) -> "NativePass | None":
    """The native pass, where there is enough to do that its kernels are worth loading."""
    if not _is_native(plan, tables):
        return None
    # Only who has many records waits for numba.
    from analytics.features.native.prespecified_pass import NativePass
    from analytics.features.native.shards import PEOPLE_IN_A_SHARD

    threads = current_settings().threads
    return NativePass(
        open_cdm(plan, tables, None),
        {name: parquet_files(tables[name]) for name in plan.event_tables if name in tables},
        plan.settings.prespecified,
        plan.settings.end_day,
        threads=threads,
        people_in_a_shard=max(1, min(PEOPLE_IN_A_SHARD, n_people // (4 * threads))),
    )


def _is_native(plan: FeaturePlan, tables: dict[str, str]) -> bool:
    if plan.request.engine != "polars" or plan.request.is_portable or plan.settings.concepts:
        return False
    records = sum(n_rows(tables[name]) for name in plan.event_tables if name in tables)
    return records >= RECORDS_WORTH_IT


def _served_whole(plan: FeaturePlan, tables: dict[str, str]) -> list[str]:
    """The event tables of which the native pass serves all that is asked."""
    # Only who has many records waits for numba.
    from analytics.features.native.prespecified_pass import native_analyses

    asked = plan.settings.prespecified
    served = native_analyses(asked)
    left = {each.table for each in asked if each not in served}
    left |= {*own_event_tables(plan.settings)}
    return [name for name in plan.event_tables if name in tables and name not in left]
