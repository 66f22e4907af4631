"""OHDSI's cohort definitions with the rows that its engine gave, and our models run on their CDM.

Models are rendered by plain jinja with the project's own macros, so that hundreds of them run in
seconds; that dbt builds the same rows is tested elsewhere.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import jinja2
from jinja2.runtime import Context

from analytics.errors import CatchmentError
from analytics.phenotypes.compiler import (
    MOST_CRITERIA,
    CompiledCohort,
    CompiledConceptSet,
    compile_cohort,
)
from analytics.phenotypes.reader import read_definition_file
from tests.support.cdm_columns import cdm_columns
from tests.support.shared import shared_agreement

MACROS = Path(__file__).resolve().parents[2] / "dbt_project/macros"
USED_MACROS = (
    "add_days",
    "days_between",
    "collapse_periods",
    "count_rules_passed",
    "resolve_concept_sets",
)
CohortRow = tuple[int, date, date]
SEED_COLUMNS = """
    concept_set varchar, concept_id bigint, include_descendants boolean, include_mapped boolean,
    is_excluded boolean, is_attribute boolean
"""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Which definitions give the expected rows, are refused, give other rows; and why."""

    equal: tuple[int, ...]
    refused: dict[int, str]
    different: dict[int, str]

    def __str__(self) -> str:
        lines = [
            f"equal {len(self.equal)}, refused {len(self.refused)}, different {len(self.different)}"
        ]
        lines += [f"refused {number}: {why}" for number, why in self.refused.items()]
        lines += [f"different {number}: {why}" for number, why in self.different.items()]
        return "\n".join(lines)


def definition_files() -> dict[int, Path]:
    """The shared definitions, by id."""
    folder = shared_agreement("circe") / "definitions"
    return {int(path.stem): path for path in sorted(folder.glob("*.json"))}


def ambiguous_definitions() -> frozenset[int]:
    """Definitions that OHDSI's engine itself answers in more than one way."""
    text = (shared_agreement("circe") / "ambiguous.json").read_text()
    return frozenset(json.loads(text)["no_unique_answer"])


@cache
def expected_rows() -> dict[int, list[CohortRow]]:
    """The rows of each definition in order; a definition without rows is absent."""
    path = shared_agreement("circe") / "expected.parquet"
    rows: dict[int, list[CohortRow]] = {}
    for number, *row in duckdb.sql(f"from '{path}' order by all").fetchall():
        rows.setdefault(number, []).append(tuple(row))
    return rows


def circe_cdm() -> duckdb.DuckDBPyConnection:
    """A database in memory with the shared CDM as the staging tables that models read."""
    connection = duckdb.connect()
    for path in sorted((shared_agreement("circe") / "cdm").glob("*.parquet")):
        connection.execute(f"create table stg_omop__{path.stem} as from '{path}'")
    add_columns(connection)
    return connection


def compare_definitions(numbers: Iterable[int], *, is_split: bool = False) -> Agreement:
    """Compile definitions, run them on the shared CDM, and compare with the expected rows.

    Each as a single select, or, split, as one model for each criterion and one for the cohort.
    """
    files, cohorts, refused = definition_files(), {}, {}
    for number in numbers:
        try:
            cohorts[number] = compile_cohort(
                read_definition_file(files[number]),
                name=str(number),
                most_criteria=0 if is_split else MOST_CRITERIA,
            )
        except CatchmentError as error:
            refused[number] = str(error)
    connection = circe_cdm()
    concept_sets = (part for cohort in cohorts.values() for part in cohort.concept_sets)
    load_concept_sets(connection, concept_sets)
    equal, different = [], {}
    for number, cohort in cohorts.items():
        expected = expected_rows().get(number, [])
        rows = (split_cohort_rows if is_split else cohort_rows)(connection, cohort)
        if rows == expected:
            equal.append(number)
        else:
            different[number] = f"{len(rows)} rows, {len(expected)} expected"
    return Agreement(equal=tuple(equal), refused=refused, different=different)


