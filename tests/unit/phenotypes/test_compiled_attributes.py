"""Does each attribute of each kind of criterion decide who is found?"""

import json

import duckdb
import pytest

from analytics.errors import BadInputError
from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.expression import KINDS
from analytics.phenotypes.reader import read_definition
from tests.support.circe import add_columns, load_concept_sets, people_found
from tests.support.criteria_examples import ASKED, REFUSED, TABLES, Columns, Example, examples
from tests.support.two_people import definition_of, rows_of

TESTED_ELSEWHERE = {"CorrelatedCriteria", "First", "DateAdjustment"}
EXAMPLES = list(examples())


def test_every_attribute_has_an_example_or_is_refused():
    known = {
        (kind.kind, str(field.validation_alias))
        for kind in KINDS
        for field in kind.model_fields.values()
        if str(field.validation_alias) not in TESTED_ELSEWHERE
    }
    shown = {(example.kind, example.attribute) for example in EXAMPLES} | set(REFUSED)

    assert known - shown == set()
    assert shown - known - set(REFUSED) == set()


@pytest.fixture(scope="module")
def empty_cdm():
    cdm = duckdb.connect(config={"threads": 1})
    add_columns(cdm)
    return cdm


@pytest.fixture
def cdm(empty_cdm):
    empty_cdm.execute("begin")
    yield empty_cdm
    empty_cdm.execute("rollback")


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_attribute_decides_who_is_found(example, cdm):
    _fill(cdm, example)

    with_attribute = {**example.also, example.attribute: example.value}

    assert _found(cdm, example.kind, with_attribute) == [1]
    assert _found(cdm, example.kind, {}) == [1, 2]


@pytest.mark.parametrize(("kind", "attribute"), REFUSED)
def test_what_the_engine_passes_over_is_refused_with_its_path(kind, attribute):
    definition = definition_of(kind, {attribute: REFUSED[kind, attribute]})

    with pytest.raises(BadInputError, match=rf"CriteriaList\[0\]\.{kind}\.{attribute}"):
        compile_cohort(read_definition(json.dumps(definition), "x.json"), name="x")


@pytest.mark.parametrize(
    "kind", [kind for kind in TABLES if kind not in ("Death", "LocationRegion")]
)
def test_the_first_event_is_the_first_of_all_not_of_those_asked_for(kind, cdm):
    table = TABLES[kind]
    _fill(cdm, Example(kind=kind, attribute="First", value=True))
    later = {"person_id": 2, table.key: 20, table.start: "2011-05-05"}
    if kind == "ObservationPeriod":
        later[table.end] = "2012-01-01"
    _insert(cdm, table.name, later)
    starts = {table.dates[0]: {"Op": "gt", "Value": "2011-01-01"}}

    assert _found(cdm, kind, starts) == [2]
    assert _found(cdm, kind, {**starts, "First": True}) == []


def _found(cdm: duckdb.DuckDBPyConnection, kind: str, attributes: Columns) -> list[int]:
    text = json.dumps(definition_of(kind, attributes))
    cohort = compile_cohort(read_definition(text, "x.json"), name="x")
    load_concept_sets(cdm, cohort.concept_sets)
    return people_found(cdm, cohort)


def _fill(cdm: duckdb.DuckDBPyConnection, example: Example) -> None:
    """Two people with one event each."""
    for table, row in rows_of(example):
        _insert(cdm, table, row)
    _insert(cdm, "concept", {"concept_id": ASKED, "concept_name": "asked"})


def _insert(cdm: duckdb.DuckDBPyConnection, table: str, row: Columns) -> None:
    columns = ", ".join(row)
    values = ", ".join("?" for _ in row)
    cdm.execute(f"insert into stg_omop__{table} ({columns}) values ({values})", [*row.values()])
