"""What marts make of results; and that a broken promise stops the build."""

import shutil
from datetime import date

import polars as pl
import pytest

from analytics.errors import RunFailedError
from analytics.pathways.shown import OTHER_PATHWAYS
from analytics.warehouse import Workspace, read_mart, run_dbt, write_results
from analytics.warehouse.workspace import connect
from tests.support.tables import table

STUDY = "s"
RUN = "r1"


@pytest.fixture(scope="module")
def workspace(built, tmp_path_factory):
    """A copy of the built workspace in which a study has left its results."""
    workspace = Workspace(root=tmp_path_factory.mktemp("marts") / "w")
    shutil.copytree(built.root, workspace.root)
    population = table("""
        person_id | index_date | had_outcome | is_test
                1 | 2019-03-09 | true        | false
                1 | 2019-04-10 | false       | false
                2 | 2019-03-09 | false       | true
                3 | 2021-12-31 | false       | true
    """)
    # The CDM's last complete day is 2021-12-31; only person 3 is alive and observed then.
    prediction = table("""
    model_id | person_id | index_date | as_of_date | risk | risk_rank | is_flagged | risk_in_words
    m        |         1 | 2021-12-30 | 2021-12-31 |  0.9 |         1 | true       | often
    m        |         3 | 2021-12-29 | 2021-12-31 |  0.8 |         2 | true       | often
    m        |         3 | 2021-12-31 | 2021-12-31 |  0.7 |         3 | false      | often
    m        |         3 | 2021-12-28 | 2021-12-30 |  0.6 |         4 | false      | often
    m        |         2 | 2021-12-30 | 2021-12-31 |  0.5 |         5 | false      | rarely
    """)
    reasons = table("""
        person_id | index_date | reason_rank | reason | covariate_name | contribution
                3 | 2021-12-29 |           1 | age    | age            | 0.5
                3 | 2021-12-29 |           2 | drug   | drug           | 0.25
    """)
    pathways = table("""
        person_id | episode | pathway   | n_steps
                1 |       1 | metformin |       1
                1 |       2 | metformin |       1
                2 |       1 | metformin |       1
                2 |       2 | insulin   |       1
                3 |       1 | None      |       0
    """).with_columns(
        target_cohort=pl.lit("type_2_diabetes"),
        compat=pl.lit("clean"),
        index_date=pl.lit(date(2019, 3, 9)),
    )
    named = pl.DataFrame(
        {
            "pathway": ["metformin", "None"],
            "pathway_in_groups": ["metformin", "None"],
            "counted_in": ["groups metformin", "groups None"],
        }
    )
    write_results(
        workspace,
        {
            "study_population": population,
            "prediction": prediction,
            "prediction_reason": reasons,
            "person_pathway": pathways,
            "shown_pathway": named,
        },
        run_id=RUN,
        study=STUDY,
    )
    write_results(workspace, checks(), run_id=RUN, study="")
    run_dbt(workspace, ["build", "--selector", "marts"])
    return workspace


def checks():
    """One row for each check: how many rows break it, and how many people stand behind them."""
    found = table("""
        check_id | status | is_past_limit | n_violated | n_rows | n_people | violated | kept
        many     | failed | true          | 50         | 100    | 60       | 30       |
        one      | failed | false         | 50         | 100    | 60       | 1        |
        but_one  | failed | true          | 50         | 100    | 60       | 59       |
        all      | failed | true          | 100        | 100    | 60       | 60       | 0
        one_kept | failed | true          | 60         | 100    | 60       | 60       | 1
        unnamed  | failed | false         | 50         | 100    |          |          |
        nobodys  | failed | false         | 50         | 100    | 0        | 0        |
        stricter | passed | true          | 50         | 100    | 60       | 30       |
        kept     | passed | false         | 0          | 100    | 60       | 0        |
        below    | passed | false         | 5          | 100    | 60       | 5        |
        unknown  | error  | false         |            |        |          |          |
    """).rename({"violated": "n_people_violated", "kept": "n_people_kept"})
    said = {name: pl.lit(name) for name in ("table_name", "rule", "severity")}
    asked = {name: pl.lit(name) for name in ("check_name", "check_level", "category", "studies")}
    unsaid = dict.fromkeys(("column_name", "limit_share"))
    return {
        "ohdsi_check": found.with_columns(
            **said, **asked, **unsaid, concept_name=None, threshold=None
        ),
        "quality_check": found.with_columns(**said, **unsaid, share=0.5, message=None),
    }


def test_the_risk_list_holds_people_alive_and_observed_on_the_last_complete_day(workspace):
    risks = read_mart(workspace, "risk_list")

    assert risks.select("person_id", "index_date").rows() == [(3, date(2021, 12, 29))]
    row = risks.row(0, named=True)
    assert (row["age"], row["sex"]) == (17, "Unknown")
    assert (row["reason_1"], row["reason_2"], row["reason_3"]) == ("age", "drug", None)
    assert "race" not in risks.columns


