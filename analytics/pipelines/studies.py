"""Answer a study from end to end, in the order of its steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analytics.days import to_date
from analytics.errors import BadInputError, near_miss
from analytics.features.build import Engine
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, save_frames
from analytics.pipelines.judging import audit_step, evaluate_step
from analytics.pipelines.learning import STEPS, covariates_step, population_step, train_step
from analytics.pipelines.packaging import latest_model_id, load_latest_package, package_step
from analytics.pipelines.pathway_run import pathway_steps
from analytics.pipelines.predicting import RisksAsOf, predict_risks
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.steps import Display, Runner, Step, StepResult, replace_folder
from analytics.pipelines.study_run import StudyRun, open_study, prediction_study
from analytics.settings import current_settings
from analytics.studies import PathwayStudy, Study
from analytics.warehouse import Workspace, read_landed, write_results

Tables = list[tuple[str, pl.DataFrame]]
SHOWN_ON_LIST = 10


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a run has to show at the terminal: titled tables, and where the workspace is."""

    workspace: Path
    shown: tuple[tuple[str, pl.DataFrame], ...]
    passed_over: tuple[str, ...] = ()

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
) -> Answer:
    """Answer a prediction or pathway study and publish what it found.

    `until` ends after that step (population, covariates, train, evaluate, predict) without
    publishing. Steps whose inputs are unchanged are reused.
    """
    place = Workspace(root=workspace)
    if until is not None and until not in STEPS:
        raise BadInputError(
            f"There is no step '{until}'.{near_miss(until, STEPS)} Steps are {', '.join(STEPS)}."
        )
    study = open_study(name, place)
    runner = Runner(place.state, display)
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
        ("evaluate", package_step),
        ("predict", _predict_step),
    ]
    last = STEPS.index(until) if until else len(STEPS)
    for step, make in makers:
        if STEPS.index(step) <= last:
            runner.run(make(run))
    if until is None:
        runner.run(_results_step(run))
        if publishes:
            publish_marts(workspace=workspace, display=display, runner=runner)
    return Answer(workspace=workspace, shown=tuple(_study_tables(run)))


def predict_as_of(
    name: str, *, as_of: date, workspace: Path, out: Path | None, display: Display
) -> Answer:
    """Predict as of a day and write `<out>` (risks) and `<out stem>.reasons.parquet`.

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
    risks = predict_risks(run, load_latest_package(run), latest_model_id(run), as_of)
    target = out or place.root / "predictions" / f"{study.name}-{as_of}.parquet"
    _write_risks(risks, target)
    return Answer(workspace=workspace, shown=tuple(_risk_tables(study, risks, target)))


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
    if publishes:
        publish_marts(workspace=place.root, display=runner.display, runner=runner)
    paths = load_frame(place.studies / study.name / "pathways", "person_pathway")
    counted = paths.group_by("pathway").agg(n_people=pl.col("person_id").n_unique())
    shown = counted.sort("n_people", "pathway", descending=[True, False]).head(SHOWN_ON_LIST)
    return Answer(workspace=place.root, shown=((f"{study.title}: commonest pathways", shown),))


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
            detail=f"as of {last_day}, {flagged:,} within capacity",
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
    "predict": ("prediction", "prediction_reason"),
}


def _results_step(run: StudyRun) -> Step:
    """Hand everything the study found to the warehouse, in one transaction."""
    study = run.study
    files = {
        name: run.folder(step) / f"{name}.parquet"
        for step, names in RESULTS.items()
        for name in names
    }
    inputs = {name: fingerprints.of_file(file) for name, file in files.items()}

    def do() -> StepResult:
        frames = {name: pl.read_parquet(file) for name, file in files.items()}
        frames["study_attrition"] = frames.pop("attrition")
        frames["model_performance"] = _with_model_id(run, frames["model_performance"])
        run_id = f"{study.name}-{fingerprints.of_mapping(inputs)}"
        write_results(run.place, frames, run_id=run_id, study=study.name)
        return StepResult(detail=f"{len(frames)} tables")

    return Step(
        name=f"{study.name}/results",
        title="Results into the warehouse",
        study=study.name,
        position=8,
        inputs={
            **inputs,
            "package": fingerprints.of_file(run.folder("package") / "package.txt"),
            "contracts": fingerprints.of_house("data_contracts/results"),
        },
        do=do,
        outputs=(run.place.warehouse,),
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


def _write_risks(risks: RisksAsOf, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    reasons = target.with_name(f"{target.stem}.reasons.parquet")
    for frame, path in ((risks.prediction_reason, reasons), (risks.prediction, target)):
        partial = path.with_name(f".{path.name}.partial")
        frame.write_parquet(partial)
        partial.replace(path)


def _study_tables(run: StudyRun) -> Tables:
    study, tables = run.study, []
    for title, name in (
        (f"Cohort {study.target}: what each rule left", "cohort_rules"),
        (f"{study.title}: what each rule left", "attrition"),
    ):
        frame = _with_left_out(load_frame(run.folder("population"), name))
        tables.append((title, frame.drop("cohort_name", "is_applied", strict=False)))
    if run.folder("evaluate").exists():
        performance = load_frame(run.folder("evaluate"), "model_performance")
        tables.append((f"{study.title}: performance (95 % interval)", _side_by_side(performance)))
    return tables


def _with_left_out(rules: pl.DataFrame) -> pl.DataFrame:
    """One row for each rule, with the rows that it left out (null for the first and for a note)."""
    applied = pl.col("is_applied") if "is_applied" in rules.columns else pl.lit(True)
    left_out = (pl.col("n_rows").shift() - pl.col("n_rows")).alias("n_left_out")
    return rules.with_columns(pl.when(applied).then(left_out))


def _side_by_side(performance: pl.DataFrame) -> pl.DataFrame:
    """One row for each metric, one column for each model: value and interval as text."""
    value, lower, upper = (
        pl.col(name).round(3).cast(pl.String) for name in ("value", "value_lower", "value_upper")
    )
    shown = pl.coalesce(pl.format("{} ({} to {})", value, lower, upper), value, pl.lit("–"))
    return performance.with_columns(shown=shown).pivot(
        on="model_name", index="metric", values="shown"
    )


def _risk_tables(study: Study, risks: RisksAsOf, target: Path) -> Tables:
    counted = pl.DataFrame(
        {
            "n_people": [risks.prediction["person_id"].n_unique()],
            "n_within_capacity": [int(risks.prediction["is_flagged"].sum())],
            "mean_risk": [risks.prediction["risk"].mean()],
            "written_to": [str(target)],
        }
    )
    return [(f"{study.title}, as of {risks.as_of}", counted)]
