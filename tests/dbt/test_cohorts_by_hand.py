"""`dbt build --select tag:cohorts` by hand where a CDM lies: on PostgreSQL and on Spark.

On DuckDB it is tried in `test_cdm_read_in_place.py`.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from analytics.settings import house_root
from analytics.warehouse import dbt_runs
from analytics.warehouse.dbt_invocation import DbtOutcome, invoke_dbt
from tests.support.pictured_cdm import pictured_tables
from tests.support.postgres import postgres_server
from tests.support.tiny_cdm import write_parquet

pytestmark = [pytest.mark.agreement, pytest.mark.xdist_group("cohorts by hand")]

COHORTS = "select cohort_definition_id, subject_id, cohort_start_date, cohort_end_date from {}"
IN_TWO_STAYS = [
    (2_000_000_001, 1, date(2019, 3, 1), date(2019, 3, 5)),
    (2_000_000_001, 1, date(2019, 3, 5), date(2019, 3, 9)),
    (2_000_000_002, 1, date(2019, 3, 1), date(2019, 3, 9)),
    (2_000_000_003, 1, date(2019, 3, 1), date(2019, 3, 9)),
    (2_000_000_004, 1, date(2019, 1, 1), date(2019, 12, 31)),
    (2_000_000_004, 1, date(2020, 1, 1), date(2020, 12, 31)),
    (2_000_000_005, 1, date(2019, 2, 1), date(2020, 12, 31)),
]
"""Visits, a stay, its discharge, two years and diabetes, in the order of the project's list."""


@pytest.fixture(scope="module")
def cdm(tmp_path_factory) -> Path:
    """One person with diabetes and a stay in hospital; many tables and columns are not there."""
    tables = pictured_tables(
        person="person_id | year_of_birth\n 1 | 1950",
        observation_period="""
            person_id | observation_period_start_date | observation_period_end_date
                    1 | 2018-01-01                    | 2020-12-31
        """,
        visit_occurrence="""
            person_id | visit_concept_id | visit_start_date | visit_end_date
                    1 |             9201 | 2019-03-01       | 2019-03-05
                    1 |             9201 | 2019-03-05       | 2019-03-09
        """,
        condition_occurrence="""
            person_id | condition_concept_id | condition_start_date | condition_end_date
                    1 |               201826 | 2019-02-01           |
        """,
    )
    few_columns = {
        name: frame[[column.name for column in frame if not column.is_null().all()]]
        for name, frame in tables.items()
    }
    return write_parquet(tmp_path_factory.mktemp("hospital"), few_columns)


@pytest.fixture
def project(tmp_path) -> Path:
    """The dbt project, to run by hand."""
    left_out = shutil.ignore_patterns(*(dbt_runs.LEFT_BEHIND - {"profiles.yml"}))
    return shutil.copytree(house_root() / "dbt_project", tmp_path / "dbt_project", ignore=left_out)


def build(project: Path, target: str, *more: str) -> DbtOutcome:
    asked = ["build", "--target", target, "--select", "tag:cohorts", *more]
    return invoke_dbt(project, [*asked, "--vars", "{cdm_schema: hospital}"])


def test_on_postgresql(cdm, project, monkeypatch):
    with postgres_server() as server:
        server.load(cdm, "hospital", integer="integer")
        for name, value in (("HOST", str(server.socket)), ("USER", "postgres")):
            monkeypatch.setenv(f"PG{name}", value)

        done = build(project, "postgres")

        assert (done.failures, done.skipped, done.fault) == ({}, (), "")
        assert sorted(server.run(COHORTS.format("catchment_cohorts.cohort"))) == IN_TWO_STAYS


def test_on_spark(cdm, project):
    from analytics.features.spark_engine import spark_session

    spark = spark_session()
    spark.sql("create database hospital")
    try:
        for file in cdm.glob("*.parquet"):
            spark.catalog.createTable(f"hospital.{file.stem}", path=str(file), source="parquet")

        done = build(project, "spark")

        assert (done.failures, done.skipped, done.fault) == ({}, (), "")
        found = spark.sql(COHORTS.format("catchment_cohorts.cohort")).collect()
        assert sorted(map(tuple, found)) == IN_TWO_STAYS
    finally:
        names = [row[0] for row in spark.sql("show databases").collect()]
        for name in names:
            if name == "hospital" or name.startswith("catchment"):
                spark.sql(f"drop database {name} cascade")
