"""The steps that judge: performance beside baselines, what drives the model, the audit."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from analytics.evaluation import (
    THRESHOLDS,
    Predictions,
    calibration_curve,
    decision_curve,
    measure_performance,
    predictions_of,
)
from analytics.fairness import audit, group_people
from analytics.features import tidy_csr
from analytics.models import covariate_importance, read_model
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, load_matrix, save_frames
from analytics.pipelines.learning import population_rows
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.pipelines.study_run import StudyRun
from analytics.studies import Study, blind_spot

THIS_FILE = ("pipelines/judging", "pipelines/artefacts")
IMPORTANT_SHOWN = 40
ROWS_EXPLAINED = 5_000
SEEN = ("sex", "age_band")
RACE_AND_ETHNICITY = ("race", "ethnicity")


def evaluate_step(run: StudyRun) -> Step:
    """Discrimination, calibration and net benefit of each model, on people it had not seen."""
    study, folder, train = run.study, run.folder("evaluate"), run.folder("train")

    def do() -> StepResult:
        risks = load_frame(train, "risks")
        frames: dict[str, list[pl.DataFrame]] = {
            "model_performance": [],
            "calibration": [],
            "decision_curve": [],
        }
        for name in study.models:
            predictions = _predictions(risks, name)
            # The threshold in use is one of the curve's: the audit counts people at it too.
            in_use = _threshold(train, name)
            thresholds = (*THRESHOLDS, *([in_use] if 0 < in_use < 1 else []))
            found = {
                "model_performance": measure_performance(
                    predictions,
                    replicates=study.bootstrap_replicates,
                    generator=np.random.default_rng(study.seed),
                ).with_columns(
                    validation=pl.lit(_validation(train)),
                ),
                "calibration": calibration_curve(
                    predictions, smallest_cell=run.settings.smallest_cell
                ),
                "decision_curve": decision_curve(
                    predictions,
                    thresholds=thresholds,
                    replicates=study.bootstrap_replicates,
                    generator=np.random.default_rng(study.seed),
                ),
            }
            for table, frame in found.items():
                frames[table].append(frame.with_columns(model_name=pl.lit(name)))
        tables = {table: pl.concat(parts) for table, parts in frames.items()}
        tables["covariate_importance"] = _importance(run)
        replace_folder(folder, lambda partial: save_frames(partial, tables))
        auroc = tables["model_performance"].filter(
            (pl.col("metric") == "auroc") & (pl.col("model_name") == study.models[0])
        )
        return StepResult(n_people=risks["person_id"].n_unique(), detail=_auroc_in_words(auroc))

    return Step(
        name=f"{study.name}/evaluate",
        title="Evaluate on people kept aside",
        study=study.name,
        position=4,
        inputs={
            **_trained(run),
            "values": fingerprints.of_file(run.folder("covariates") / "values.parquet"),
            "code": fingerprints.of_rooms("evaluation", "models", *THIS_FILE),
        },
        do=do,
        outputs=(folder,),
    )


def audit_step(run: StudyRun) -> Step:
    """The first model's metrics by group, with intervals and verdicts."""
    study, folder, train = run.study, run.folder("audit"), run.folder("train")

    def do() -> StepResult:
        risks = load_frame(train, "risks")
        people = risks.select("person_id", "index_date").join(
            run.landed("person").select("person_id", "year_of_birth", "sex", "race", "ethnicity"),
            on="person_id",
            how="left",
            maintain_order="left",
        )
        groups = group_people(
            people.with_columns(age=pl.col("index_date").dt.year() - pl.col("year_of_birth")),
            study.audit.attributes,
        )
        name = study.models[0]
        sees_race = study.covariates.use_race_and_ethnicity
        report = audit(
            predictions=_predictions(risks, name),
            groups=groups,
            threshold=_threshold(train, name),
            replicates=study.bootstrap_replicates,
            generator=np.random.default_rng(study.seed),
            reference_groups={
                attribute: study.audit.reference_group(attribute)
                for attribute in study.audit.attributes
            },
            smallest_cell=run.settings.smallest_cell,
            seen_by_model=SEEN + (RACE_AND_ETHNICITY if sees_race else ()),
        )
        rows = report.rows.with_columns(model_name=pl.lit(name))
        replace_folder(folder, lambda partial: save_frames(partial, {"fairness_audit": rows}))
        return StepResult(
            n_people=risks["person_id"].n_unique(), detail=report.in_words(), notes=_notes(study)
        )

    return Step(
        name=f"{study.name}/audit",
        title="Audit by sex, age, race, ethnicity",
        study=study.name,
        position=5,
        inputs={
            **_trained(run),
            "person": fingerprints.of_file(run.landed_file("person")),
            "code": fingerprints.of_rooms(
                "fairness", "evaluation", "studies/blind_spot", *THIS_FILE
            ),
        },
        do=do,
        outputs=(folder,),
    )


def _notes(study: Study) -> tuple[str, ...]:
    """What the audit cannot see, where that hides a group that is recorded less often."""
    blind = blind_spot(study.outcome_seen_as)
    return (f"{study.name}: {blind.words}",) if blind.hides_under_recording else ()


def _trained(run: StudyRun) -> dict[str, str]:
    settings = run.study.model_dump_json(
        include={"models", "audit", "bootstrap_replicates", "seed", "covariates", "outcome_seen_as"}
    )
    return {
        "train": fingerprints.of_folder(run.folder("train")),
        "settings": fingerprints.of_text(settings),
        "smallest_cell": str(run.settings.smallest_cell),
    }


def _predictions(risks: pl.DataFrame, model_name: str) -> Predictions:
    return predictions_of(
        risks["person_id"].to_numpy(), risks["had_outcome"].to_numpy(), risks[model_name].to_numpy()
    )


def _threshold(train: Path, model_name: str) -> float:
    return read_model((train / f"{model_name}.json").read_text()).threshold


def _validation(train: Path) -> str:
    return str(json.loads((train / "validation.json").read_text()))


def _importance(run: StudyRun) -> pl.DataFrame:
    """What the first model that has covariates uses most, on rows it was judged on."""
    train = run.folder("train")
    reference = load_frame(train, "covariate_ref")
    evaluated = load_frame(train, "risks")
    generator = np.random.default_rng(run.study.seed)
    chosen = np.sort(
        generator.choice(evaluated.height, min(ROWS_EXPLAINED, evaluated.height), replace=False)
    )
    rows = evaluated[chosen]
    matrix = load_matrix(run.folder("covariates"))
    covariates = tidy_csr(matrix, reference)[rows["row_id"].to_numpy()]
    parts = []
    for name in run.study.models:
        if name == "age_and_sex":
            continue
        model = read_model((train / f"{name}.json").read_text())
        found = covariate_importance(
            model.contributions(population_rows(run, rows, covariates)),
            covariates=covariates,
            person_id=rows["person_id"].to_numpy(),
            covariate_reference=reference,
        )
        parts.append(
            found.filter(pl.col("covariate_rank") <= IMPORTANT_SHOWN)
            .drop("covariate_id")
            .with_columns(model_name=pl.lit(name))
        )
    return pl.concat(parts) if parts else pl.DataFrame()


def _auroc_in_words(row: pl.DataFrame) -> str:
    value, lower, upper = row.select("value", "value_lower", "value_upper").row(0)
    if value is None:
        return "AUROC undefined"
    interval = "" if lower is None else f" ({lower:.2f} to {upper:.2f})"
    return f"AUROC {value:.2f}{interval}"
