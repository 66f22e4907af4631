"""A study file is read into a frozen value, or all its faults are said at once."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from analytics.errors import BadInputError
from analytics.studies import (
    PathwayExit,
    PathwayStudy,
    Study,
    TimeAtRisk,
    check_cohorts,
    check_concept_sets,
    list_studies,
    load_study,
    study_schema_text,
)
from analytics.studies.reader import DEFINITIONS

SHIPPED = [
    "diabetes_onset_1y",
    "diabetes_treatment",
    "gi_bleed_nsaid_1y",
    "nsaid_treatment",
    "readmission_30d",
]


def changed_study(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the readmission study with some of its text replaced."""
    text = (DEFINITIONS / "readmission_30d.yaml").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / "own_study.yaml"
    path.write_text(text)
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(BadInputError) as raised:
        load_study(path)
    return str(raised.value).splitlines()


def test_five_studies_ship():
    assert list_studies() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_study_is_called_what_its_file_is_called(name: str):
    assert load_study(name).name == name


def test_the_readmission_study_counts_the_30_days_after_the_discharge_day():
    study = load_study("readmission_30d")

    assert isinstance(study, Study)
    assert (study.target, study.index) == ("inpatient_discharge", "end")
    assert study.time_at_risk == TimeAtRisk(first_day=1, last_day=30)
    assert study.prediction.within_days == 30


def test_race_and_ethnicity_stay_out_of_the_model_and_in_the_audit():
    for name in SHIPPED:
        study = load_study(name)
        if isinstance(study, Study):
            assert not study.covariates.use_race_and_ethnicity
            assert {"race", "ethnicity"} <= set(study.audit.attributes)


def test_a_pathway_study_has_the_parameters_of_treatmentpatterns():
    study = load_study("diabetes_treatment")

    assert isinstance(study, PathwayStudy)
    assert (study.era_collapse_size, study.combination_window, study.compat) == (30, 30, "clean")


def test_a_study_is_read_from_any_path(tmp_path: Path):
    assert load_study(changed_study(tmp_path, ("readmission_30d", "own_study"))).name == "own_study"


def test_all_faults_of_a_file_are_said_at_once_with_line_field_value_and_near_miss(tmp_path: Path):
    path = changed_study(
        tmp_path,
        ("index: end", "index: ned"),
        ("washout_days: 0 ", "washuot_days: 0 "),
        ("last_day: 30", "last_day: thirty"),
        ("within_days: 30", "within_days: -1"),
        ("race: White", "race: Whit"),
        ("title: ", "titel: "),
    )

    first, *lines = faults_of(path)

    assert first == "own_study.yaml has 7 faults:"
    said = {re.sub(r"^  line \d+, ", "", line).split(":")[0]: line for line in lines}
    assert set(said) == {
        "title",
        "titel",
        "index",
        "time_at_risk.last_day",
        "population.washuot_days",
        "prediction.within_days",
        "audit.reference_groups.race",
    }
    assert "'ned' is not one of start, end. Did you mean 'end'?" in said["index"]
    assert "Did you mean 'washout_days'?" in said["population.washuot_days"]
    assert "'thirty'" in said["time_at_risk.last_day"]
    assert "-1" in said["prediction.within_days"]
    assert "Did you mean 'White'?" in said["audit.reference_groups.race"]
    assert "Did you mean 'title'?" in said["titel"]
    line = 1 + path.read_text().splitlines().index("index: ned")
    assert f"line {line}, index" in said["index"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("first_day: 1", "first_day: 31", "ends before it starts: first_day 31, last_day 30"),
        ("min_time_at_risk_days: 30", "min_time_at_risk_days: 31", "has only 30 days"),
        ("kind: event, within_days: 30", "kind: event", "needs within_days"),
        ("kind: event, within", "kind: prevalent, within", "has no within_days"),
        ("kind: prediction", "kind: predicton", "Did you mean 'prediction'?"),
        ("[30, 180, 365, any]", "[30, 181]", "181 is not one of 30, 180, 365, any"),
        ("[30, 180, 365, any]", "[30, 30]", "30 is given twice"),
        ("first_day: 1", "first_day: 1.5", "1.5"),
        ("test_share: 0.25", "test_share: 1.25", "less than 1"),
        ("seed: 20200101", "index: start", "'index' is given twice"),
        ("target: inpatient_discharge", "target: [", "is not YAML"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, before: str, after: str, said: str):
    assert said in "\n".join(faults_of(changed_study(tmp_path, (before, after))))


@pytest.mark.parametrize("text", ["", "- a list", "just text"])
def test_a_file_that_is_no_study_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "own_study.yaml"
    path.write_text(text)

    assert "is not a list of fields" in "\n".join(faults_of(path))


def test_an_unknown_study_is_refused_with_the_nearest_name():
    with pytest.raises(BadInputError, match="Did you mean 'readmission_30d'"):
        load_study("readmision_30d")


def test_an_unknown_cohort_is_refused_with_the_nearest_name():
    with pytest.raises(BadInputError) as raised:
        check_cohorts(
            load_study("readmission_30d"), ["inpatient_discharges", "inpatient_admission"]
        )

    assert str(raised.value) == (
        "readmission_30d.yaml: target cohort 'inpatient_discharge' does not exist. "
        "Did you mean 'inpatient_discharges'? "
        "Cohorts are the files in dbt_project/models/cohorts/."
    )


def test_both_unknown_cohorts_are_named_at_once():
    with pytest.raises(BadInputError) as raised:
        check_cohorts(load_study("readmission_30d"), ["something_else"])

    assert "target cohort 'inpatient_discharge'" in str(raised.value)
    assert "outcome cohort 'inpatient_admission'" in str(raised.value)


def test_an_unknown_concept_set_of_a_pathway_is_refused_with_the_nearest_name():
    study = load_study("diabetes_treatment")
    assert isinstance(study, PathwayStudy)
    known = {event.concept_set for event in study.events} - {"insulin"} | {"insulins"}

    with pytest.raises(BadInputError, match=r"'insulin' of event .*Did you mean 'insulins'\?"):
        check_concept_sets(study, known)


def test_an_unknown_cohort_of_a_pathways_event_or_exit_is_refused_with_the_nearest_name():
    study = load_study("diabetes_treatment")
    assert isinstance(study, PathwayStudy)
    ending = PathwayExit(cohort="deaths", event="Death")

    with pytest.raises(BadInputError, match=r"event 'Death': cohort 'deaths' .*mean 'death'\?"):
        check_cohorts(study.model_copy(update={"exits": (ending,)}), [study.target, "death"])


def test_a_study_cannot_be_changed():
    study = load_study("readmission_30d")

    with pytest.raises(ValidationError):
        study.name = "another"  # type: ignore[misc]


def test_the_schema_for_editors_is_the_one_the_models_give():
    assert (DEFINITIONS / "study.schema.json").read_text() == study_schema_text()


@pytest.mark.parametrize("joiner", ["-", "+"])
def test_an_event_name_cannot_hold_what_joins_steps_or_combinations(tmp_path, joiner):
    shipped = (DEFINITIONS / "diabetes_treatment.yaml").read_text()
    own = tmp_path / "own.yaml"
    own.write_text(shipped.replace("event: DPP4 inhibitor", f"event: DPP{joiner}4 inhibitor"))

    with pytest.raises(BadInputError, match=r"events\.2\.event|events\[2\]\.event|DPP.4 inhibitor"):
        load_study(str(own))
