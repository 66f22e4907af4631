"""Faults for which `build` or `run` refuses a CDM: columns, types, and who a row is about.

A missing table, a CDM without people and one without observation are not planted: each would
hide all the others.
"""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.contracts.quality_checks import check_id_of
from analytics.simulator.draws import Draws
from analytics.simulator.faults.duplicates import written_twice
from analytics.simulator.faults.fault import Fault, KnownPeople, original_and_copy
from analytics.simulator.faults.ground import Ground
from analytics.simulator.faults.planted import PlantedFault, planted_fault
from analytics.simulator.faults.rewriting import count_rows, rewrite
from analytics.simulator.faults.sampling import choose_rows, how_many
from analytics.simulator.faults.tables import spoil_table

LEFT_OUT = ("measurement", "measurement_concept_id")
NUMBER_FOR_DATE = ("condition_occurrence", "condition_start_date")
TEXT_FOR_DATE = ("drug_exposure", "drug_exposure_start_date")
NO_DAY = "31.02.2021"
SHARE = 0.001


def spoil_structure(ground: Ground, draws: Draws) -> tuple[list[PlantedFault], dict[str, int]]:
    """Plant every structural fault whose table is there; what was planted, rows by table."""
    planted: list[PlantedFault] = []
    n_rows: dict[str, int] = {}
    for (table, column), plant in (
        (LEFT_OUT, _leave_out),
        (NUMBER_FOR_DATE, _write_as_number),
        (TEXT_FOR_DATE, _write_as_text),
    ):
        if table in ground.columns:
            planted.append(plant(table, column, ground, draws))
            n_rows[table] = count_rows(ground.path(table))
    known = KnownPeople(draws=draws, lives=pl.DataFrame(), wrong_deaths=pl.DataFrame())
    people = spoil_table("person", _people_without_identity(ground), ground, known)
    return [*planted, *people.planted], {**n_rows, "person": people.n_rows}


def _leave_out(table: str, column: str, ground: Ground, draws: Draws) -> PlantedFault:
    path = ground.path(table)
    schema = pq.read_schema(path)
    rewrite(path, lambda part, _: part, schema.remove(schema.get_field_index(column)))
    return planted_fault(
        "column_left_out", table, column, f"{table}.{column}.column_is_there", None
    )


def _write_as_number(table: str, column: str, ground: Ground, draws: Draws) -> PlantedFault:
    """2021-03-04 is written as 20210304."""
    number = (
        pl.col(column).dt.year().cast(pl.Int64) * 10_000
        + pl.col(column).dt.month().cast(pl.Int64) * 100
        + pl.col(column).dt.day().cast(pl.Int64)
    )
    rewrite(
        ground.path(table),
        lambda part, _: part.with_columns(number.alias(column)),
        _with_type(ground, table, column, pa.int64()),
    )
    return planted_fault("date_as_number", table, column, f"{table}.{column}.type_is_right", None)


def _write_as_text(table: str, column: str, ground: Ground, draws: Draws) -> PlantedFault:
    """The dates are text, and a few of them are days that the calendar does not have."""
    path = ground.path(table)
    n_rows = count_rows(path)
    (chosen,) = choose_rows(n_rows, how_many(n_rows, [SHARE]), f"text in {table}", draws)
    rows = pl.Series(chosen)

    def _change(part: pl.DataFrame, first: int) -> pl.DataFrame:
        row = pl.int_range(first, first + part.height, dtype=pl.Int64)
        text = pl.col(column).dt.strftime("%Y-%m-%d")
        return part.with_columns(
            pl.when(row.is_in(rows.implode())).then(pl.lit(NO_DAY)).otherwise(text).alias(column)
        )

    rewrite(path, _change, _with_type(ground, table, column, pa.string()))
    return planted_fault("date_as_text", table, column, f"{table}.{column}.values_fit", len(chosen))


def _with_type(ground: Ground, table: str, column: str, kind: pa.DataType) -> pa.Schema:
    schema = pq.read_schema(ground.path(table))
    return schema.set(schema.get_field_index(column), pa.field(column, kind))


def _people_without_identity(ground: Ground) -> list[Fault]:
    """People without an id, and people who are there twice: not one of them may be."""

    def _without_id(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        nobody = pl.lit(None, pl.Int64).alias("person_id")
        return original_and_copy(rows, rows.with_columns(nobody))

    observed = {"person.is_observed": 1} if ground.asks("person.is_observed") else {}
    return [
        Fault(
            name="missing_value",
            table="person",
            column="person_id",
            change=_without_id,
            breaks={check_id_of("isRequired", "person", "person_id"): 1, **observed},
        ),
        Fault(
            name="row_written_twice",
            table="person",
            column="person_id",
            change=written_twice,
            breaks={check_id_of("isPrimaryKey", "person", "person_id"): 2},
        ),
    ]
