"""What studies found, in the warehouse: written there by each, and shown only while it counts.

Results count while they rest on the CDM that the workspace holds and on the waivers of today, and
these data are fit for their study. Those that do not are withheld whole: they leave the warehouse,
their files stay, and running the study again brings them back.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import yaml

from analytics.errors import BadInputError
from analytics.pipelines import fingerprints
from analytics.pipelines.built_workspace import checked_prints
from analytics.pipelines.steps import Runner, Step, StepResult, write_aside
from analytics.pipelines.study_fit import Unfit, has_drug_eras, list_stopping, waived
from analytics.pipelines.study_uses import files_of, list_parts
from analytics.studies import PathwayStudy, Study, check_cohorts, list_studies, load_study
from analytics.warehouse import Workspace, read_landed, write_results
from analytics.warehouse.dbt_graph import read_graph

DEFINITION = "study.yaml"
"""Beside what a study found, the study as it was when it found it."""
MOST_NAMED = 3


def results_step(
    study: Study | PathwayStudy,
    place: Workspace,
    *,
    position: int,
    inputs: Mapping[str, str],
    read: Callable[[], Mapping[str, pl.DataFrame]],
) -> Step:
    """Hand everything that the study found to the warehouse, in one transaction."""
    whole = {
        **inputs,
        **_rest_on(study, place),
        "contracts": fingerprints.of_house("data_contracts/results"),
    }

    def do() -> StepResult:
        frames = read()
        definition = yaml.safe_dump(study.model_dump(mode="json"), sort_keys=False)
        write_aside(_definition(study.name, place), definition)
        run_id = _run_id(study.name, fingerprints.of_mapping(whole))
        write_results(place, frames, run_id=run_id, study=study.name)
        return StepResult(detail=f"{len(frames)} tables")

    return Step(
        name=step_name(study.name),
        title="Results into the warehouse",
        study=study.name,
        position=position,
        inputs=whole,
        do=do,
        outputs=(place.warehouse,),
    )


def step_name(study: str) -> str:
    """What the step is called that hands over what a study found."""
    return f"{study}/results"


def run_id_of(study: str, place: Workspace) -> str | None:
    """The run id that the rows carry which the study handed over last; None where it did not."""
    handed_over = Runner(place.state).remembered(step_name(study))
    return None if handed_over is None else _run_id(study, handed_over.key)


def list_answered(place: Workspace) -> tuple[str, ...]:
    """The studies that ever handed over results in this workspace, by name."""
    told = {path.parent.name for path in place.studies.glob(f"*/{DEFINITION}")}
    # Another version of the product left no definition.
    remembered = Runner(place.state).ended()
    return tuple(
        sorted(told | {one.study for one in remembered if one.name == step_name(one.study)})
    )


def list_withheld(place: Workspace, *, where: str = "") -> dict[str, str]:
    """Of the studies that ever had results here those whose results do not count: why, what to do.

    The reason is read on pages: it names checks, no number of rows and no place on a disk, but for
    what a terminal is told of `where` to run a study again. Raises BadInputError for waivers that
    cannot be taken.
    """
    reasons = {name: _why_withheld(name, place, where) for name in list_answered(place)}
    return {name: reason for name, reason in reasons.items() if reason is not None}


def _why_withheld(name: str, place: Workspace, where: str) -> str | None:
    again = f"catchment run {name if name in list_studies() else 'FILE.yaml'}{where}"
    out_of_date = (
        f"{name} is out of date: it has no results on what the workspace holds now (CDM, cohorts "
        f"and units), with the waivers of today. Run it again: {again}"
    )
    try:
        study = load_study(_definition(name, place))
        check_cohorts(study, _cohorts_in(place))
    except BadInputError:
        # Another version of the product wrote it, or a cohort of it is gone.
        return out_of_date
    if stopping := list_stopping(study, place):
        more = len(stopping) - MOST_NAMED
        named = ", ".join(map(_named, stopping[:MOST_NAMED])) + f" and {more} more" * (more > 0)
        return (
            f"{name} is stopped: data that it uses are past their limit ({named}). Correct the CDM "
            f"and build again, or sign a waiver; then run the study again: {again}"
        )
    handed_over = Runner(place.state).remembered(step_name(name))
    counts = handed_over and _rest_on(study, place).items() <= handed_over.inputs.items()
    return None if counts else out_of_date


def _cohorts_in(place: Workspace) -> pl.Series:
    return read_landed(place, "cohort_rule_count").select("cohort_name").collect().to_series()


def _named(unfit: Unfit) -> str:
    gone = unfit.expired
    return unfit.check_id + ("" if gone is None else f", whose waiver expired on {gone.last_day}")


def _run_id(study: str, key: str) -> str:
    return f"{study}-{key}"


def _rest_on(study: Study | PathwayStudy, place: Workspace) -> dict[str, str]:
    """What results rest on besides the steps that found them: the build, and who signed.

    Of the build the tables of the CDM, the dbt models that the study is made of, and the units.
    """
    graph = read_graph(place)
    parts = list_parts(study, graph, has_drug_eras=has_drug_eras(place))
    return {
        "cdm": checked_prints(place)[0],
        "models": fingerprints.of_mapping(files_of(parts, graph)),
        "macros": fingerprints.of_house("dbt_project/macros"),
        "units": fingerprints.of_house("data_contracts/units"),
        "waivers": fingerprints.of_text("\n".join(waived(study, place))),
    }


def _definition(study: str, place: Workspace) -> Path:
    return place.studies / study / DEFINITION