def test_a_check_is_told_by_the_people_behind_its_rows(workspace):
    told = {
        name: dict(
            read_mart(workspace, name).select("check_id", "n_people_in_smaller_part").iter_rows()
        )
        for name in ("ohdsi_check", "data_quality")
    }

    behind = {"many": 11, "one": 1, "but_one": 1, "all": 11, "one_kept": 1, "unnamed": 1}
    assert told["data_quality"] == behind | {
        "stricter": 11,
        "below": 5,
        **dict.fromkeys(("kept", "unknown", "nobodys")),
    }
    assert told["ohdsi_check"] == behind | {
        "stricter": 11,
        **dict.fromkeys(("kept", "below", "unknown", "nobodys")),
    }
    shares = read_mart(workspace, "ohdsi_check").select("check_id", "share").drop_nulls()
    assert dict(shares.iter_rows()) == {
        **dict.fromkeys(("many", "one", "but_one", "unnamed", "nobodys", "stricter"), 0.556),
        "all": 1.0,
        "one_kept": 0.556,
    }
    sizes = dict(
        read_mart(workspace, "data_quality").select("check_id", "n_people_at_least").rows()
    )
    assert sizes["many"] == 11
    assert sizes["nobodys"] is None


def test_the_profile_counts_people_once_and_rows_each(workspace):
    profile = {
        (attribute, group): counts
        for attribute, group, *counts in read_mart(workspace, "population_profile")
        .drop("study", "target_cohort", "outcome_cohort")
        .iter_rows()
    }

    # people, rows, outcomes, people with the outcome, outcome rate
    assert profile["overall", "Everyone"] == [3, 4, 1, 1, 0.25]
    assert profile["sex", "Female"] == [1, 2, 1, 1, 0.5]
    assert profile["age_band", "65-79"] == [1, 2, 1, 1, 0.5]
    assert profile["age_band", "50-64"] == [1, 1, 0, 0, 0.0]
    assert profile["age_band", "0-17"] == [1, 1, 0, 0, 0.0]
    assert profile["race", "Black or African American"] == [1, 1, 0, 0, 0.0]
    assert profile["index_year", "2019"] == [2, 3, 1, 1, 1 / 3]


def test_pathways_count_people_and_not_episodes(workspace):
    pathways = read_mart(workspace, "treatment_pathway").sort("pathway")

    # insulin is not named: whoever takes it is on one of the other pathways
    assert pathways["pathway"].to_list() == ["None", OTHER_PATHWAYS, "metformin"]
    assert pathways["n_people"].to_list() == [1, 1, 2]
    assert pathways["n_steps"].to_list() == [0, None, 1]
    assert pathways["n_people_total"].to_list() == [3, 3, 3]
    assert pathways["share"].to_list() == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert set(pathways["compat"]) == {"clean"}


def test_pathways_by_group_count_each_person_in_one_group_of_an_attribute(workspace):
    by_group = read_mart(workspace, "treatment_pathway_by_group")
    counts = {
        (attribute, group, pathway): (n_people, n_people_total)
        for attribute, group, pathway, n_people, n_people_total in by_group.select(
            "attribute", "group_name", "pathway", "n_people", "n_people_total"
        ).iter_rows()
    }

    assert counts["overall", "Everyone", "metformin"] == (2, 3)
    assert counts["sex", "Female", "metformin"] == (1, 1)
    assert counts["sex", "Unknown", "None"] == (1, 1)
    assert counts["sex", "Unknown", "metformin"] == (0, 1)
    assert counts["index_year", "2019", OTHER_PATHWAYS] == (1, 3)
    assert "payer" not in set(by_group["attribute"])  # this CDM records none


def test_two_rows_where_the_grain_promises_one_stop_the_build(workspace):
    twice = pl.DataFrame(
        {"step_number": [1, 1], "rule": ["entry", "entry"], "is_applied": [True, True]}
    ).with_columns(
        target_cohort=pl.lit("adult_year"),
        outcome_cohort=pl.lit("type_2_diabetes"),
        n_rows=5,
        n_people=5,
        n_outcomes=1,
        n_people_with_outcome=1,
    )
    write_results(workspace, {"study_attrition": twice}, run_id=RUN, study="twice")

    with pytest.raises(RunFailedError, match=r"one_row_for_each_study_attrition.*Got 1 result"):
        run_dbt(workspace, ["build", "--select", "study_attrition"])


def test_a_column_of_another_type_than_its_contract_stops_the_build(workspace):
    with connect(workspace) as connection:
        connection.execute("alter table results.calibration alter column bin_number type varchar")

    with pytest.raises(RunFailedError, match=r"calibration: .*enforced contract.*bin_number"):
        run_dbt(workspace, ["build", "--select", "calibration"])


def test_an_unknown_selector_is_a_failure_with_dbts_own_words(workspace):
    with pytest.raises(RunFailedError, match="no_such_selector"):
        run_dbt(workspace, ["build", "--selector", "no_such_selector"])
