"""A real CDM with many readmissions of very few people, and without many tables.

The counts are those of ../shared/data/README.md.
"""

import pytest

from tests.support.command_line import printed_rows
from tests.support.pages import open_page, text_of

pytestmark = pytest.mark.needs_shared

STUDY = "readmission_30d"
QUESTION = "Readmission within 30 days of discharge: what each rule left"
LACKING = ("care_site", "concept_ancestor", "death", "measurement")

FOLLOWED = """
    with stay as (
        select row_number() over () as stay_number, person_id, visit_start_date, visit_end_date
        from visit_occurrence
        where visit_concept_id in (9201, 262)
    ),
    followed as (
        select stay_number, person_id
        from stay
        where exists (
            select 1
            from stay as later
            where later.person_id = stay.person_id
                and later.visit_start_date - stay.visit_end_date between 1 and 30
        )
    )
"""


def test_197_of_1001_stays_are_followed_by_another_and_belong_to_11_people(
    synthea1k,
):
    assert synthea1k.recorded(
        f"{FOLLOWED} select (select count(*) from stay), count(*), count(distinct person_id) "
        "from followed"
    ) == [(1001, 197, 11)]
    assert synthea1k.working(
        """
        with followed as (
            select person_id
            from cohorts.cohort__inpatient_visit as stay
            where exists (
                select 1
                from cohorts.cohort__inpatient_visit as later
                where later.person_id = stay.person_id
                    and later.cohort_start_date - stay.cohort_end_date between 1 and 30
            )
        )
        select
            (select count(*) from cohorts.cohort__inpatient_visit),
            count(*),
            count(distinct person_id)
        from followed
        """
    ) == [(1001, 197, 11)]


def test_the_study_keeps_all_11_of_them(synthea1k):
    *rules, _ = printed_rows(synthea1k.run.stdout, QUESTION)

    assert rules[0][4:6] == ["197", "11"]
    assert rules[-1][4:6] == ["197", "11"]
    assert synthea1k.published(
        f"select n_outcomes, n_people_with_outcome from study_attrition "
        f"where study = '{STUDY}' and is_applied order by step_number desc limit 1"
    ) == [(197, 11)]


def test_a_test_set_would_hold_too_few_so_the_study_is_cross_validated(synthea1k):
    assert "cross-validation by person with 11 people who had the outcome" in synthea1k.run.stdout
    assert synthea1k.published(
        "select distinct validation, n_people_with_outcome from model_performance"
    ) == [("cross_validation", 11)]


@pytest.mark.parametrize("page", ["population", "model", "fairness"])
def test_the_pages_say_that_the_evaluation_rests_on_11_people(synthea1k, page):
    text = text_of(open_page(synthea1k.published_folder, page, study=STUDY))

    assert "The evaluation rests on 11 people with the outcome." in text
    assert "too few to judge" in text


def test_no_group_is_judged_on_so_few(synthea1k):
    judged = synthea1k.published(
        "select count(*) from fairness_audit where verdict in ('within limit', 'disparity')"
    )
    shown = synthea1k.published(
        "select count(*) from fairness_audit where attribute <> 'overall' and value is not null "
        "and metric in ('auroc', 'brier', 'true_positive_rate', 'false_positive_rate')"
    )

    assert judged == [(0,)]
    # 11 people with the outcome cannot be in two groups of which both may be shown.
    assert shown == [(0,)]


def test_what_the_cdm_lacks_is_said_when_it_is_built(synthea1k):
    printed = synthea1k.build.stdout
    (lacking,) = [line for line in printed.splitlines() if "This CDM has no " in line]

    for table in LACKING:
        assert f" {table}" in lacking
    assert "No death. Without it nobody is known to have died" in printed
    assert (
        "No concept_ancestor. Without it a concept set holds only the concepts it names" in printed
    )
    assert "No measurement. Without it no measurement is a covariate" in printed


def test_what_the_cdm_lacks_is_said_on_the_page_about_its_quality(synthea1k):
    text = text_of(open_page(synthea1k.published_folder, "data_quality")).replace("\\", "")

    (lacks,) = (line for line in text.splitlines() if "This CDM has no " in line)
    assert "They are read as empty." in lacks
    for table in LACKING:
        assert table in lacks
    assert "No death. Without it nobody is known to have died" in text


def test_nobody_is_on_a_risk_list_of_a_day_after_which_no_stay_ended(synthea1k):
    assert "the list of readmission_30d is empty" in synthea1k.run.stdout
    assert synthea1k.working("select count(*) from marts.risk_list") == [(0,)]
    assert synthea1k.working(
        """
        select count(*)
        from cohorts.cohort__inpatient_discharge, events.cdm, events.observation_period
        where observation_period.person_id = cohort__inpatient_discharge.person_id
            and observation_period.end_day >= cdm.last_complete_day
            and cohort_end_date
                between date '1970-01-01' + cdm.last_complete_day - 30
                and date '1970-01-01' + cdm.last_complete_day - 1
        """
    ) == [(0,)]
