"""Results count while they rest on this CDM and these waivers, and the data are fit for them."""

from datetime import date

import polars as pl
import pytest

from analytics.pipelines import study_results
from analytics.pipelines.built_workspace import CHECKED
from analytics.pipelines.publishing import run_log
from analytics.pipelines.steps import Runner
from analytics.pipelines.study_fit import Unfit
from analytics.pipelines.study_results import (
    list_answered,
    list_withheld,
    results_step,
    run_id_of,
    step_name,
)
from analytics.pipelines.waivers import Waiver
from analytics.studies import load_study
from analytics.warehouse import Workspace
from analytics.warehouse.dbt_graph import DbtNode

STUDY = load_study("readmission_30d")
OTHER = load_study("diabetes_treatment")
CHECK = "field_isrequired_visit_occurrence_visit_start_date"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace that holds one delivery, which is fit for everyone."""
    place = Workspace(root=tmp_path)
    for folder in (place.state, place.landed):
        folder.mkdir()
    there_are_cohorts(place, STUDY.target, STUDY.outcome, OTHER.target)
    deliver(place, "first")
    is_stopped(monkeypatch)
    waivers_are(monkeypatch)
    monkeypatch.setattr(study_results, "has_drug_eras", lambda place: True)
    models_are(monkeypatch, **{f"cohort__{STUDY.target}": "a", f"cohort__{OTHER.target}": "a"})
    return place


def there_are_cohorts(place, *names):
    frame = pl.DataFrame({"cohort_name": names})
    frame.write_parquet(place.landed / "cohort_rule_count.parquet")


def deliver(place, tables):
    (place.root / "quality").mkdir(exist_ok=True)
    (place.root / "quality" / CHECKED).write_text(tables)


def models_are(monkeypatch, **written):
    nodes = [
        DbtNode(unique_id=name, name=name, kind="model", path="", parents=(), written=text)
        for name, text in written.items()
    ]
    graph = {node.unique_id: node for node in nodes}
    monkeypatch.setattr(study_results, "read_graph", lambda place: graph)


def is_stopped(monkeypatch, *unfit, study=STUDY):
    monkeypatch.setattr(
        study_results, "list_stopping", lambda one, place: unfit if one.name == study.name else ()
    )


def waivers_are(monkeypatch, *said):
    monkeypatch.setattr(study_results, "waived", lambda study, place: said)


def hand_over(place, study=STUDY):
    step = results_step(study, place, position=1, inputs={}, read=dict)
    return Runner(place.state).run(step)


def test_what_was_found_on_the_cdm_that_is_there_counts(place):
    hand_over(place)
    hand_over(place, OTHER)

    assert list_answered(place) == (OTHER.name, STUDY.name)
    assert list_withheld(place) == {}


def test_a_study_that_never_had_results_is_not_withheld(place):
    (place.studies / STUDY.name / "population").mkdir(parents=True)

    assert list_answered(place) == ()
    assert list_withheld(place) == {}
    assert run_id_of(STUDY.name, place) is None


def test_after_another_delivery_only_who_has_run_again_counts(place):
    for study in (STUDY, OTHER):
        hand_over(place, study)
    deliver(place, "second")
    assert set(list_withheld(place)) == {STUDY.name, OTHER.name}

    assert hand_over(place, OTHER).status == "ran"

    (reason,) = list_withheld(place).values()
    assert reason.startswith(
        f"{STUDY.name} is out of date: it has no results on what the workspace holds"
    )
    assert reason.endswith(f"Run it again: catchment run {STUDY.name}")


def test_after_a_cohort_s_model_was_edited_its_study_is_out_of_date_and_no_other(
    place, monkeypatch
):
    for study in (STUDY, OTHER):
        hand_over(place, study)
    models_are(monkeypatch, **{f"cohort__{STUDY.target}": "b", f"cohort__{OTHER.target}": "a"})

    assert set(list_withheld(place)) == {STUDY.name}

    hand_over(place)
    assert list_withheld(place) == {}


def test_after_units_have_changed_nothing_counts(place, monkeypatch):
    hand_over(place)
    monkeypatch.setattr(study_results.fingerprints, "of_house", lambda folder: f"new {folder}")

    assert set(list_withheld(place)) == {STUDY.name}


def test_a_waiver_that_was_signed_since_makes_results_out_of_date(place, monkeypatch):
    hand_over(place)
    waivers_are(monkeypatch, "Waived by A. Person.")

    assert "with the waivers of today" in list_withheld(place)[STUDY.name]

    hand_over(place)
    assert list_withheld(place) == {}


def test_a_stopped_study_is_withheld_with_its_checks_until_it_has_run_again(place, monkeypatch):
    hand_over(place)
    over = Waiver(
        check_id=CHECK,
        study=None,
        signed_by="A. Person",
        day=date(2020, 1, 1),
        last_day=date(2020, 12, 31),
        has_expired=True,
        reason="It was so agreed.",
    )
    unfit = Unfit(check_id=CHECK, message="9 of 10 rows break it.", parts=(), expired=over)
    is_stopped(monkeypatch, unfit)

    (reason,) = list_withheld(place).values()

    assert reason.startswith(f"{STUDY.name} is stopped: data that it uses are past their limit ")
    assert f"({CHECK}, whose waiver expired on 2020-12-31)" in reason
    assert "9 of 10" not in reason
    assert str(place.root) not in reason

    # Published meanwhile: its rows are gone, so being fit again is not enough.
    Runner(place.state).forget(step_name(STUDY.name))
    is_stopped(monkeypatch)
    assert "is out of date" in list_withheld(place)[STUDY.name]
    hand_over(place)
    assert list_withheld(place) == {}


def test_of_many_checks_some_are_named(place, monkeypatch):
    hand_over(place)
    is_stopped(monkeypatch, *(Unfit(check_id=f"check_{n}", message="", parts=()) for n in range(5)))

    assert "(check_0, check_1, check_2 and 2 more)" in list_withheld(place)[STUDY.name]


def test_a_study_that_is_not_shipped_goes_by_its_file(place):
    own = STUDY.model_copy(update={"name": "our_study"})
    hand_over(place, own)
    deliver(place, "second")

    assert list_withheld(place)["our_study"].endswith("catchment run FILE.yaml")


def test_a_definition_that_cannot_be_read_is_out_of_date(place):
    hand_over(place)
    file = place.studies / STUDY.name / study_results.DEFINITION
    file.write_text(file.read_text() + "asked_by: another version\n")

    assert "is out of date" in list_withheld(place)[STUDY.name]


def test_results_whose_definition_was_never_written_are_out_of_date(place):
    hand_over(place)
    (place.studies / STUDY.name / study_results.DEFINITION).unlink()

    assert "is out of date" in list_withheld(place)[STUDY.name]


def test_a_study_whose_cohort_is_gone_is_out_of_date(place):
    hand_over(place)
    hand_over(place, OTHER)
    there_are_cohorts(place, STUDY.target, STUDY.outcome)

    assert set(list_withheld(place)) == {OTHER.name}


def test_the_rows_of_a_run_carry_its_id_and_another_cdm_gives_another(place):
    hand_over(place)
    before = run_id_of(STUDY.name, place)
    deliver(place, "second")
    hand_over(place)

    assert before.startswith(f"{STUDY.name}-")
    assert run_id_of(STUDY.name, place) != before


def test_the_run_log_holds_one_row_of_a_study_that_is_withheld(place):
    hand_over(place)
    hand_over(place, OTHER)

    log = run_log(place, [], {STUDY.name: "It is stopped."})

    assert log.select("study", "status", "note").rows() == [
        (OTHER.name, "ran", None),
        (STUDY.name, "withheld", "It is stopped."),
    ]
    assert log["finished_at"][1] >= log["finished_at"][0]
