"""What diagnostics count of three people, day by day, where it can be done in one's head."""

import shutil

import pytest

from analytics.warehouse import Workspace, read_mart, run_dbt


def at_risk(workspace, cohort):
    """People, first entries and days at risk by attribute and group."""
    mart = read_mart(workspace, "cohort_incidence").filter(cohort_name=cohort)
    return {
        (row["attribute"], row["group_name"]): (
            row["n_people"],
            row["n_cases"],
            round(row["person_years"] * 365.25),
        )
        for row in mart.iter_rows(named=True)
    }


def test_days_at_risk_end_with_the_day_of_the_first_entry(built):
    """Person 1 enters on 1 Feb 2019; the others are observed for 912 and 610 days."""
    counted = at_risk(built, "type_2_diabetes")

    assert counted["overall", "Everyone"] == (3, 1, 397 + 912 + 610)
    assert counted["sex", "Female"] == (1, 1, 397)
    assert counted["calendar_year", "2019"] == (2, 1, 32 + 365)
    # Who has entered is at risk no more; in 2021 only person 3 is observed.
    assert counted["calendar_year", "2020"] == (2, 0, 182 + 245)
    assert counted["calendar_year", "2021"] == (1, 0, 365)
    # Person 2 turns 60 in 2020; a person is in the band of that year.
    assert counted["age_band", "50-64"] == (1, 0, 912)


def test_an_entry_outside_of_observation_is_no_case_and_ends_the_risk(built):
    """Person 2 is in hospital until the day that the observation ends, and dies."""
    counted = at_risk(built, "inpatient_visit")

    assert counted["overall", "Everyone"][:2] == (3, 2)
    assert counted["calendar_year", "2020"] == (2, 1, 172 + 245)


def test_what_opens_a_cohort_is_counted_on_its_days_alone(built):
    opened = read_mart(built, "cohort_index_event")

    counted = {
        (row["cohort_name"], row["concept_id"]): (row["n_records"], row["n_people"])
        for row in opened.iter_rows(named=True)
    }
    # Person 1 has three visits in two stays: the transfer opens no stay.
    assert counted["inpatient_visit", 9201] == (4, 2)
    assert counted["inpatient_admission", 9201] == (3, 2)
    assert counted["type_2_diabetes", 43000] == (1, 1)
    assert counted["new_nsaid_user", 44000] == (1, 1)


def test_two_cohorts_that_share_nobody_are_no_pair(built):
    shared = {
        (one, other): both for one, other, both, _ in read_mart(built, "cohort_overlap").iter_rows()
    }

    assert shared["adult_year", "new_nsaid_user"] == 1
    assert shared["adult_year", "inpatient_visit"] == 2
    assert all(shared.values())
    assert all(one < other for one, other in shared)


def test_every_cohort_lists_the_same_groups_also_those_of_which_it_finds_nobody(built):
    mart = read_mart(built, "cohort_attrition_by_group")
    groups = {
        (cohort, rule): set(rows.select("attribute", "group_name").iter_rows())
        for (cohort, rule), rows in mart.group_by("cohort_name", "rule_number")
    }

    assert len(groups) == read_mart(built, "cohort_attrition").height
    assert len(set(map(frozenset, groups.values()))) == 1
    assert {("sex", "Female"), ("sex", "Male")} <= groups["type_2_diabetes", 2]
    assert set(mart["verdict"]) == {"first rule", "too few to judge"}


def test_each_cohort_says_what_it_is(built):
    said = read_mart(built, "cohort_summary")
    of = {row["cohort_name"]: row for row in said.iter_rows(named=True)}

    assert "### Entry events" in of["type_2_diabetes"]["described"]
    assert of["inpatient_visit"]["concept_sets"] == "inpatient_visit"
    titles = {name: row["title"] for name, row in of.items()}
    assert titles["new_nsaid_user"] == "New NSAID user"
    assert titles["type_2_diabetes"] == "Type 2 diabetes"
    assert (of["adult_year"]["n_people"], of["adult_year"]["n_rows"]) == (2, 4)


@pytest.mark.agreement
def test_washout_takes_the_first_days_of_each_observation_period(built, tmp_path):
    workspace = Workspace(root=tmp_path / "w")
    shutil.copytree(built.root, workspace.root)

    run_dbt(
        workspace,
        ["run", "--select", "cohort_incidence", "--vars", "incidence_washout_days: 365"],
    )

    counted = at_risk(workspace, "type_2_diabetes")
    # 1 Jan to 1 Feb 2019; 1 Jan 2019 to 30 Jun 2020; 1 May to 31 Dec 2021.
    assert counted["overall", "Everyone"] == (3, 1, 32 + 547 + 245)
    assert ("calendar_year", "2018") not in counted
