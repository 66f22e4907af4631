"""The main job from end to end: on simulated people, or on a CDM of one's own."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from analytics.errors import ContractBreachError, StudyError
from analytics.pipelines.build import build_workspace
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.showing import study_tables
from analytics.pipelines.simulating import Simulation, simulate_step
from analytics.pipelines.steps import Display, Runner
from analytics.pipelines.studies import Answer, run_study
from analytics.studies import list_studies, load_study
from analytics.warehouse import Workspace, write_results

WORKSPACES = Path("workspace")


def run_demo(
    *,
    cdm: Path | None,
    studies: Sequence[str],
    workspace: Path | None,
    persons: int,
    seed: int,
    display: Display,
) -> Answer:
    """Simulate (unless a CDM is given), build, run the studies, publish.

    Without `studies` all shipped ones run; one that this CDM cannot answer, or whose data are past
    a limit, is told and passed over, unless it was asked for by name.
    """
    place = workspace or WORKSPACES / (cdm.stem if cdm else f"simulated-{persons}")
    runner = Runner(place / "state", display)
    if cdm is None:
        cdm = place / "people"
        wanted = Simulation(persons=persons, seed=seed, out=cdm)
        runner.run(simulate_step(wanted, display=display, replaces=True))
    build_workspace(cdm=cdm, workspace=place, display=display, runner=runner)
    answered: list[str] = []
    passed_over: list[str] = []
    for name in studies or list_studies():
        try:
            run_study(name, workspace=place, display=display, publishes=False, runner=runner)
            answered.append(name)
        except (StudyError, ContractBreachError) as error:
            if studies:
                raise
            _forget_results(name, Workspace(root=place))
            reason = str(error).splitlines()[0].rstrip(".:")
            passed_over.append(f"{reason}. To see more: catchment run {name} --workspace {place}")
    publish_marts(workspace=place, display=display, runner=runner)
    shown = [
        table
        for name in answered
        for table in study_tables(load_study(name), Workspace(root=place))
    ]
    return Answer(workspace=place, shown=tuple(shown), passed_over=tuple(passed_over))


def _forget_results(study: str, place: Workspace) -> None:
    """Take away what the study found when this workspace could still answer it."""
    runner = Runner(place.state)
    runner.forget(f"{study}/results")
    empty = {
        name: pl.DataFrame(schema=dict.fromkeys(contract.column_names, pl.Null))
        for name, contract in load_contracts("results").items()
    }
    write_results(place, empty, run_id="", study=study)