def add_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the staging tables, where they lack them, all columns that models may read; empty."""
    for table, columns in cdm_columns().items():
        listed = ", ".join(f"{column} {data_type}" for column, data_type in columns.items())
        connection.execute(f"create table if not exists stg_omop__{table} ({listed})")
        known = {row[0] for row in connection.execute(f"describe stg_omop__{table}").fetchall()}
        for column in set(columns) - known:
            connection.execute(
                f"alter table stg_omop__{table} add column {column} {columns[column]}"
            )


def people_found(connection: duckdb.DuckDBPyConnection, cohort: CompiledCohort) -> list[int]:
    """The people in a cohort, in order."""
    return sorted({person_id for person_id, _, _ in cohort_rows(connection, cohort)})


def load_concept_sets(
    connection: duckdb.DuckDBPyConnection, concept_sets: Iterable[CompiledConceptSet]
) -> None:
    """Make `concept_set_members` of the concept sets, by the project's own macro."""
    rows = {
        (
            concept_set.name,
            concept.concept_id,
            concept.include_descendants,
            concept.include_mapped,
            concept.is_excluded,
            concept_set.is_attribute,
        )
        for concept_set in concept_sets
        for concept in concept_set.concepts
    }
    connection.execute(f"create or replace table concept_set ({SEED_COLUMNS})")
    if rows:
        columns = [list(column) for column in zip(*sorted(rows), strict=True)]
        unnested = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"insert into concept_set select {unnested}", columns)
    resolve = (
        "{{ resolve_concept_sets('concept_set', 'stg_omop__concept', 'stg_omop__concept_ancestor',"
        " 'stg_omop__concept_relationship') }}"
    )
    connection.execute(f"create or replace table concept_set_members as {render(resolve)}")


def cohort_rows(connection: duckdb.DuckDBPyConnection, cohort: CompiledCohort) -> list[CohortRow]:
    """The rows of a cohort as a single select, in order."""
    select = render(cohort.one_model.sql)
    return connection.execute(f"select * from ({select}) order by all").fetchall()


def criteria_rows(
    connection: duckdb.DuckDBPyConnection, cohort: CompiledCohort
) -> list[tuple[int, date, int, bool]]:
    """Each event that may open a cohort: its person, start, rules passed, whether it is best."""
    for model in cohort.models[:-1]:
        select = render(model.sql)
        connection.execute(f'create or replace temporary view "{model.name}" as {select}')
    return connection.execute(
        "select person_id, start_date, n_rules_passed, is_best_event "
        f"from ({render(cohort.criteria.sql)}) order by all"
    ).fetchall()


def split_cohort_rows(
    connection: duckdb.DuckDBPyConnection, cohort: CompiledCohort
) -> list[CohortRow]:
    """The rows of a cohort built model by model, as dbt does, in order."""
    for model in cohort.models:
        select = render(model.sql)
        connection.execute(f'create or replace temporary view "{model.name}" as {select}')
    last = cohort.models[-1].name
    return connection.execute(f'select * from "{last}" order by all').fetchall()


@cache
def render(model: str, warehouse: str = "duckdb") -> str:
    """The SQL of a model's text on a warehouse."""
    return _environment(warehouse).from_string(_macro_text() + model).render()


@cache
def _macro_text() -> str:
    return "".join((MACROS / f"{name}.sql").read_text() for name in USED_MACROS)


@cache
def _environment(warehouse: str) -> jinja2.Environment:
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    environment.globals.update(
        {"adapter": _Adapter(warehouse), "ref": lambda name: name, "return": lambda value: value}
    )
    return environment


@dataclass(frozen=True)
class _Adapter:
    """Finds the macro of a warehouse, as dbt does."""

    warehouse: str

    @jinja2.pass_context
    def dispatch(self, context: Context, name: str) -> Callable[..., str]:
        own = context.resolve(f"{self.warehouse}__{name}")
        return context.resolve(f"default__{name}") if isinstance(own, jinja2.Undefined) else own
