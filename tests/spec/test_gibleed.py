"""The first real CDM: who takes a first NSAID, and who bleeds within a year.

The counts are those of ../shared/data/README.md. Each is asked three times: of what the command
prints, of the marts, and of the CDM's own files in SQL written here.
"""

import json

import polars as pl
import pytest
import yaml

from analytics.pathways import find_pathways
from analytics.pipelines.pathway_events import notes_on, study_events, together
from analytics.studies import PathwayEvent, load_study
from analytics.warehouse import Workspace, read_landed
from tests.support.command_line import catchment_here, printed_rows, worked
from tests.support.pages import PAGES, open_page, text_of

pytestmark = pytest.mark.needs_shared

STUDY = "gi_bleed_nsaid_1y"
QUESTION = "Gastrointestinal haemorrhage within a year of a first NSAID: what each rule left"
COHORT = "Cohort new_nsaid_user: what each rule left"
OF_NOBODY = "field_isforeignkey_observation_period_person_id"

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

PAIN_KILLERS = {
    "Celecoxib": (1118084,),
    "Diclofenac": (1124300,),
    "Ibuprofen": (1177480,),
    "Naproxen": (1115008,),
    "Aspirin": (1112807,),
    "Acetaminophen": (1125315,),
}


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
    (found,) = (
        one
        for one in json.loads((tmp_path / "quality" / "checks.json").read_text())["checks"]
        if one["check_id"] == OF_NOBODY
    )
    assert (found["num_violated_rows"], found["num_denominator_rows"]) == (2649, 5343)
    assert (tmp_path / "quality" / "quality_report.html").is_file()
    # Published to the nearest multiple of 11.
    assert gibleed.published(
        f"select n_violated, share from ohdsi_check where check_id = '{OF_NOBODY}'"
    ) == [(2651, 0.496)]
    assert gibleed.recorded(
        "select count(*) from observation_period "
        "where person_id not in (select person_id from person)"
    ) == [(2649,)]


def test_1844_of_them_choose_celecoxib_first_and_850_diclofenac(gibleed, tmp_path):
    """All 2,694, observed or not, followed for ten years; events are the CDM's eras of ingredients.

    ../shared/data/README.md: celecoxib first 1,844, diclofenac first 850.
    """
    ingredients = {number: name for name, (number,) in PAIN_KILLERS.items()}
    numbers = ", ".join(str(number) for number in ingredients)
    rows = gibleed.recorded(
        f"{FIRST_NSAID} select 1 as cohort_definition_id, person_id, index_date, index_date + 3650 "
        "from first_nsaid union all "
        "select drug_concept_id, person_id, drug_era_start_date, drug_era_end_date "
        f"from drug_era where drug_concept_id in ({numbers})"
    )
    columns = ("cohort_definition_id", "subject_id", "cohort_start_date", "cohort_end_date")
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(tmp_path / "rows.parquet")
    asked = {"targets": {1: "First of the two"}, "events": ingredients}
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump(asked))
    files = ("--cohorts", tmp_path / "rows.parquet", "--settings", tmp_path / "settings.yaml")
    worked(catchment_here("pathways", *files, "--out", tmp_path / "out"))

    steps = pl.read_parquet(tmp_path / "out" / "steps.parquet").filter(pl.col("step") == 1)
    chosen = dict(steps.group_by("event").len().iter_rows())
    found = pl.read_parquet(tmp_path / "out" / "pathways.parquet")
    assert chosen == {"Celecoxib": 1844, "Diclofenac": 850}
    assert found["person_id"].n_unique() == found.height == 2694
    assert (found["pathway"].str.count_matches("-") > 0).sum() > 1000


def test_in_the_study_those_who_are_observed_choose_as_the_cdm_says(gibleed):
    place, study = Workspace(root=gibleed.workspace), load_study("nsaid_treatment")
    targets = read_landed(place, "cohort").filter(pl.col("cohort_name") == study.target).collect()
    found = find_pathways(study, targets=targets, events=together(study_events(study, place)))

    first = found.steps.filter(pl.col("step") == 1).group_by("event").len()
    by_hand = gibleed.recorded(
        f"{FIRST_NSAID} select drug_concept_id, count(distinct person_id) from observed "
        "inner join drug_era using (person_id) "
        "where drug_era_start_date = index_date and drug_concept_id in (1118084, 1124300) "
        "group by drug_concept_id"
    )
    assert sorted(by_hand) == [(1118084, 1800), (1124300, 830)]
    assert sorted(first.rows()) == [("Celecoxib", 1800), ("Diclofenac", 830)]


def test_the_studys_events_are_the_cdms_own_eras_and_a_class_holds_its_ingredients(gibleed):
    place, study = Workspace(root=gibleed.workspace), load_study("nsaid_treatment")
    found = {one.event: one for one in study_events(study, place)}
    nsaids = PathwayEvent(concepts=(21603933,), source="drug_era", event="NSAID")
    (of_class,) = study_events(study.model_copy(update={"events": (nsaids,)}), place)

    for name, (number,) in PAIN_KILLERS.items():
        eras = gibleed.recorded(
            f"select count(*) from drug_era where drug_concept_id = {number} "
            "and person_id in (select person_id from person)"
        )
        assert [(found[name].records.height,)] == eras, name
    assert {one.source for one in found.values()} == {"drug_era"}
    # ATC M01A, as far as this CDM's concept_ancestor goes.
    four = ("Celecoxib", "Diclofenac", "Ibuprofen", "Naproxen")
    assert of_class.records.height == sum(found[name].records.height for name in four)
    assert notes_on(list(found.values()), place) == (
        "Events without a record in this CDM: Other NSAID, Proton pump inhibitor.",
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders(gibleed, page):
    text = text_of(open_page(gibleed.published_folder, page))

    expected = {
        "population": "2,630 people with 2,630 index dates are in the study",
        "model": "AUROC: 0.",
        "fairness": "No disparity: ",
        "treatment_paths": "No study has anything to show on this page yet",
        "lines_of_therapy": "No study has anything to show on this page yet",
        "cohorts": "2,694 people with 113,601 rows are in it",
        "data_quality": "Row breaches: 5",
        "risk_list": "No study has anything to show on this page yet",
    }
    assert expected[page] in text
