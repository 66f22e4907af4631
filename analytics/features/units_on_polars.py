"""Measured values in one unit for each concept, on Polars, and what became of them."""

from typing import cast

import narwhals as nw
import polars as pl

from analytics.contracts.units import UnitContracts
from analytics.features.units import (
    SET_ASIDE,
    UNIT_COUNTS,
    conversion_frame,
    count_values,
    harmonise_values,
    judge_values,
)


def harmonise_on_polars(events: pl.LazyFrame, units: UnitContracts) -> pl.LazyFrame:
    """One row for each event, its value in the one unit of its concept, or null."""
    made = harmonise_values(nw.from_native(events), nw.from_native(conversion_frame(units).lazy()))
    return cast(pl.LazyFrame, nw.to_native(made))


def leave_out_set_aside(events: pl.LazyFrame, units: UnitContracts) -> pl.LazyFrame:
    """One row for each event whose value was not set aside, as it was recorded."""
    judged = judge_values(nw.from_native(events), nw.from_native(conversion_frame(units).lazy()))
    is_set_aside = pl.col("fate").fill_null("").is_in(SET_ASIDE)
    return (
        cast(pl.LazyFrame, nw.to_native(judged))
        .filter(~is_set_aside)
        .select(events.collect_schema().names())
    )


def count_values_read(
    rows: pl.DataFrame, events: pl.LazyFrame, units: UnitContracts
) -> pl.DataFrame:
    """One row for each concept and unit of the values before the last index date of their person.

    Sorted by both; the counts are those of `count_values`.
    """
    last_index = rows.lazy().group_by("person_id").agg(pl.col("index_day").max())
    read = events.join(last_index, on="person_id").filter(pl.col("day") < pl.col("index_day"))
    counted = count_values(nw.from_native(read), nw.from_native(conversion_frame(units).lazy()))
    return (
        cast(pl.LazyFrame, nw.to_native(counted))
        .select(pl.col(name).cast(kind) for name, kind in UNIT_COUNTS.items())
        .sort("concept_id", "unit_concept_id")
        .collect(engine="streaming")
    )
