"""The step that makes a model package of the study's first model, and how it is found again."""

import json
from pathlib import Path

import polars as pl
import yaml

from analytics.contracts import load_unit_contracts
from analytics.errors import BadInputError
from analytics.evaluation import Counts
from analytics.models import read_model
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.pipelines.study_fit import waived
from analytics.pipelines.study_run import StudyRun
from analytics.registry import (
    ModelPackage,
    current_versions,
    find_left_out,
    load_package,
    make_package,
    save_package,
)

POINTER = "package.txt"


def package_step(run: StudyRun) -> Step:
    """Put the trained model, its covariates, performance and audit into one checked folder."""
    study, folder = run.study, run.folder("package")
    parts = {step: run.folder(step) for step in ("train", "evaluate", "audit")}
    unit_counts = run.folder("covariates") / "unit_counts.parquet"

    def do() -> StepResult:
        saved = save_package(_package(run), run.place.packages)
        replace_folder(folder, lambda partial: _point(partial / POINTER, saved.name))
        return StepResult(detail=f"{saved}")

    return Step(
        name=f"{study.name}/package",
        title="Model package",
        study=study.name,
        position=6,
        inputs={
            **{step: fingerprints.of_folder(path) for step, path in parts.items()},
            "unit_counts": fingerprints.of_file(unit_counts),
            "units": fingerprints.of_house("data_contracts/units"),
            "study": fingerprints.of_text(study.model_dump_json()),
            "waivers": fingerprints.of_text("\n".join(waived(study, run.place))),
            "versions": fingerprints.of_mapping(current_versions()),
            "code": fingerprints.of_rooms("registry", "studies/blind_spot", "pipelines/packaging"),
        },
        do=do,
        outputs=(folder / POINTER,),
    )


def load_latest_package(run: StudyRun) -> ModelPackage:
    """The package that the last run of the study made; raises BadInputError where there is none."""
    return load_package(run.place.packages / run.study.name / latest_model_id(run))


def latest_model_id(run: StudyRun) -> str:
    """The id of the package that the last run of the study made."""
    pointer = run.folder("package") / POINTER
    if not pointer.is_file():
        raise BadInputError(
            f"{run.study.name} has no trained model in {run.place.root}. "
            f"Train one first: catchment run {run.study.name} --workspace {run.place.root}"
        )
    return pointer.read_text().strip()


def _point(pointer: Path, model_id: str) -> None:
    pointer.write_text(f"{model_id}\n")


def _package(run: StudyRun) -> ModelPackage:
    study, train = run.study, run.folder("train")
    name = study.models[0]
    learned = load_frame(train, "study_population").filter(~pl.col("is_test"))
    with_outcome = learned.filter("had_outcome")
    performance = load_frame(run.folder("evaluate"), "model_performance")
    calibration = load_frame(run.folder("evaluate"), "calibration")
    return make_package(
        study=study,
        study_yaml=yaml.safe_dump(study.model_dump(mode="json"), sort_keys=False),
        model=read_model((train / f"{name}.json").read_text()),
        covariate_reference=load_frame(train, "covariate_ref"),
        learned_from=Counts(
            n_rows=learned.height,
            n_people=learned["person_id"].n_unique(),
            n_outcomes=with_outcome.height,
            n_people_with_outcome=with_outcome["person_id"].n_unique(),
        ),
        validation=json.loads((train / "validation.json").read_text()),
        performance=performance.filter(pl.col("model_name") == name),
        calibration=calibration.filter(pl.col("model_name") == name),
        audit=load_frame(run.folder("audit"), "fairness_audit"),
        left_out=find_left_out(
            covariates_removed=load_frame(train, "covariates_removed"),
            unit_counts=load_frame(run.folder("covariates"), "unit_counts"),
            units=load_unit_contracts(),
            smallest_cell=run.settings.smallest_cell,
        ),
        smallest_cell=run.settings.smallest_cell,
        waivers=waived(study, run.place),
    )
