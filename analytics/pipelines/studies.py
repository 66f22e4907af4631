"""Answer a study from end to end, in the order of its steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analytics.days import to_date
from analytics.disclosure.in_words import count_in_words
from analytics.errors import BadInputError, near_miss
from analytics.features.build import Engine
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import save_frames
from analytics.pipelines.describing import characterise_step
from analytics.pipelines.judging import audit_step, evaluate_step
from analytics.pipelines.learning import STEPS, covariates_step, population_step, train_step
from analytics.pipelines.packaging import latest_model_id, load_latest_package, package_step
from analytics.pipelines.pathway_run import pathway_steps
from analytics.pipelines.predicting import RisksAsOf, predict_risks
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.showing import Tables, attrition_tables, risk_tables, study_tables
from analytics.pipelines.steps import Display, Runner, Step, StepResult, replace_folder
from analytics.pipelines.study_fit import waived
from analytics.pipelines.study_results import results_step
from analytics.pipelines.study_run import StudyRun, open_study, prediction_study
from analytics.settings import current_settings
from analytics.studies import PathwayStudy, Study
from analytics.warehouse import Workspace, read_landed


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a run has to show at the terminal: titled tables, and the folder they come from.

    `passed_over`: why studies were not answered; `waivers`: what the answer rests on all the same.
    """

    workspace: Path
    shown: tuple[tuple[str, pl.DataFrame], ...] = ()
    passed_over: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()

    def tables(self) -> Tables:
        """Titles and frames, in the order to print them."""
        return list(self.shown)


def run_study(
    name: str,
    *,
    workspace: Path,
    display: Display,
    engine: Engine = "polars",
    until: str | None = None,
    publishes: bool = True,
    runner: Runner | None = None,
) -> Answer:
    """Answer a prediction or pathway study and publish what it found.

    `until` ends after that step (population, covariates, train, evaluate, predict) without
    publishing. Steps whose inputs are unchanged are reused. Without `publishes` the answer has no
    tables: they are shown as published.
    """
    place = Workspace(root=workspace)
    if until is not None and until not in STEPS:
        raise BadInputError(
            f"There is no step '{until}'.{near_miss(until, STEPS)} Steps are {', '.join(STEPS)}."
        )
    study = open_study(name, place)
    runner = runner or Runner(place.state, display)
    if isinstance(study, PathwayStudy):
        return _run_pathways(study, place, runner, publishes=publishes)
    run = StudyRun(
        place=place, study=study, runner=runner, settings=current_settings(), engine=engine
    )
    makers: list[tuple[str, Callable[[StudyRun], Step]]] = [
        ("population", population_step),
        ("covariates", covariates_step),
        ("train", train_step),
        ("evaluate", evaluate_step),
        ("evaluate", audit_step),
        ("evaluate", characterise_step),
        ("evaluate", package_step),
        ("predict", _predict_step),
    ]
    last = STEPS.index(until) if until else len(STEPS)
    for step, make in makers:
        if STEPS.index(step) <= last:
            runner.run(make(run))
    if until is not None:
        return Answer(workspace=workspace, shown=tuple(attrition_tables(run)))
    runner.run(_results_step(run))
    return _answer(study, place, runner, publishes=publishes)


def predict_as_of(
    name: str, *, as_of: date, workspace: Path, out: Path | None, display: Display
) -> Answer:
    """Predict as of a day and write `<out>` (risks) and `<out stem>.reasons.parquet`.

    Beside each risk stand the waivers that it rests on (`waivers`, one a line; empty: none): those
    of the data of today, and those of the data that the model learned from, maybe of another build.
    Raises BadInputError when the study has no trained model here, or the day lies outside the CDM.
    """
    place = Workspace(root=workspace)
    study = prediction_study(name, place)
    run = StudyRun(
        place=place,
        study=study,
        runner=Runner(place.state, display),
        settings=current_settings(),
    )
    first, last = _cdm_days(place)
    if not first <= as_of <= last:
        raise BadInputError(
            f"--as-of {as_of} lies outside the data, which go from {first} to {last}. "
            "Give a day between these."
        )
    package = load_latest_package(run)
    risks = predict_risks(run, package, latest_model_id(run), as_of)
    target = out or place.root / "predictions" / f"{study.name}-{as_of}.parquet"
    signed = waived(study, place)
    before = (f"The model learned when {said}" for said in package.waivers if said not in signed)
    signed += tuple(before)
    _write_risks(risks, target, signed)
    return Answer(
        workspace=workspace, shown=tuple(risk_tables(study, risks, target)), waivers=signed
    )


