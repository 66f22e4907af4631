"""The main job from end to end: on simulated people, or on a CDM of one's own."""

from collections.abc import Sequence
from pathlib import Path

from analytics.errors import ContractBreachError, StudyError
from analytics.pipelines.build import build_workspace
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.showing import study_tables
from analytics.pipelines.simulating import Simulation, simulate_step
from analytics.pipelines.steps import Display, Runner
from analytics.pipelines.studies import Answer, run_study
from analytics.pipelines.study_fit import waived
from analytics.pipelines.study_results import step_name
from analytics.studies import list_studies, load_study
from analytics.warehouse import Workspace

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
            # Whatever it found before is no answer any more.
            runner.forget(step_name(name))
            reason = str(error).splitlines()[0].rstrip(".:")
            passed_over.append(f"{reason}. To see more: catchment run {name} --workspace {place}")
    publish_marts(workspace=place, display=display, runner=runner)
    at = Workspace(root=place)
    loaded = [load_study(name) for name in answered]
    return Answer(
        workspace=place,
        shown=tuple(table for study in loaded for table in study_tables(study, at)),
        passed_over=tuple(passed_over),
        waivers=tuple(dict.fromkeys(said for study in loaded for said in waived(study, at))),
    )
