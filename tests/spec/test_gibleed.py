"""The first real CDM: who takes a first NSAID, and who bleeds within a year.

The counts are those of ../shared/data/README.md. Each is asked three times: of what the command
prints, of the marts, and of the CDM's own files in SQL written here.
"""

import pytest

from tests.support.command_line import catchment_here, printed_rows
from tests.support.pages import PAGES, open_page, text_of

pytestmark = pytest.mark.needs_shared

STUDY = "gi_bleed_nsaid_1y"
QUESTION = "Gastrointestinal haemorrhage within a year of a first NSAID: what each rule left"
COHORT = "Cohort new_nsaid_user: what each rule left"

# A concept set holds what it names and the descendants that the CDM's vocabulary knows.
FIRST_NSAID = """
    with nsaid as (
        select descendant_concept_id as concept_id
        from concept_ancestor
        where ancestor_concept_id in (1118084, 1124300)
        union
        values (1118084), (1124300)
    ),
    first_nsaid as (
        select person_id, min(drug_exposure_start_date) as index_date
        from drug_exposure
        where drug_concept_id in (from nsaid)
            and person_id in (select person_id from person)
        group by person_id
    ),
    observed as (
        select
            first_nsaid.*,
            index_date - observation_period_start_date as days_before,
            observation_period_end_date - index_date as days_after
        from first_nsaid
        inner join observation_period using (person_id)
        where index_date between observation_period_start_date and observation_period_end_date
    ),
    bleed as (
        select distinct observed.person_id
        from observed
        inner join condition_occurrence using (person_id)
        where condition_start_date - index_date between 1 and 365
            and (
                condition_concept_id = 192671
                or condition_concept_id in (
                    select descendant_concept_id
                    from concept_ancestor
                    where ancestor_concept_id = 192671
                )
            )
    )
"""


def test_2694_people_take_one_for_the_first_time_and_64_of_them_are_not_observed_then(gibleed):
    first, inside = printed_rows(gibleed.run.stdout, COHORT)

    assert first[2:] == ["2,694", "2,694", "–"]
    assert inside[2:] == ["2,630", "2,630", "64"]
    assert gibleed.published(
        "select n_people from cohort_attrition where cohort_name = 'new_nsaid_user' "
        "order by rule_number"
    ) == [(2694,), (2630,)]
    assert gibleed.recorded(
        f"{FIRST_NSAID} select (select count(*) from first_nsaid), (select count(*) from observed)"
    ) == [(2694, 2630)]


def test_all_2630_were_observed_for_a_year_before(gibleed):
    rules = printed_rows(gibleed.run.stdout, QUESTION)
    (washout,) = [row for row in rules if "365 days of observation before" in row[1]]

    assert washout[2:4] == ["2,630", "2,630"]
    assert washout[-1] == "0"
    assert gibleed.recorded(
        f"{FIRST_NSAID} select count(*), min(days_before) >= 365 from observed"
    ) == [(2630, True)]


def test_479_of_them_bleed_on_days_1_to_365(gibleed):
    *rules, _ = printed_rows(gibleed.run.stdout, QUESTION)

    assert rules[-1][2:6] == ["2,630", "2,630", "479", "479"]
    assert gibleed.published(
        f"select n_rows, n_people, n_outcomes, n_people_with_outcome from study_attrition "
        f"where study = '{STUDY}' and is_applied order by step_number desc limit 1"
    ) == [(2630, 2630, 479, 479)]
    assert gibleed.working(
        f"select count(*), count(*) filter (had_outcome) from results.study_population "
        f"where study = '{STUDY}'"
    ) == [(2630, 479)]
    assert gibleed.recorded(f"{FIRST_NSAID} select count(*) from bleed") == [(479,)]


def test_79_of_them_are_observed_for_less_than_a_year_after(gibleed):
    *_, note = printed_rows(gibleed.run.stdout, QUESTION)

    assert note[1].startswith("Note: observed for less than the whole time at risk")
    assert note[2] == "79"
    assert gibleed.published(
        f"select n_rows from study_attrition where study = '{STUDY}' and not is_applied"
    ) == [(79,)]
    assert gibleed.recorded(
        f"{FIRST_NSAID} select count(*) from observed where days_after < 365"
    ) == [(79,)]


def test_check_reports_the_2649_periods_of_people_who_are_not_there(gibleed, tmp_path):
    said = catchment_here("check", gibleed.cdm, "--out", tmp_path / "quality")

    assert said.exit_code == 0
    assert "observation_period.person_id: 2,649 of 5,343 rows (49.6 %)" in " ".join(
        said.stdout.split()
    )
    assert (tmp_path / "quality" / "quality_report.html").is_file()
    assert gibleed.published(
        "select n_violated, n_rows from data_quality "
        "where check_id = 'observation_period.person_id.found_in_person'"
    ) == [(2649, 5343)]
    assert gibleed.recorded(
        "select count(*) from observation_period "
        "where person_id not in (select person_id from person)"
    ) == [(2649,)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders(gibleed, page):
    text = text_of(open_page(gibleed.published_folder, page))

    expected = {
        "population": "2,630 people with 2,630 index dates are in the study",
        "model": "AUROC: 0.",
        "fairness": "No disparity: ",
        "treatment_paths": "No study has anything to show on this page yet",
        "cohorts": "2,694 people with 113,601 rows are in it",
        "data_quality": "Row breaches: 12",
        "risk_list": "No study has anything to show on this page yet",
    }
    assert expected[page] in text
