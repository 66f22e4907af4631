"""What one release of a CDM holds, in numbers that can be held against another release.

Each table is read once for its columns and once for its people and concepts, where it lies; the
measurements once more for their units and values.
"""

from collections.abc import Iterator, Mapping

import duckdb
import polars as pl

from analytics.contracts import Contract
from analytics.quality.opened_cdm import opened_cdm
from analytics.quality.release_values import MEASUREMENTS, measure_values
from analytics.settings import Settings, current_settings
from analytics.warehouse import CdmSource
from analytics.warehouse.workspace import literal, quoted, read_frame

PEOPLE, PERIODS = "person", "observation_period"
SIZE, ROWS, OF_CONCEPT, OBSERVED = (
    *("rows", "rows a person", "records of the concept a person", "observed days a person"),
)
EMPTY, UNMAPPED = "share without a value", "share with concept 0"
RATES = (SIZE, ROWS, OF_CONCEPT, OBSERVED)
"""Measures that are told apart by their ratio; the others are shares."""
MOST_CONCEPTS = 500
DAYS = "observation_period_end_date - observation_period_start_date + 1"
SCHEMA = {
    "table_name": pl.String,
    "about": pl.String,
    "name": pl.String,
    "measure": pl.String,
    "looked_at": pl.Float64,
    "recorded": pl.Float64,
    "squares": pl.Float64,
}


def measure_release(
    cdm: CdmSource, contracts: Mapping[str, Contract], settings: Settings | None = None
) -> pl.DataFrame:
    """One row for each table, thing it is about (a column, a concept, or nothing) and measure.

    `recorded` of what is `looked_at`: rows, records of a concept or observed days, of people; rows
    without a value, or with concept 0, of rows; values of a harmonised measurement in a unit that
    is known, in its own, or plausible. `squares` is the sum over people of the square of their
    rows, from which a rate's variance follows; of a share it is `recorded`. Of the concepts of a
    table those recorded most are measured, and named. Tables and columns that are absent have no
    row.
    """
    with opened_cdm(cdm, contracts, settings or current_settings()) as (connection, structure):
        there = {
            table: tuple(one.column.name for one in columns if one.found_as is not None)
            for table, columns in structure.columns.items()
        }
        n_people = _count(connection, PEOPLE) if PEOPLE in there else 0
        frames = [
            frame
            for table, columns in there.items()
            for frame in _of_table(connection, contracts[table], columns, n_people)
        ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)


def _of_table(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: tuple[str, ...],
    n_people: int,
) -> Iterator[pl.DataFrame]:
    n_rows = _count(connection, contract.name)
    yield _shares(connection, contract, columns, n_rows)
    if "person_id" not in columns or contract.name == PEOPLE:
        yield _frame([(contract.name, "", SIZE, 1.0, float(n_rows), float(n_rows))])
        return
    yield _rates(connection, contract.name, "''", "count(*)", ROWS, n_people)
    concept = _main_concept(contract, columns)
    if concept is not None:
        yield _rates(connection, contract.name, quoted(concept), "count(*)", OF_CONCEPT, n_people)
    if contract.name == PERIODS:
        yield _rates(connection, contract.name, "''", f"sum({DAYS})", OBSERVED, n_people)
    if contract.name == MEASUREMENTS:
        yield measure_values(connection)


def _shares(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: tuple[str, ...],
    n_rows: int,
) -> pl.DataFrame:
    """Rows without a value, of each column; with concept 0, of each column of concepts."""
    asked = [(name, EMPTY, f"{quoted(name)} is null") for name in columns] + [
        (name, UNMAPPED, f"{quoted(name)} = 0") for name in columns if name.endswith("concept_id")
    ]
    counts = ", ".join(f"count(*) filter (where {condition})" for *_, condition in asked)
    (found,) = connection.execute(f"select {counts} from {quoted(contract.name)}").fetchall()
    return _frame(
        [
            (contract.name, name, measure, float(n_rows), float(count), float(count))
            for (name, measure, _), count in zip(asked, found, strict=True)
        ]
    )


def _rates(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    about: str,
    amount: str,
    measure: str,
    n_people: int,
) -> pl.DataFrame:
    """An amount of people, whole or by concept, and the sum of its squares over people."""
    rows = read_frame(
        connection,
        f"""
        select
            {literal(table)} as table_name,
            cast(about as varchar) as about,
            coalesce(any_value(concept.concept_name), '') as name,
            {literal(measure)} as measure,
            {float(n_people)}::double as looked_at,
            sum(n)::double as recorded,
            sum(n * n)::double as squares
        from (
            select {about} as about, person_id, {amount} as n from {quoted(table)} group by all
        ) as of_people
        left join concept on cast(about as varchar) = cast(concept.concept_id as varchar)
        where about is not null
        group by about
        order by recorded desc, about
        limit {MOST_CONCEPTS}
        """,
    )
    return rows.cast(dict(SCHEMA))  # type: ignore[arg-type]


def _main_concept(contract: Contract, columns: tuple[str, ...]) -> str | None:
    """The column of what a row is about: the first required concept that is no type."""
    return next(
        (
            column.name
            for column in contract.columns
            if column.name in columns
            and column.name.endswith("_concept_id")
            and column.is_required
            and "type" not in column.name
            and contract.name != PEOPLE
        ),
        None,
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    (row,) = connection.execute(f"select count(*) from {quoted(table)}").fetchall()
    return int(row[0])


def _frame(rows: list[tuple[str, str, str, float, float, float]]) -> pl.DataFrame:
    """Rows about a table or a column, which needs no name beside its own."""
    named = [(table, about, "", *rest) for table, about, *rest in rows]
    return pl.DataFrame(named, schema=SCHEMA, orient="row")