def run_pathways(name: str, *, workspace: Path, display: Display) -> Answer:
    """Find the pathways of a pathway study and publish them."""
    place = Workspace(root=workspace)
    study = open_study(name, place)
    if not isinstance(study, PathwayStudy):
        raise BadInputError(
            f"{study.name} is a prediction study and has no pathways. "
            f"Use: catchment run {study.name}"
        )
    return _run_pathways(study, place, Runner(place.state, display), publishes=True)


def _run_pathways(
    study: PathwayStudy, place: Workspace, runner: Runner, *, publishes: bool
) -> Answer:
    for step in pathway_steps(study, place):
        runner.run(step)
    return _answer(study, place, runner, publishes=publishes)


def _answer(
    study: Study | PathwayStudy, place: Workspace, runner: Runner, *, publishes: bool
) -> Answer:
    """Publish, and show what was published; nothing to show where somebody else publishes."""
    if not publishes:
        return Answer(workspace=place.root)
    publish_marts(workspace=place.root, display=runner.display, runner=runner)
    shown = tuple(study_tables(study, place))
    return Answer(workspace=place.root, shown=shown, waivers=waived(study, place))


def _predict_step(run: StudyRun) -> Step:
    """The risk list of the CDM's last complete day."""
    study, folder = run.study, run.folder("predict")
    _, last_day = _cdm_days(run.place)

    def do() -> StepResult:
        risks = predict_risks(run, load_latest_package(run), latest_model_id(run), last_day)
        frames = {
            "prediction": risks.prediction,
            "prediction_reason": risks.prediction_reason,
        }
        replace_folder(folder, lambda partial: save_frames(partial, frames))
        flagged = int(risks.prediction["is_flagged"].sum())
        nobody = f"Nobody is to be scored on {last_day}, the last day of observation: the list of "
        return StepResult(
            n_people=risks.prediction["person_id"].n_unique(),
            detail=f"as of {last_day}, "
            f"{count_in_words(flagged, run.settings.smallest_cell)} within capacity",
            notes=(f"{nobody}{study.name} is empty.",) if risks.prediction.is_empty() else (),
        )

    files = ["person", "observation_period", "concept"]
    files += [f"events/{domain}" for domain in study.covariates.domains]
    return Step(
        name=f"{study.name}/predict",
        title="Risks as of the last day",
        study=study.name,
        position=7,
        inputs={
            "package": fingerprints.of_file(run.folder("package") / "package.txt"),
            "as_of": str(last_day),
            "study": fingerprints.of_text(study.model_dump_json()),
            "cohorts": fingerprints.of_frame(run.cohorts()),
            **{name: fingerprints.of_file(run.landed_file(name)) for name in files},
            "code": fingerprints.of_rooms("population", "features", "models", "pipelines"),
        },
        do=do,
        outputs=(folder,),
    )


RESULTS = {
    "population": ("attrition",),
    "train": ("study_population",),
    "evaluate": ("model_performance", "calibration", "decision_curve", "covariate_importance"),
    "audit": ("fairness_audit",),
    "characterise": ("cohort_characteristic",),
    "predict": ("prediction", "prediction_reason"),
}


def _results_step(run: StudyRun) -> Step:
    """Hand everything the study found to the warehouse."""
    files = {
        name: run.folder(step) / f"{name}.parquet"
        for step, names in RESULTS.items()
        for name in names
    }

    def read() -> dict[str, pl.DataFrame]:
        frames = {name: pl.read_parquet(file) for name, file in files.items()}
        frames["study_attrition"] = frames.pop("attrition")
        frames["model_performance"] = _with_model_id(run, frames["model_performance"])
        return frames

    return results_step(
        run.study,
        run.place,
        position=8,
        inputs={
            **{name: fingerprints.of_file(file) for name, file in files.items()},
            "package": fingerprints.of_file(run.folder("package") / "package.txt"),
        },
        read=read,
    )


def _with_model_id(run: StudyRun, performance: pl.DataFrame) -> pl.DataFrame:
    """The package's id for the model that was packaged, a hash of its file for each baseline."""
    ids = {
        name: fingerprints.of_file(run.folder("train") / f"{name}.json")
        for name in run.study.models
    }
    ids[run.study.models[0]] = latest_model_id(run)
    return performance.with_columns(model_id=pl.col("model_name").replace_strict(ids))


def _cdm_days(place: Workspace) -> tuple[date, date]:
    first, last = (
        read_landed(place, "cdm").select("first_day", "last_complete_day").collect().row(0)
    )
    return to_date(first), to_date(last)


def _write_risks(risks: RisksAsOf, target: Path, signed: Sequence[str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    reasons = target.with_name(f"{target.stem}.reasons.parquet")
    prediction = risks.prediction.with_columns(waivers=pl.lit("\n".join(signed)))
    for frame, path in ((risks.prediction_reason, reasons), (prediction, target)):
        partial = path.with_name(f".{path.name}.partial")
        frame.write_parquet(partial)
        partial.replace(path)
