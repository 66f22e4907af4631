"""Does `catchment cohorts generate` give the rows of OHDSI's engine on each warehouse?

At least 80 shared definitions on each, which hold between them every domain, attribute and end
strategy that the shared ones hold. What is compiled of all the others is held in `test_circe`.
"""

import shutil

import duckdb
import pytest

from analytics.errors import RunFailedError
from analytics.pipelines import generating_cohorts
from analytics.pipelines.generating_cohorts import generate_cohorts
from analytics.warehouse.dbt_invocation import invoke_dbt
from tests.support.circe import definition_files, expected_rows
from tests.support.circe_sample import FEWEST, all_parts, parts_of, sample_definitions
from tests.support.postgres import postgres_server
from tests.support.shared import shared_agreement

pytestmark = [pytest.mark.agreement, pytest.mark.needs_shared]

SIMPLE = 3
QUICK_ON_FEW_ROWS = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}


@pytest.fixture
def generate(tmp_path):
    """Rows of these definitions by id, from the command's own pipeline."""

    def run(numbers, cdm, warehouse):
        folder, out = tmp_path / "definitions", tmp_path / "rows.parquet"
        folder.mkdir()
        for number in numbers:
            shutil.copy(definition_files()[number], folder)
        generated = generate_cohorts(cdm=cdm, definitions=folder, out=out, warehouse=warehouse)
        assert (generated.refused, generated.failed) == ({}, {})
        assert set(generated.n_rows) == set(numbers)
        return rows_by_id(out)

    return run


@pytest.fixture
def quick_spark():
    """The Spark session, told that all tables are small."""
    from analytics.features.spark_engine import spark_session

    spark = spark_session()
    before = {name: spark.conf.get(name) for name in QUICK_ON_FEW_ROWS}
    for name, value in QUICK_ON_FEW_ROWS.items():
        spark.conf.set(name, value)
    yield spark
    for name, value in before.items():
        spark.conf.set(name, value)


def rows_by_id(path):
    rows = {}
    for number, *row in duckdb.sql(f"from '{path}'").fetchall():
        rows.setdefault(number, []).append(tuple(row))
    return rows


def compare(found, numbers):
    """The ids whose rows differ from those of OHDSI's engine."""
    expected = expected_rows()
    return [number for number in numbers if found.get(number, []) != expected.get(number, [])]


def test_the_sample_holds_all_that_the_shared_definitions_hold():
    chosen = sample_definitions()

    assert len(chosen) >= FEWEST
    assert frozenset().union(*map(parts_of, chosen)) == all_parts()
    kinds = {part for part in all_parts() if part.isalpha()}
    assert {"ConditionEra", "DrugEra", "DoseEra", "Specimen", "VisitDetail", "Death"} < kinds
    ends = {part for part in all_parts() if part.startswith("end: ")}
    assert ends >= {
        "end: none",
        "end: CustomEra",
        "end: DateOffset from StartDate",
        "end: DateOffset from EndDate",
    }
    print(f"{len(chosen)} definitions hold {len(all_parts())} parts: {sorted(all_parts())}")


def test_a_quarter_of_the_sample_on_duckdb(generate):
    """All definitions are compared there without the command, in `test_circe.py`."""
    numbers = sample_definitions()[::4]

    found = generate(numbers, str(shared_agreement("circe") / "cdm"), "duckdb")

    assert compare(found, numbers) == []


@pytest.mark.needs_postgres
def test_the_sample_on_postgresql(generate):
    numbers = sample_definitions()

    with postgres_server() as server:
        server.load(shared_agreement("circe") / "cdm", "cdm")
        found = generate(numbers, server.url("cdm"), "postgres")

    assert compare(found, numbers) == []


@pytest.mark.needs_java
def test_the_sample_on_spark(generate, quick_spark):
    numbers = sample_definitions()

    found = generate(numbers, str(shared_agreement("circe") / "cdm"), "spark")

    assert compare(found, numbers) == []
    left = [row.namespace for row in quick_spark.sql("show databases").collect()]
    assert not [name for name in left if name.startswith("catchment_")]


@pytest.mark.needs_postgres
def test_a_server_that_dies_at_work_is_one_clear_error(tmp_path, monkeypatch):
    folder = tmp_path / "definitions"
    folder.mkdir()
    shutil.copy(definition_files()[SIMPLE], folder)

    with postgres_server() as server:
        server.load(shared_agreement("circe") / "cdm", "cdm")

        def stop_then_invoke(*args, **more):
            server.stop()
            return invoke_dbt(*args, **more)

        monkeypatch.setattr(generating_cohorts, "invoke_dbt", stop_then_invoke)
        url = server.url("cdm", "postgres", "hush")
        with pytest.raises(RunFailedError, match="the server went away at work") as told:
            generate_cohorts(
                cdm=url, definitions=folder, out=tmp_path / "rows.parquet", warehouse="postgres"
            )

    assert "hush" not in str(told.value)
    assert not (tmp_path / "rows.parquet").exists()
