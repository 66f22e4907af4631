"""Who is at risk as of a day, said from what was known by then; and who stands on the risk list.

The model is trained once, on the simulated CDM. Then that CDM is taken as it would be if more had
happened from a day on, and as if nothing had: the same package must say the same of that day.
"""

import json
import re
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analytics.studies import load_study
from tests.support.command_line import catchment, worked
from tests.support.later_rows import START, add_later_rows, drop_later_rows, read_tables
from tests.support.workspaces import STUDIES, SimulatedWorkspace, published_marts

DAY = date(2024, 6, 15)
LAST_DAY = date(2024, 12, 31)
ONSET, READMISSION = "diabetes_onset_1y", "readmission_30d"
PREVALENT_AND_EVENT = pytest.mark.parametrize(
    "study", [ONSET, READMISSION], ids=["prevalent", "event"]
)
RACE_OR_ETHNICITY = (
    r"(?i)\b(race|ethnic\w*|white|black|african|asian|indian|alaska|hawaiian|hispanic|latino)\b"
)


def predicted(workspace, study, day):
    """Risks and reasons of everyone the study predicts for on a day."""
    out = workspace.root / "asked" / f"{study}-{day}.parquet"
    worked(catchment("predict", study, "--as-of", day, "-w", workspace.root, "--out", out))
    return pl.read_parquet(out), pl.read_parquet(out.with_suffix(".reasons.parquet"))


def with_another_future(workspace, cdm, folder):
    """The workspace rebuilt from a CDM that differs from a day on; its packages are kept."""
    copy = workspace.copy_to(folder)
    worked(catchment("build", "--cdm", cdm, "-w", copy.root))
    return SimulatedWorkspace(root=copy.root, demo=copy.demo)


@pytest.fixture(scope="module")
def known_then(simulated_workspace):
    """What the models say as of the day, on the CDM that they were trained on."""
    return {study: predicted(simulated_workspace, study, DAY) for study in (ONSET, READMISSION)}


@pytest.fixture(scope="module")
def more_happened(simulated_workspace, known_then, tmp_path_factory):
    folder = tmp_path_factory.mktemp("more")
    people = sorted({person for risks, _ in known_then.values() for person in risks["person_id"]})
    cdm = add_later_rows(simulated_workspace.cdm, folder / "cdm", day=DAY, people=people)
    return with_another_future(simulated_workspace, cdm, folder / "workspace")


