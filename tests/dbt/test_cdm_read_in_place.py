"""A CDM that is not landed but read where it lies, whatever of it there is."""

import shutil
from datetime import date

import duckdb
import pytest

from analytics.settings import house_root
from analytics.warehouse import Workspace, dbt_runs
from analytics.warehouse.dbt_invocation import invoke_dbt
from analytics.warehouse.workspace import connect

pytestmark = pytest.mark.agreement

CDM = """
    create schema hospital;
    create table hospital.person as
        select 1 as person_id, 8532 as gender_concept_id, cast(1950 as smallint) as year_of_birth;
    create table hospital.observation_period as
        select 1 as person_id, 7 as observation_period_id, 44 as period_type_concept_id,
            date '2018-01-01' as observation_period_start_date,
            date '2020-12-31' as observation_period_end_date;
    create table hospital.visit_occurrence as
        select 3 as visit_occurrence_id, 1 as person_id, 9201 as "VISIT_CONCEPT_ID",
            timestamp '2019-03-01 08:00:00' as visit_start_date,
            date '2019-03-05' as visit_end_date,
            4216643 as discharge_to_concept_id;
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """`dbt build --select tag:cohorts` by hand on a schema with three tables, in old words."""
    workspace = Workspace(root=tmp_path_factory.mktemp("in_place"))
    with duckdb.connect(str(workspace.warehouse)) as connection:
        connection.execute(CDM)
    left_out = shutil.ignore_patterns(*(dbt_runs.LEFT_BEHIND - {"profiles.yml"}))
    shutil.copytree(house_root() / "dbt_project", workspace.dbt, ignore=left_out)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CATCHMENT_WORKSPACE", str(workspace.root))
        asked = ["build", "--select", "tag:cohorts", "--vars", "{cdm_schema: hospital}"]
        done = invoke_dbt(workspace.dbt, asked)
    assert (done.failures, done.skipped, done.fault) == ({}, (), "")
    return workspace


def rows(workspace: Workspace, query: str) -> list[tuple[object, ...]]:
    with connect(workspace, read_only=True) as connection:
        return connection.execute(query).fetchall()


def types_of(workspace: Workspace, table: str) -> dict[str, str]:
    described = rows(workspace, f"describe staging.stg_omop__{table}")
    return {str(row[0]): str(row[1]) for row in described}


def test_cohorts_are_built_from_a_schema_read_in_place(built):
    visits = rows(built, "from cohorts.cohort__inpatient_visit")

    assert visits == [(1, date(2019, 3, 1), date(2019, 3, 5))]


def test_a_column_that_the_cdm_lacks_is_null_and_of_its_type(built):
    assert rows(built, "select month_of_birth, care_site_id from staging.stg_omop__person") == [
        (None, None)
    ]
    assert types_of(built, "person")["month_of_birth"] == "INTEGER"
    assert types_of(built, "person")["year_of_birth"] == "INTEGER"
    assert types_of(built, "visit_occurrence")["visit_start_date"] == "DATE"


def test_a_column_is_found_by_its_older_name(built):
    found = rows(built, "select discharged_to_concept_id from staging.stg_omop__visit_occurrence")

    assert found == [(4216643,)]


def test_a_table_that_the_cdm_lacks_has_no_row(built):
    assert rows(built, "select count(*) from staging.stg_omop__specimen") == [(0,)]
    assert types_of(built, "specimen")["quantity"] == "DOUBLE"
    present = rows(
        built, "select table_name from staging.stg_omop__landed_table where is_present order by all"
    )
    assert present == [("observation_period",), ("person",), ("visit_occurrence",)]
