"""Values in one unit for each concept: the one definition, in narwhals, for Polars and Spark.

What a concept's unit is, how others are converted to it and which values are believed is agreed in
`data_contracts/units/`; here it is applied. An event stays an event whatever becomes of its value:
a value that is set aside becomes null, and its event is counted as before.
"""

import sys
from collections.abc import Mapping

import narwhals as nw
import polars as pl

from analytics.contracts.units import NO_UNIT, UnitContracts
from analytics.features.lazy_frames import AnyLazyFrame

# What became of a value; together they are all values there are.
FATES = ("as_recorded", "converted", "without_unit", "without_conversion", "implausible")
SET_ASIDE = ("without_unit", "without_conversion", "implausible")

UNIT_COUNTS = {
    "concept_id": pl.Int64,
    "unit_concept_id": pl.Int64,
    "n_people": pl.Int64,
    "n_values": pl.Int64,
    **{f"n_{fate}": pl.Int64 for fate in FATES},
}
CONVERSIONS = {
    "concept_id": pl.Int64,
    "came_in": pl.Int64,
    "harmonised_to": pl.Int64,
    "factor": pl.Float64,
    "offset": pl.Float64,
    "lowest": pl.Float64,
    "highest": pl.Float64,
}
IN_THE_UNIT_OF_THE_VALUE = ("value", "range_low", "range_high")


def conversion_frame(contracts: UnitContracts) -> pl.DataFrame:
    """One row for each concept and unit in which a value of it can be taken.

    `came_in` is the unit of the record (0: it has none), `harmonised_to` the one of the concept;
    value x `factor` + `offset` is believed from `lowest` to `highest`.
    """
    limits = {one.concept_id: one for one in contracts.limits}
    rows: list[tuple[int | float, ...]] = []
    for unit in contracts.units:
        limit = limits.get(unit.concept_id)
        lowest = limit.lowest if limit else None
        highest = limit.highest if limit else None
        believed = (
            -sys.float_info.max if lowest is None else lowest,
            sys.float_info.max if highest is None else highest,
        )
        taken = {
            came_in: (conversion.factor, conversion.offset)
            for came_in, conversion in contracts.conversions_of(unit).items()
        }
        taken[unit.unit_concept_id] = (1.0, 0.0)
        if unit.is_taken_without_unit:
            taken[NO_UNIT] = (1.0, 0.0)
        rows += [
            (unit.concept_id, came_in, unit.unit_concept_id, *how, *believed)
            for came_in, how in taken.items()
        ]
    return pl.DataFrame(rows, schema=CONVERSIONS, orient="row").sort("concept_id", "came_in")


def harmonise_values(events: AnyLazyFrame, conversions: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row of `events`, with its columns; values in the one unit of their concept.

    `events` has `concept_id`, `value` and `unit_concept_id`; `conversions` is `conversion_frame`
    on the same engine. Rows come in no order of their own. A value that is set aside is null, and
    so is then its unit. A normal range that stands beside a value (`range_low`, `range_high`) is
    converted with it.
    """
    columns = events.collect_schema().names()
    taken = [name for name in IN_THE_UNIT_OF_THE_VALUE if name in columns]
    is_kept = ~nw.col("fate").is_in(SET_ASIDE)
    return (
        judge_values(events, conversions)
        .with_columns(
            *(nw.when(is_kept).then(_converted(name)).alias(name) for name in taken),
            nw.when(is_kept).then(nw.col("harmonised_to")).alias("unit_concept_id"),
        )
        .select(*columns)
    )


def judge_values(events: AnyLazyFrame, conversions: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row of `events`, with its conversion and its `fate`.

    The fate is one of `FATES`, and null where there is no value.
    """
    value, converted = nw.col("value"), _converted("value")
    is_known, has_unit = ~nw.col("factor").is_null(), nw.col("came_in") != NO_UNIT
    is_plausible = (converted >= nw.col("lowest")) & (converted <= nw.col("highest"))
    fate = _first_that_holds(
        {
            "without_unit": ~is_known & ~has_unit,
            "without_conversion": ~is_known,
            "implausible": ~is_plausible,
            "converted": has_unit & (nw.col("came_in") != nw.col("harmonised_to")),
        },
        otherwise="as_recorded",
    )
    has_value = ~(value.is_null() | value.is_nan())
    return (
        events.with_columns(came_in=nw.col("unit_concept_id").cast(nw.Int64).fill_null(NO_UNIT))
        .join(conversions, on=["concept_id", "came_in"], how="left")
        .with_columns(fate=nw.when(has_value).then(fate))
    )


def count_values(events: AnyLazyFrame, conversions: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each concept and unit that has values (0: no concept, no unit).

    `n_people` have a value of it. `n_values` is the sum of the counts after it: `n_as_recorded`
    (taken in the unit they came in, or without one), `n_converted`, and set aside
    `n_without_unit`, `n_without_conversion` (of a unit or a concept that the contracts do not
    know) and `n_implausible` (after conversion).
    """
    judged = judge_values(events, conversions).filter(~nw.col("fate").is_null())
    return (
        judged.select(
            "person_id",
            nw.col("concept_id").fill_null(NO_UNIT),
            nw.col("came_in").alias("unit_concept_id"),
            nw.lit(1, nw.Int64).alias("n_values"),
            *((nw.col("fate") == fate).cast(nw.Int64).alias(f"n_{fate}") for fate in FATES),
        )
        .group_by("concept_id", "unit_concept_id")
        .agg(
            nw.col("person_id").n_unique().cast(nw.Int64).alias("n_people"),
            nw.col("n_values", *(f"n_{fate}" for fate in FATES)).sum(),
        )
    )


def _converted(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.Float64) * nw.col("factor") + nw.col("offset")


def _first_that_holds(cases: Mapping[str, nw.Expr], *, otherwise: str) -> nw.Expr:
    """The name of the first case that holds, in the order they are given."""
    found: nw.Expr = nw.lit(otherwise)
    for name, holds in reversed(list(cases.items())):
        found = nw.when(holds).then(nw.lit(name)).otherwise(found)
    return found