@pytest.fixture(scope="module")
def nothing_happened(simulated_workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nothing")
    cdm = drop_later_rows(simulated_workspace.cdm, folder / "cdm", day=DAY)
    return with_another_future(simulated_workspace, cdm, folder / "workspace")


def says_the_same_of_that_day(workspace, known_then, study):
    risks, reasons = known_then[study]
    risks_then, reasons_then = predicted(workspace, study, DAY)

    assert risks.height >= 5
    assert_frame_equal(risks_then, risks, check_exact=True)
    assert_frame_equal(reasons_then, reasons, check_exact=True)


@PREVALENT_AND_EVENT
def test_whatever_happens_on_the_day_or_later_changes_no_person_risk_or_reason(
    known_then, more_happened, study
):
    """Events of every table, stays, diagnoses, deaths, and observation that goes on."""
    says_the_same_of_that_day(more_happened, known_then, study)


@PREVALENT_AND_EVENT
def test_the_risks_are_those_that_could_be_had_on_the_morning_of_the_day(
    known_then, nothing_happened, study
):
    says_the_same_of_that_day(nothing_happened, known_then, study)


def test_a_week_later_what_happened_is_known(simulated_workspace, known_then, more_happened):
    """Else nothing above could fail: the later rows are there, and are read."""
    week_later = DAY + timedelta(7)
    onset_before, _ = predicted(simulated_workspace, ONSET, week_later)
    onset_after, _ = predicted(more_happened, ONSET, week_later)
    stays_before, _ = predicted(simulated_workspace, READMISSION, week_later)
    stays_after, _ = predicted(more_happened, READMISSION, week_later)

    # The day after, diabetes was recorded of everyone for whom it had been predicted.
    predicted_then = set(known_then[ONSET][0]["person_id"])
    assert predicted_then & set(onset_before["person_id"])
    assert predicted_then.isdisjoint(onset_after["person_id"])
    # All of them were in hospital until then.
    left, left_before = (
        stays.filter(pl.col("index_date") == DAY + timedelta(1)).height
        for stays in (stays_after, stays_before)
    )
    assert left > len(predicted_then) / 2
    assert left_before < 10


def test_no_day_outside_the_data_is_predicted(simulated_workspace):
    said = catchment("predict", ONSET, "--as-of", "2025-01-01", "-w", simulated_workspace.root)

    assert said.exit_code != 0
    assert "--as-of 2025-01-01 lies outside the data" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.fixture(scope="module")
def tables(simulated_workspace):
    """The tables of the simulated CDM."""
    return read_tables(simulated_workspace.cdm)


@pytest.fixture(scope="module")
def risk_list(simulated_workspace):
    return published_marts(simulated_workspace.root)["risk_list"]


def test_everyone_on_the_risk_list_is_alive_and_observed_on_the_last_day(risk_list, tables):
    periods = tables["observation_period"]
    observed = periods.filter(
        pl.lit(LAST_DAY).is_between("observation_period_start_date", "observation_period_end_date")
    )
    died = tables["death"].filter(pl.col("death_date") <= LAST_DAY)

    assert periods["observation_period_end_date"].max() == LAST_DAY
    assert set(risk_list["as_of_date"]) == {LAST_DAY}
    assert set(risk_list["person_id"]) <= set(observed["person_id"])
    assert set(risk_list["person_id"]).isdisjoint(died["person_id"])


def test_no_row_that_a_model_learned_from_or_was_judged_on_is_on_the_risk_list(
    risk_list, simulated_workspace
):
    for study in STUDIES:
        listed = set(risk_list.filter(study=study).select("person_id", "index_date").rows())
        population = simulated_workspace.made(study, "population", "rows")
        assert listed.isdisjoint(population.select("person_id", "index_date").rows()), study


def test_the_prevalent_list_is_every_adult_observed_for_a_year_without_diabetes(risk_list, tables):
    """Counted from the CDM's own rows, with nothing of ours between."""
    subsumed = tables["concept_ancestor"].filter(ancestor_concept_id=201826)
    diabetes = [201826, *subsumed["descendant_concept_id"]]
    with_diabetes = tables["condition_occurrence"].filter(
        pl.col("condition_concept_id").is_in(diabetes), pl.col("condition_start_date") < LAST_DAY
    )
    observed_for_a_year_on_new_year = tables["observation_period"].filter(
        pl.col("observation_period_start_date") <= date(2023, 1, 1),
        pl.col("observation_period_end_date") >= LAST_DAY,
    )
    adults = tables["person"].filter(pl.col("year_of_birth") <= 2024 - 18)
    died = tables["death"].filter(pl.col("death_date") <= LAST_DAY)
    expected = set(adults["person_id"]) & set(observed_for_a_year_on_new_year["person_id"]) - set(
        with_diabetes["person_id"]
    ) - set(died["person_id"])

    assert set(risk_list.filter(study=ONSET)["person_id"]) == expected


def test_the_event_list_holds_people_who_left_hospital_in_the_thirty_days_before(risk_list, tables):
    listed = risk_list.filter(study=READMISSION)
    ends = set(
        tables["visit_occurrence"]
        .filter(pl.col("visit_concept_id").is_in([9201, 262]))
        .select("person_id", "visit_end_date")
        .rows()
    )

    assert set(listed.select("person_id", "index_date").rows()) <= ends
    assert listed["index_date"].min() >= LAST_DAY - timedelta(30)
    assert listed["index_date"].max() < LAST_DAY
    assert listed["person_id"].is_unique().all()


@pytest.mark.parametrize("study", STUDIES)
def test_race_and_ethnicity_are_not_among_the_covariates(simulated_workspace, study):
    """Not as facts about the person, nor where a race is recorded as an observation."""
    made = simulated_workspace.made(study, "covariates", "covariate_ref")
    observed = simulated_workspace.landed("events/observation")

    assert observed.filter(concept_id=4013886).height > 0
    assert made.filter(pl.col("concept_id") == 4013886).is_empty()
    assert made.filter(pl.col("domain").is_in(["race", "ethnicity"])).is_empty()
    assert made.filter(pl.col("covariate_name").str.contains(RACE_OR_ETHNICITY)).is_empty()


def test_race_and_ethnicity_are_never_a_reason_even_where_a_study_uses_them(
    simulated_workspace, tmp_path
):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    settings = load_study(ONSET).model_dump(mode="json")
    settings |= {"name": "onset_by_race", "models": ["logistic_l1"], "bootstrap_replicates": 20}
    settings["covariates"] |= {"use_race_and_ethnicity": True, "domains": ["observation"]}
    study = tmp_path / "onset_by_race.yaml"
    study.write_text(json.dumps(settings))

    worked(catchment("run", study, "-w", workspace.root, "--until", "predict"))

    used = workspace.made("onset_by_race", "evaluate", "covariate_importance")
    reasons = workspace.made("onset_by_race", "predict", "prediction_reason")
    assert {"race", "ethnicity"} & set(used["domain"])
    assert reasons.height > 100
    assert reasons.filter(pl.col("reason").str.contains(RACE_OR_ETHNICITY)).is_empty()
    assert reasons.filter(pl.col("covariate_name").str.contains(RACE_OR_ETHNICITY)).is_empty()


CONCEPT_OF = {
    "condition_occurrence": "condition_concept_id",
    "drug_exposure": "drug_concept_id",
    "procedure_occurrence": "procedure_concept_id",
    "measurement": "measurement_concept_id",
    "observation": "observation_concept_id",
    "visit_occurrence": "visit_concept_id",
}


@pytest.fixture(scope="module")
def recorded(tables):
    """The last day before any day, straight from the CDM: person, concept in words, day, value."""
    names = tables["concept"].select("concept_id", "concept_name")
    parts = [
        tables[table]
        .select(
            "person_id",
            concept_id=pl.col(concept),
            day=pl.col(START[table]),
            value=pl.col("value_as_number") if table == "measurement" else pl.lit(None, pl.Float64),
        )
        .join(names, on="concept_id")
        for table, concept in CONCEPT_OF.items()
    ]
    return pl.concat(parts)


MEASURED = re.compile(r"^(.+?) (-?[\d.]+)(?: \D.*?| mL/min/1.73 m²)? on (\d+ \w+ \d+)$")
RECORDED = re.compile(r"^(.+), last on (\d+ \w+ \d+)$")


def last_time(recorded, person, name, before):
    """Days and values of the last day before a day on which something was recorded."""
    of_person = recorded.filter(
        (pl.col("person_id") == person)
        & (pl.col("concept_name") == name)
        & (pl.col("day") < before)
    )
    return of_person.filter(pl.col("day") == of_person["day"].max()).select("day", "value").rows()


def test_each_reason_names_what_is_recorded_last_before_the_index_date(risk_list, recorded):
    """Value and date of every reason of fifty people, looked up in the CDM's own rows."""
    checked = {"measured": 0, "recorded": 0}
    for row in risk_list.sort("risk", descending=True).head(50).rows(named=True):
        for reason in (row[f"reason_{rank}"] for rank in range(1, 6)):
            measured = MEASURED.match(reason or "")
            recorded_on = RECORDED.match(reason or "")
            who, before = row["person_id"], row["index_date"]
            if recorded_on:
                day = datetime.strptime(recorded_on[2], "%d %b %Y").date()
                assert day in {d for d, _ in last_time(recorded, who, recorded_on[1], before)}
                checked["recorded"] += 1
            elif measured:
                day = datetime.strptime(measured[3], "%d %b %Y").date()
                found = last_time(recorded, who, measured[1], before)
                assert (day, float(measured[2])) in [(d, round(v, 2)) for d, v in found], reason
                checked["measured"] += 1

    assert checked["measured"] > 20
    assert checked["recorded"] > 20


def test_a_measurement_of_one_person_by_hand(risk_list, recorded):
    """The first person on the list with a haemoglobin A1c among the reasons."""
    for row in risk_list.sort("risk", descending=True).rows(named=True):
        said = [row[f"reason_{n}"] for n in range(1, 6) if "A1c" in (row[f"reason_{n}"] or "")]
        if said:
            break
    name = "Hemoglobin A1c/Hemoglobin.total in Blood"
    ((day, value),) = last_time(recorded, row["person_id"], name, row["index_date"])

    assert said == [f"{name} {value:g} % on {day.day} {day:%b %Y}"]


def test_a_risk_in_words_is_the_risk(risk_list):
    for study in (ONSET, READMISSION):
        outcome = load_study(study).outcome_in_words
        for risk, words in risk_list.filter(study=study).select("risk", "risk_in_words").rows():
            number, _, what = words.partition(" people like this have ")
            assert what == outcome
            if number == "Fewer than 1 in 100":
                assert risk <= 0.005
            else:
                said = re.fullmatch(r"About (\d+) in 100", number)
                assert abs(risk - int(said[1]) / 100) <= 0.005 + 1e-12
