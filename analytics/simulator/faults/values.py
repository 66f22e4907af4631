"""Values that are not what they say; no clause looks for these yet."""

from collections.abc import Iterator

import polars as pl

from analytics.simulator.faults.fault import Change, Fault, KnownPeople
from analytics.simulator.faults.ground import Ground

SHARE = 0.002
MMOL_PER_LITRE, MG_PER_DECILITRE = 8753, 8840
LONGEST_TEXT = 10
TEXTS = (("care_site", "care_site_name"), ("condition_occurrence", "condition_source_value"))


def wrong_values(ground: Ground) -> Iterator[Fault]:
    """Decimal points that slipped, signs, units that are another's, texts cut off."""
    if "measurement" in ground.columns:
        value = "value_as_number"
        yield _unseen("decimal_point_slipped", "measurement", value, _times(value, 100.0))
        yield _unseen("negative_value", "measurement", value, _times(value, -1.0))
        yield _unseen("wrong_unit", "measurement", "unit_concept_id", _wrong_unit)
        yield _unseen("unit_missing", "measurement", "unit_concept_id", _unit_missing)
    for table, column in TEXTS:
        if column in ground.columns.get(table, ()):
            yield _unseen("text_cut_off", table, column, _cut_off(column))


def _unseen(name: str, table: str, column: str, change: Change) -> Fault:
    return Fault(name=name, table=table, column=column, change=change, share=SHARE)


def _times(column: str, factor: float) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        return rows.filter(pl.col(column) > 0).with_columns(pl.col(column) * factor)

    return _change


def _wrong_unit(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """mg/dL is called mmol/L; the number stays."""
    return rows.filter(pl.col("unit_concept_id") == MG_PER_DECILITRE).with_columns(
        pl.lit(MMOL_PER_LITRE, pl.Int64).alias("unit_concept_id")
    )


def _unit_missing(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    return rows.filter(pl.col("unit_concept_id").is_not_null()).with_columns(
        pl.lit(None, pl.Int64).alias("unit_concept_id")
    )


def _cut_off(column: str) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        long = rows.filter(pl.col(column).str.len_chars() > LONGEST_TEXT)
        return long.with_columns(pl.col(column).str.head(LONGEST_TEXT))

    return _change
