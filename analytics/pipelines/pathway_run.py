"""The steps of a pathway study: find the pathways, hand them to the warehouse."""

from collections.abc import Iterator

import polars as pl

from analytics.disclosure.in_words import count_in_words
from analytics.errors import StudyError
from analytics.pathways import find_courses, people_outside_observation
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, save_frames
from analytics.pipelines.pathway_events import (
    EventRecords,
    eras_in_words,
    notes_on,
    study_events,
    study_exits,
    together,
)
from analytics.pipelines.pathway_tables import RESULTS, pathway_frames, read_followed
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.pipelines.study_fit import waived
from analytics.pipelines.study_results import results_step
from analytics.settings import current_settings
from analytics.studies import PathwayStudy
from analytics.warehouse import Workspace, read_landed


def pathway_steps(study: PathwayStudy, place: Workspace) -> Iterator[Step]:
    """The steps in order; each is made when the one before has run."""
    yield _find_step(study, place)
    yield _results_step(study, place)


def _find_step(study: PathwayStudy, place: Workspace) -> Step:
    folder = place.studies / study.name / "pathways"
    targets = (
        read_landed(place, "cohort")
        .filter(pl.col("cohort_name") == study.target)
        .select("person_id", "start_day", "end_day")
        .collect()
    )
    sources = study_events(study, place)
    events, exits = together(sources), study_exits(study, place)
    signed = waived(study, place)
    followed, smallest_cell = read_followed(place, targets), current_settings().smallest_cell

    def do() -> StepResult:
        if targets.is_empty():
            raise StudyError(
                f"{study.name}: nobody is in the target cohort '{study.target}'. Look at its model "
                "in dbt_project/models/cohorts/ and at what this CDM records."
            )
        courses = find_courses(study, targets=targets, events=events, exits=exits)
        frames = {
            **pathway_frames(study, courses, followed, smallest_cell),
            "pathway_event": _events_in_order(sources),
        }
        replace_folder(folder, lambda partial: save_frames(partial, frames))
        treated = frames["person_pathway"].filter(pl.col("n_steps") > 0)
        return StepResult(
            n_people=frames["person_pathway"]["person_id"].n_unique(),
            detail=", ".join(
                (
                    f"{treated['pathway'].n_unique():,} different pathways",
                    f"compat: {study.compat}",
                    *filter(None, [eras_in_words(sources)]),
                )
            ),
            notes=(
                *notes_on(sources, place),
                *_outside_observation(study, targets, place),
                *signed,
            ),
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
            "sources": fingerprints.of_frame(_events_in_order(sources)),
            "exits": fingerprints.of_frame(exits),
            "periods": fingerprints.of_frame(followed.periods),
            "deaths": fingerprints.of_frame(followed.deaths),
            "smallest_cell": str(smallest_cell),
            "waivers": fingerprints.of_text("\n".join(signed)),
            "code": fingerprints.of_rooms(
                *("pathways", "studies", "pipelines/pathway_run"),
                *("pipelines/pathway_events", "pipelines/pathway_sources"),
                "pipelines/pathway_tables",
            ),
        },
        do=do,
        outputs=(folder,),
    )


def _events_in_order(sources: list[EventRecords]) -> pl.DataFrame:
    """One row for each event of the study: where its records came from."""
    return pl.DataFrame(
        {
            "event_number": number,
            "event": one.event,
            "source": one.source,
            "made_of": one.made_of,
        }
        for number, one in enumerate(sources, start=1)
    )


def _outside_observation(
    study: PathwayStudy, targets: pl.DataFrame, place: Workspace
) -> tuple[str, ...]:
    """A note where windows reach days on which nobody looked."""
    periods = read_landed(place, "observation_period").collect()
    n_people = people_outside_observation(targets, periods, study)
    if not n_people:
        return ()
    count = count_in_words(n_people, current_settings().smallest_cell)
    return (
        f"{count} people have a window that reaches outside their observation: what they took then "
        "may not be recorded.",
    )


def _results_step(study: PathwayStudy, place: Workspace) -> Step:
    folder = place.studies / study.name / "pathways"
    return results_step(
        study,
        place,
        position=2,
        inputs={name: fingerprints.of_file(folder / f"{name}.parquet") for name in RESULTS},
        read=lambda: {name: load_frame(folder, name) for name in RESULTS},
    )
