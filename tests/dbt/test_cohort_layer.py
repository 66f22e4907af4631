"""What dbt says of three people, read as Python reads it: Parquet with integer days."""

import shutil
from datetime import date

import pytest

from analytics.contracts import load_contracts
from analytics.days import AGE_BANDS, age_band, to_date, to_day
from analytics.errors import BadInputError
from analytics.warehouse import (
    Workspace,
    land,
    land_events,
    open_cdm,
    read_landed,
    read_mart,
    run_dbt,
)
from analytics.warehouse.workspace import connect
from tests.support.pictured_cdm import write_pictured_cdm


def spells(workspace, name):
    cohort = read_landed(workspace, "cohort").collect()
    return [
        (person, to_date(start).isoformat(), to_date(end).isoformat())
        for cohort_name, person, start, end in cohort.iter_rows()
        if cohort_name == name
    ]


def test_transfers_are_one_stay_and_a_later_admission_is_another(built):
    assert spells(built, "inpatient_visit") == [
        (1, "2019-03-01", "2019-03-05"),
        (1, "2019-03-05", "2019-03-09"),
        (1, "2019-04-08", "2019-04-10"),
        (2, "2020-06-20", "2020-06-30"),
    ]
    assert spells(built, "inpatient_admission") == [
        (1, "2019-03-01", "2019-03-09"),
        (1, "2019-04-08", "2019-04-10"),
        (2, "2020-06-20", "2020-06-30"),
    ]


def test_who_dies_on_the_day_of_discharge_is_not_discharged(built):
    assert spells(built, "inpatient_discharge") == [
        (1, "2019-03-01", "2019-03-09"),
        (1, "2019-04-08", "2019-04-10"),
    ]


def test_adult_years_begin_after_a_year_of_observation(built):
    assert spells(built, "adult_year") == [
        (1, "2019-01-01", "2019-12-31"),
        (1, "2020-01-01", "2020-12-31"),
        (2, "2019-01-01", "2019-12-31"),
        (2, "2020-01-01", "2020-06-30"),
    ]


def test_descendants_of_a_named_concept_count(built):
    assert spells(built, "type_2_diabetes") == [(1, "2019-02-01", "2020-12-31")]
    assert spells(built, "new_nsaid_user") == [(1, "2019-05-01", "2020-12-31")]


def test_a_named_concept_counts_without_concept_ancestor(built):
    assert spells(built, "gastrointestinal_haemorrhage") == [(1, "2019-08-01", "2019-08-01")]


def test_each_rule_says_how_many_remain(built):
    counted = {
        (cohort_name, rule_number): (n_rows, n_people)
        for cohort_name, rule_number, n_rows, n_people in read_landed(built, "cohort_rule_count")
        .select("cohort_name", "rule_number", "n_rows", "n_people")
        .collect()
        .iter_rows()
    }
    assert counted["new_nsaid_user", 1] == (2, 2)
    assert counted["new_nsaid_user", 2] == (1, 1)
    assert counted["inpatient_discharge", 1] == (3, 2)
    assert counted["inpatient_discharge", 2] == (2, 1)
    assert counted["inpatient_visit", 1] == (4, 2)


def test_eras_bridge_thirty_days_and_no_more(built):
    eras = read_landed(built, "built_drug_era").collect()
    celecoxib = [
        (person, to_date(start).isoformat(), to_date(end).isoformat())
        for person, concept_set, start, end in eras.iter_rows()
        if concept_set == "celecoxib"
    ]
    # 10 May to 9 June is 30 days; 13 June (five days of supply from the 9th) to 15 July is 32.
    assert celecoxib == [(1, "2019-05-01", "2019-06-13"), (1, "2019-07-15", "2019-07-15")]


