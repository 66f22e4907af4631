"""`catchment cohorts generate` on a tiny CDM: the same rows on DuckDB and PostgreSQL, and refusals.

The CDM lacks a whole table of events and a column, as real ones do.
"""

import json
from datetime import date

import duckdb
import pytest

from analytics.pipelines.generating_cohorts import generate_cohorts
from tests.support.command_line import catchment_here
from tests.support.definitions import around, definition, rule
from tests.support.pictured_cdm import write_pictured_cdm
from tests.support.postgres import postgres_server

SMALLEST, LARGEST = -(2**63), 2**63 - 1
DIURETIC = around({"DrugExposure": {"CodesetId": 1}}, 0, 30)
TO_THE_END = {"DateOffset": {"DateField": "EndDate", "Offset": 7}}
DEFINITIONS = {
    "17": definition(),
    str(SMALLEST): definition(InclusionRules=[rule("a diuretic", DIURETIC)]),
    str(LARGEST): definition(EndStrategy=TO_THE_END),
    "-3": definition({"ProcedureOccurrence": {"CodesetId": 0}}),
}
ALL_TABLES = "select relname from pg_class where relkind in ('r', 'v') order by relname"
EXPECTED = [
    (SMALLEST, 2, date(2019, 3, 1), date(2019, 12, 31)),
    (17, 1, date(2019, 2, 1), date(2020, 12, 31)),
    (17, 2, date(2019, 3, 1), date(2019, 12, 31)),
    # Without the column of the last day, a condition lasts until the day after its first.
    (LARGEST, 1, date(2019, 2, 1), date(2019, 2, 9)),
    (LARGEST, 2, date(2019, 3, 1), date(2019, 3, 9)),
]


@pytest.fixture(scope="module")
def cdm(tmp_path_factory):
    """Two people with heart failure, of whom the second takes a diuretic; a third unobserved."""
    folder = write_pictured_cdm(
        tmp_path_factory.mktemp("cdm"),
        person="person_id | year_of_birth\n 1 | 1950\n 2 | 1960\n 3 | 1970",
        observation_period="""
            person_id | observation_period_start_date | observation_period_end_date
                    1 | 2018-01-01                    | 2020-12-31
                    2 | 2018-01-01                    | 2019-12-31
        """,
        condition_occurrence="""
            person_id | condition_concept_id | condition_start_date
                    1 |               316139 | 2019-02-01
                    2 |                43000 | 2019-03-01
                    3 |               316139 | 2019-03-01
        """,
        drug_exposure="""
            person_id | drug_concept_id | drug_exposure_start_date
                    2 |          956874 | 2019-03-31
        """,
        concept="""
            concept_id | concept_name
                316139 | Heart failure
                 43000 | Weak heart
                956874 | Diuretic
        """,
        concept_ancestor="""
            ancestor_concept_id | descendant_concept_id
                         316139 |                316139
                         316139 |                 43000
        """,
    )
    conditions = folder / "condition_occurrence.parquet"
    kept = duckdb.sql(f"select * exclude (condition_end_date) from '{conditions}'").pl()
    kept.write_parquet(conditions)
    return folder


@pytest.fixture(scope="module")
def server(cdm):
    """A server with the CDM in the schema `omop`, its ids 32 bits wide."""
    with postgres_server() as running:
        running.load(cdm, "omop", integer="integer")
        yield running


@pytest.fixture
def definitions(tmp_path):
    return write_definitions(tmp_path / "definitions", DEFINITIONS)


def write_definitions(folder, values):
    folder.mkdir(exist_ok=True)
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (folder / f"{name}.json").write_text(text)
    return folder


def rows_in(path):
    return duckdb.sql(f"from '{path}'").fetchall()


def test_rows_on_duckdb_and_a_refused_definition_stops_no_other(cdm, definitions, tmp_path):
    weight = {"Measurement": {"CodesetId": 0, "Weight": 3}}
    refused = {"18": "not JSON", "19": definition(weight), "heart": definition()}
    write_definitions(definitions, {**refused, "017": definition()})
    out = tmp_path / "rows.parquet"

    said = catchment_here(
        *("cohorts", "generate", "--cdm", cdm, "--definitions", definitions, "--out", out)
    )

    assert said.exit_code == 2
    assert rows_in(out) == EXPECTED
    described = [row[:2] for row in duckdb.sql(f"describe from '{out}'").fetchall()]
    assert described == [
        ("cohort_definition_id", "BIGINT"),
        ("subject_id", "BIGINT"),
        ("cohort_start_date", "DATE"),
        ("cohort_end_date", "DATE"),
    ]
    assert "4 cohorts stand in" in said.stderr
    assert "18.json is not JSON" in said.stderr
    assert "PrimaryCriteria.CriteriaList[0].Measurement.Weight" in said.stderr
    assert "heart.json: its name is no integer" in said.stderr
    assert "17.json: 017.json has the id 17 too." in said.stderr
    assert "4 definitions are refused" in said.stdout
    assert "This CDM has no concept_relationship, procedure_occurrence" in said.stdout
    assert "nothing is found by them: 1309799 (in " in said.stdout


