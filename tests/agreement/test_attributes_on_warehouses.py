"""Does each attribute of each kind of criterion decide who is found, on PostgreSQL too?

All examples lie in one CDM, each with two people of its own: the first is found, the second is
not. The models of several examples run as one query.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import duckdb
import pytest

from analytics.phenotypes.compiler import CompiledCohort, compile_cohort
from analytics.phenotypes.reader import read_definition
from tests.support.circe import add_columns, load_concept_sets, render
from tests.support.criteria_examples import ASKED, Columns, Example, examples
from tests.support.postgres import postgres_server
from tests.support.two_people import definition_of, rows_of

pytestmark = pytest.mark.agreement

AT_ONCE = 12
Found = set[tuple[int, int]]


@pytest.fixture(scope="module")
def cdm(tmp_path_factory) -> Path:
    """A folder of Parquet with the staging tables of all examples, and their concept sets."""
    folder = tmp_path_factory.mktemp("attributes")
    connection = duckdb.connect()
    add_columns(connection)
    insert(connection, "concept", {"concept_id": ASKED, "concept_name": "asked"})
    for number, example in enumerate(examples()):
        for table, row in rows_of(example):
            insert(connection, table, shifted(row, 2 * number))
    cohorts = compiled().values()
    load_concept_sets(connection, (each for cohort in cohorts for each in cohort.concept_sets))
    for (table,) in connection.execute("show tables").fetchall():
        connection.execute(f"copy {table} to '{folder / table}.parquet' (format parquet)")
    return folder


def shifted(row: Columns, by: int) -> Columns:
    """The row with all ids but those of concepts so much higher."""
    return {
        name: value + by if _is_key(name) and isinstance(value, int) else value
        for name, value in row.items()
    }


def _is_key(column: str) -> bool:
    return column.endswith("_id") and not column.endswith("concept_id")


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Columns) -> None:
    columns, values = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(
        f"insert into stg_omop__{table} ({columns}) values ({values})", [*row.values()]
    )


@cache
def compiled() -> dict[int, CompiledCohort]:
    """The cohort of each example: people with an event of its kind that has its attribute."""
    return {number: _compiled(example) for number, example in enumerate(examples())}


def _compiled(example: Example) -> CompiledCohort:
    attributes = {**example.also, example.attribute: example.value}
    text = json.dumps(definition_of(example.kind, attributes))
    return compile_cohort(read_definition(text, "x.json"), name="x")


def queries(warehouse: str) -> Iterator[str]:
    """Queries for (example, person) of the people of each example who are found."""
    selects = (
        f"select {number} as example, person_id "
        f"from ({render(cohort.one_model.sql, warehouse)}) as found_{number} "
        f"where person_id in ({2 * number + 1}, {2 * number + 2})"
        for number, cohort in compiled().items()
    )
    while batch := list(islice(selects, AT_ONCE)):
        yield "\nunion all\n".join(batch)


def check_found(rows: Iterable[tuple]) -> None:
    """The first person of each example is found, and the second is not."""
    found = {(int(number), int(person_id)) for number, person_id in rows}
    expected = {(number, 2 * number + 1) for number in compiled()}
    names = list(map(str, examples()))

    assert {names[number] for number, _ in found ^ expected} == set()
    print(f"{len(expected)} attributes")


def test_on_duckdb(cdm):
    connection = duckdb.connect()
    for path in cdm.glob("*.parquet"):
        connection.execute(f"create view {path.stem} as from '{path}'")

    check_found(row for query in queries("duckdb") for row in connection.execute(query).fetchall())


@pytest.mark.needs_postgres
def test_on_postgresql(cdm):
    with postgres_server() as server:
        server.load(cdm, "public")

        check_found(row for query in queries("postgres") for row in server.run(query))
