"""Deliveries that cannot be built on or stop a study: no gate opens, and old results go away."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from analytics.errors import BadInputError, ContractBreachError
from analytics.pipelines import build, exporting, publishing, studies
from analytics.pipelines.build import build_workspace
from analytics.pipelines.built_workspace import CHECKED, check_is_built
from analytics.pipelines.exporting import export_list
from analytics.pipelines.publishing import publish_marts, say_what_is_stale
from analytics.pipelines.steps import Runner, Silent
from analytics.pipelines.studies import predict_as_of, run_study
from analytics.pipelines.study_fit import FIT_CHECKS, list_unfit
from analytics.pipelines.study_run import StudyRun
from analytics.settings import current_settings
from analytics.studies import load_study
from analytics.warehouse import DbtRun, Workspace, read_results
from tests.support.workspaces import PATHWAYS, STUDIES, SimulatedWorkspace

STUDY = load_study("readmission_30d")
OF_EVERY_STUDY = "field_isrequired_visit_occurrence_visit_start_date"
OF_DEVICES = "field_withinvisitdates_device_exposure_device_exposure_start_date"


@pytest.fixture
def unfit(simulated_workspace: SimulatedWorkspace, tmp_path):
    """A built workspace of which one check is past its limit on what a study uses."""
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    find_past_limit(workspace, OF_EVERY_STUDY)
    assert len(list_unfit(STUDY, Workspace(root=workspace.root))) == 1
    return workspace


def find_past_limit(workspace, check_id, *, is_past_limit=True):
    """Have the build found that check past its limit, or not."""
    file = workspace.root / "quality" / FIT_CHECKS
    is_it = pl.col("check_id") == check_id
    checks = pl.read_parquet(file)
    assert checks.filter(is_it).height == 1
    checks.with_columns(
        status=pl.when(is_it).then(pl.lit("failed")).otherwise("status"),
        share=pl.when(is_it).then(0.9).otherwise("share"),
        limit_share=pl.when(is_it).then(0.05).otherwise("limit_share"),
        is_past_limit=pl.when(is_it).then(is_past_limit).otherwise("is_past_limit"),
    ).write_parquet(file)


def change(workspace, **columns):
    file = workspace.cdm / "visit_occurrence.parquet"
    pl.read_parquet(file).with_columns(**columns).write_parquet(file)


def test_after_a_refused_delivery_the_study_is_held_against_the_data_it_has(unfit):
    place = Workspace(root=unfit.root)
    change(unfit, visit_start_date=pl.lit("last week"))

    with pytest.raises(ContractBreachError, match="stops `build`"):
        build_workspace(cdm=unfit.cdm, workspace=unfit.root, display=Silent())

    check_is_built(place)
    assert len(list_unfit(STUDY, place)) == 1
    assert (unfit.root / "quality" / "refused" / "quality_report.html").is_file()


def test_after_a_build_that_was_killed_when_it_had_checked_nothing_runs(unfit, monkeypatch):
    change(unfit, provider_id=pl.lit(None, dtype=pl.Int64))
    monkeypatch.setattr(build, "_land_step", _killed)

    with pytest.raises(KeyboardInterrupt):
        build_workspace(cdm=unfit.cdm, workspace=unfit.root, display=Silent())

    with pytest.raises(BadInputError, match="its last build did not come to its end"):
        check_is_built(Workspace(root=unfit.root))


def _killed(*_arguments):
    raise KeyboardInterrupt


@pytest.fixture
def without_dbt(monkeypatch):
    """Publishing up to the door of dbt, which takes a quarter of a minute."""
    monkeypatch.setattr(publishing, "run_dbt", lambda place, words: DbtRun(seconds_by_node={}))
    monkeypatch.setattr(
        publishing, "publish", lambda place, run_id, *rest: place.published / run_id
    )


def test_results_of_a_stopped_study_leave_the_warehouse_and_come_back_after_the_mend(
    simulated_workspace: SimulatedWorkspace, tmp_path, without_dbt
):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    place = Workspace(root=workspace.root)
    before = read_results(place, "prediction", study=STUDY.name)
    pathways = read_results(place, "person_pathway")
    assert min(before.height, pathways.height) > 0

    assert say_what_is_stale(place.root) == ()
    find_past_limit(workspace, OF_DEVICES)
    assert f"catchment publish --workspace {place.root}" in say_what_is_stale(place.root)[-1]
    publish_marts(workspace=place.root, display=Silent())

    assert studies_with_results(place) == set(PATHWAYS)
    assert read_results(place, "person_pathway").equals(pathways)
    assert set(notes(place)) == set(STUDIES)
    assert OF_DEVICES in notes(place)[STUDY.name]
    assert "catchment run readmission_30d" in notes(place)[STUDY.name]
    assert workspace.made(STUDY.name, "predict", "prediction").height == before.height

    find_past_limit(workspace, OF_DEVICES, is_past_limit=False)
    run_study(STUDY.name, workspace=place.root, display=Silent())

    assert read_results(place, "prediction", study=STUDY.name).equals(before)
    assert studies_with_results(place) == {*PATHWAYS, STUDY.name}
    assert set(notes(place)) == {*STUDIES} - {STUDY.name}
    assert "is out of date" in notes(place)["diabetes_onset_1y"]


def test_a_list_that_counts_no_more_is_not_exported(unfit, tmp_path):
    place, out = Workspace(root=unfit.root), tmp_path / "list.csv"

    def export():
        export_list(STUDY.name, out=out, purpose="calls", workspace=place.root, everyone=True)

    with pytest.raises(ContractBreachError, match=rf"is stopped.*{OF_EVERY_STUDY}"):
        export()

    find_past_limit(unfit, OF_EVERY_STUDY, is_past_limit=False)
    (place.root / "quality" / CHECKED).write_text("another delivery")
    with pytest.raises(BadInputError, match="did not come to its end"):
        export()
    assert not out.exists()


def test_a_list_that_was_published_before_the_last_run_is_not_exported(
    simulated_workspace: SimulatedWorkspace, tmp_path, monkeypatch
):
    out = tmp_path / "list.csv"
    monkeypatch.setattr(exporting, "run_id_of", lambda study, place: f"{study}-another")

    with pytest.raises(ContractBreachError, match="is not what it found last"):
        export_list(
            STUDY.name,
            out=out,
            purpose="calls",
            workspace=simulated_workspace.root,
            everyone=True,
        )
    assert not out.exists()


def test_risks_of_another_day_say_what_the_model_learned_under(
    simulated_workspace: SimulatedWorkspace, tmp_path, monkeypatch
):
    """The waiver was withdrawn when data that need none had come: the model is still the same."""
    withdrawn = "Check x is past its limit. Waived by A. Person."
    package = replace(
        studies.load_latest_package(run_of(simulated_workspace)), waivers=(withdrawn,)
    )
    monkeypatch.setattr(studies, "load_latest_package", lambda run: package)
    out = tmp_path / "risks.parquet"

    answer = predict_as_of(
        STUDY.name,
        as_of=date(2023, 6, 30),
        workspace=simulated_workspace.root,
        out=out,
        display=Silent(),
    )

    assert answer.waivers == (f"The model learned when {withdrawn}",)
    assert set(pl.read_parquet(out)["waivers"]) == set(answer.waivers)


def run_of(workspace):
    place = Workspace(root=workspace.root)
    return StudyRun(
        place=place, study=STUDY, runner=Runner(place.state), settings=current_settings()
    )


def test_a_stopped_study_is_stopped_on_spark_too_before_spark_is_started(unfit):
    with pytest.raises(ContractBreachError, match="may run"):
        run_study(STUDY.name, workspace=unfit.root, display=Silent(), engine="spark")


def studies_with_results(place):
    names = ("study_attrition", "prediction", "person_pathway", "fairness_audit")
    return {study for name in names for study in read_results(place, name)["study"]}


def notes(place):
    """Why studies are withheld, by study, as the run log says."""
    withheld = read_results(place, "run_step").filter(status="withheld")
    return dict(withheld.select("study", "note").rows())
