"""The steps of a pathway study: find the pathways, hand them to the warehouse."""

from collections.abc import Iterator

import polars as pl

from analytics.errors import StudyError
from analytics.pathways import find_pathways
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, save_frames
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.studies import PathwayStudy
from analytics.warehouse import Workspace, read_landed, write_results


def pathway_steps(study: PathwayStudy, place: Workspace) -> Iterator[Step]:
    """The steps in order; each is made when the one before has run."""
    yield _find_step(study, place)
    yield _results_step(study, place)


def _find_step(study: PathwayStudy, place: Workspace) -> Step:
    folder = place.studies / study.name / "pathways"
    wanted = {event.concept_set: event.event for event in study.events}
    targets = (
        read_landed(place, "cohort")
        .filter(pl.col("cohort_name") == study.target)
        .select("person_id", "start_day", "end_day")
        .collect()
    )
    events = (
        read_landed(place, "built_drug_era")
        .filter(pl.col("concept_set").is_in(list(wanted)))
        .select(
            pl.col("concept_set").replace_strict(wanted, return_dtype=pl.String).alias("event"),
            "person_id",
            "start_day",
            "end_day",
        )
        .collect()
    )

    def do() -> StepResult:
        if targets.is_empty():
            raise StudyError(
                f"{study.name}: nobody is in the target cohort '{study.target}'. Look at its model "
                "in dbt_project/models/cohorts/ and at what this CDM records."
            )
        found = find_pathways(study, targets=targets, events=events)
        frames = {
            "pathway_step": found.steps,
            "person_pathway": found.person_pathway.with_columns(target_cohort=pl.lit(study.target)),
        }
        replace_folder(folder, lambda partial: save_frames(partial, frames))
        treated = found.person_pathway.filter(pl.col("n_steps") > 0)
        return StepResult(
            n_people=found.person_pathway["person_id"].n_unique(),
            detail=f"{treated['pathway'].n_unique():,} different pathways",
        )

    return Step(
        name=f"{study.name}/pathways",
        title="Treatment pathways",
        study=study.name,
        position=1,
        inputs={
            "study": fingerprints.of_text(study.model_dump_json()),
            "targets": fingerprints.of_frame(targets),
            "events": fingerprints.of_frame(events),
            "code": fingerprints.of_rooms("pathways", "studies", "pipelines/pathway_run"),
        },
        do=do,
        outputs=(folder,),
    )


def _results_step(study: PathwayStudy, place: Workspace) -> Step:
    folder = place.studies / study.name / "pathways"
    inputs = {
        name: fingerprints.of_file(folder / f"{name}.parquet")
        for name in ("pathway_step", "person_pathway")
    }

    def do() -> StepResult:
        frames = {name: load_frame(folder, name) for name in inputs}
        run_id = f"{study.name}-{fingerprints.of_mapping(inputs)}"
        write_results(place, frames, run_id=run_id, study=study.name)
        return StepResult(detail=f"{len(frames)} tables")

    return Step(
        name=f"{study.name}/results",
        title="Results into the warehouse",
        study=study.name,
        position=2,
        inputs={**inputs, "contracts": fingerprints.of_house("data_contracts/results")},
        do=do,
        outputs=(place.warehouse,),
    )