def test_events_are_numbered_by_person_and_day_and_leave_strangers_out(built):
    drugs = read_landed(built, "events/drug").collect()

    assert drugs["event_id"].to_list() == [1, 2, 3, 4]
    assert drugs["person_id"].to_list() == [1, 1, 1, 3]
    assert [to_date(day).isoformat() for day in drugs["day"]] == [
        "2019-05-01",
        "2019-06-09",
        "2019-07-15",
        "2020-04-30",
    ]
    assert drugs["end_day"][1] == drugs["day"][1]
    assert drugs.columns == [
        "event_id",
        "person_id",
        "concept_id",
        "day",
        "end_day",
        "value",
        "unit_concept_id",
    ]
    assert read_landed(built, "events/device").collect().is_empty()


def test_people_have_the_names_of_our_own_list(built):
    people = read_landed(built, "person").collect()

    assert people["sex"].to_list() == ["Female", "Male", "Unknown"]
    assert people["race"].to_list() == ["White", "Black or African American", "Unknown"]
    assert people["ethnicity"].to_list() == ["Unknown", "Unknown", "Unknown"]
    assert people["birth_day"][0] == to_day(date(1950, 3, 1))
    assert people["death_day"].to_list() == [None, to_day(date(2020, 6, 30)), None]


def test_the_cdm_says_what_it_covers_and_lacks(built):
    cdm = read_landed(built, "cdm").collect().row(0, named=True)

    assert cdm["cdm_name"] == "Unnamed CDM"
    assert cdm["n_people"] == 3
    # Person 9, observed until 2025, is not in `person`.
    assert to_date(cdm["last_complete_day"]) == date(2021, 12, 31)
    assert "measurement" in cdm["missing_tables"].split(", ")
    assert "person" not in cdm["missing_tables"].split(", ")


def test_a_cdm_that_no_study_has_seen_has_empty_marts(built):
    assert read_mart(built, "risk_list").is_empty()
    assert read_mart(built, "fairness_audit").is_empty()
    assert read_mart(built, "cohort_attrition").height == 16


def test_the_age_bands_of_dbt_are_those_of_python(built):
    macro = (built.dbt / "macros" / "age_band.sql").read_text()
    closed = [band for band in AGE_BANDS if band[1] is not None]

    assert str(closed) in macro
    assert f"'{age_band(AGE_BANDS[-1][0])}'" in macro


def test_an_unknown_landed_table_offers_the_near_miss(built):
    with pytest.raises(BadInputError, match="Did you mean 'events/drug'"):
        read_landed(built, "events/drugs")


def test_a_workspace_that_was_never_built_says_what_to_do(tmp_path):
    workspace = Workspace(root=tmp_path)
    for read in (
        lambda: read_landed(workspace, "person"),
        lambda: read_mart(workspace, "risk_list"),
    ):
        with pytest.raises(BadInputError, match="catchment build"):
            read()


def test_schemas_have_bare_names(built):
    with connect(built, read_only=True) as connection:
        schemas = {
            row[0]
            for row in connection.execute(
                "select distinct table_schema from information_schema.tables"
            ).fetchall()
        }
    assert schemas == {
        "cdm",
        "staging",
        "vocabulary",
        "cohorts",
        "events",
        "results",
        "marts",
        "seeds",
    }


def test_a_cdm_without_anybody_builds_and_says_so(built, tmp_path):
    workspace = Workspace(root=tmp_path / "w")
    cdm = write_pictured_cdm(tmp_path / "cdm")
    land(open_cdm(cdm), workspace, load_contracts("omop_cdm"))
    # The parse of the same project, so that dbt need not read it again.
    shutil.copytree(built.dbt, workspace.dbt)

    run_dbt(workspace, ["build", "--selector", "cohort_layer"])
    land_events(workspace)

    described = read_landed(workspace, "cdm").collect().row(0, named=True)
    assert described["n_people"] == 0
    assert described["last_complete_day"] is None
    assert set(read_landed(workspace, "cohort_rule_count").collect()["n_people"]) == {0}