@pytest.mark.needs_postgres
def test_the_same_rows_on_postgresql_which_is_left_as_it_was(cdm, definitions, server, tmp_path):
    out = tmp_path / "rows.parquet"
    before = server.run(ALL_TABLES)

    generated = generate_cohorts(
        cdm=server.url("omop"), definitions=definitions, out=out, warehouse="postgres"
    )

    assert rows_in(out) == EXPECTED
    assert generated.n_rows == {17: 2, SMALLEST: 1, LARGEST: 2, -3: 0}
    assert server.run(ALL_TABLES) == before
    assert server.run("select nspname from pg_namespace where nspname like 'catchment%'") == []


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, "holds no definition"),
        ({"1": "{}", "2": "[]"}, "none of the definitions"),
        ({str(2**63): definition()}, "does not fit into 64 bits"),
    ],
)
def test_where_no_definition_compiles_nothing_is_written(cdm, values, wanted, tmp_path):
    definitions = write_definitions(tmp_path / "definitions", values)
    out = tmp_path / "rows.parquet"

    said = catchment_here(
        *("cohorts", "generate", "--cdm", cdm, "--definitions", definitions, "--out", out)
    )

    assert said.exit_code == 2
    assert wanted in said.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("url", "warehouse", "wanted"),
    [
        ("postgresql://ann:hush@localhost:1/people?schema=omop", "duckdb", "--warehouse postgres"),
        ("postgresql://ann:hush@localhost:1/people", "postgres", "no schema"),
        (
            "postgresql://ann:hush@localhost:1/people?shema=omop",
            "postgres",
            "Did you mean 'schema'?",
        ),
        ("postgresql://ann:hush@localhost:port/people?schema=omop", "postgres", "host or port"),
        ("mysql://ann:hush@localhost:1/people?schema=omop", "postgres", "not PostgreSQL"),
        ("postgresql://ann:hush@localhost:1/people?schema=omop", "postgres", "cannot be reached"),
        ("nowhere", "spark", "There is no CDM at nowhere"),
        ("nowhere", "postgres", "not PostgreSQL"),
    ],
)
def test_a_cdm_that_is_not_there_is_one_clear_error_without_the_password(
    url, warehouse, wanted, definitions, tmp_path
):
    said = catchment_here(
        *("cohorts", "generate", "--cdm", url, "--definitions", definitions),
        *("--out", tmp_path / "rows.parquet", "--warehouse", warehouse),
    )

    assert said.exit_code == 2
    assert wanted in said.stderr
    assert said.stderr.count("catchment:") == 1
    assert "hush" not in said.stderr + said.stdout


def test_spark_reads_parquet_only(definitions, tmp_path):
    cdm = tmp_path / "cdm"
    cdm.mkdir()
    (cdm / "person.csv").write_text("person_id\n1\n")

    said = catchment_here(
        *("cohorts", "generate", "--cdm", cdm, "--definitions", definitions),
        *("--out", tmp_path / "rows.parquet", "--warehouse", "spark"),
    )

    assert said.exit_code == 2
    assert "person.csv is none" in said.stderr


@pytest.mark.needs_postgres
def test_a_schema_that_is_not_there_and_a_user_who_may_not_are_told(server, definitions, tmp_path):
    server.run(
        "create role reader login password 'hush'",
        "grant usage on schema omop to reader",
        "grant select on all tables in schema omop to reader",
        "create schema empty",
    )
    asked = ("cohorts", "generate", "--definitions", definitions, "--warehouse", "postgres")
    out = ("--out", tmp_path / "rows.parquet")

    absent = catchment_here(*asked, *out, "--cdm", server.url("ompo"))
    lacking = catchment_here(*asked, *out, "--cdm", server.url("empty"))
    refused = catchment_here(*asked, *out, "--cdm", server.url("omop", "reader", "hush"))

    assert (absent.exit_code, lacking.exit_code, refused.exit_code) == (2, 2, 2)
    assert "Did you mean 'omop'?" in absent.stderr
    assert "grant create on database" in refused.stderr
    assert "hush" not in refused.stderr


@pytest.mark.agreement
def test_a_cohort_that_the_warehouse_cannot_build_is_named_and_stops_no_other(cdm, tmp_path):
    beyond_all_days = {"DateOffset": {"DateField": "EndDate", "Offset": 2**31 - 1}}
    values = {"17": definition(), "21": definition(EndStrategy=beyond_all_days)}
    definitions = write_definitions(tmp_path / "definitions", values)
    out = tmp_path / "rows.parquet"

    said = catchment_here(
        *("cohorts", "generate", "--cdm", cdm, "--definitions", definitions, "--out", out)
    )

    assert said.exit_code == 5
    assert rows_in(out) == [row for row in EXPECTED if row[0] == 17]
    assert "21.json: cohort__21: " in said.stderr
    assert "17.json" not in said.stderr
