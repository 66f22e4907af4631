"""Measured values as they are recorded: concept, value and unit."""

import narwhals as nw
import polars as pl

from analytics.contracts import load_unit_contracts
from analytics.features.units import conversion_frame

GLUCOSE, SYSTOLIC, TEMPERATURE, CREATININE, INR = 3004501, 3004249, 3020891, 3016723, 3022217
MG_PER_DL, MMOL_PER_L, UMOL_PER_L, MMHG, FAHRENHEIT, CELSIUS = 8840, 8753, 8749, 8876, 9289, 586323
KILOGRAM = 9529
UNKNOWN_CONCEPT = -77

Recorded = tuple[int | None, float | None, int | None]


def as_events(*recorded: Recorded) -> nw.LazyFrame[pl.LazyFrame]:
    """One row for each record; its event_id is its place, and persons 0 and 1 take turns."""
    return nw.from_native(
        pl.LazyFrame(
            [(number, number % 2, *one) for number, one in enumerate(recorded)],
            schema={
                "event_id": pl.Int64,
                "person_id": pl.Int64,
                "concept_id": pl.Int64,
                "value": pl.Float64,
                "unit_concept_id": pl.Int64,
            },
            orient="row",
        )
    )


def conversions() -> nw.LazyFrame[pl.LazyFrame]:
    """One row for each concept and unit that the shipped contracts know."""
    return nw.from_native(conversion_frame(load_unit_contracts()).lazy())


def every_kind_of_record() -> list[Recorded]:
    """Every concept with every unit and value, known and not."""
    concepts = (GLUCOSE, SYSTOLIC, TEMPERATURE, CREATININE, UNKNOWN_CONCEPT, 0, None)
    units = (MG_PER_DL, MMOL_PER_L, UMOL_PER_L, MMHG, FAHRENHEIT, KILOGRAM, 0, None)
    values = (-1.0, 0.0, 5.5, 98.6, 121.0, 1e9, float("nan"), None)
    return [(c, v, u) for c in concepts for u in units for v in values]
