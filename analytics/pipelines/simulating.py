"""Make up people: one CDM, or several sites that share a truth, as a step that is remembered."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError
from analytics.pipelines import fingerprints
from analytics.pipelines.steps import Display, Runner, Silent, Step, StepResult
from analytics.simulator import simulate, simulate_sites
from analytics.simulator.profile import load_profile
from analytics.simulator.simulation import profile_text
from analytics.simulator.world import Concepts
from analytics.simulator.writing.place import Format

TITLE = "Simulate people"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What is to be simulated, and where it goes; `n_sites` is None for a single CDM."""

    persons: int
    seed: int
    out: Path
    profile: str = "default"
    n_sites: int | None = None
    dirty: bool = False
    format: Format = "parquet"
    density: float = 1.0
    concepts: Concepts = "few"
    processes: int | None = None

    def __post_init__(self) -> None:
        if self.n_sites is not None and self.format == "duckdb":
            raise BadInputError(
                f"--sites {self.n_sites} writes a folder for each site, which --format duckdb "
                "cannot. Leave one of them away."
            )


def simulate_people(wanted: Simulation, display: Display) -> None:
    """Make up a CDM in a place that must be empty or absent."""
    runner = Runner(wanted.out.parent / f".{wanted.out.name}.state", display)
    runner.run(simulate_step(wanted, display=display))


def simulate_step(
    wanted: Simulation, *, display: Display | None = None, replaces: bool = False
) -> Step:
    """The step that makes up people; `replaces` whatever stands in their place."""
    shown = display or Silent()

    def progress(done: int, in_all: int) -> None:
        shown.progressed(TITLE, done, in_all)

    def do() -> StepResult:
        if replaces:
            shutil.rmtree(wanted.out, ignore_errors=True)
        if wanted.n_sites is not None:
            return _simulate_sites(wanted, wanted.n_sites, progress)
        made = simulate(
            persons=wanted.persons,
            seed=wanted.seed,
            out=wanted.out,
            progress=progress,
            density=wanted.density,
            profile=wanted.profile,
            dirty=wanted.dirty,
            concepts=wanted.concepts,
            format=wanted.format,
            processes=wanted.processes,
        )
        n_rows = sum(made.n_rows.values())
        return StepResult(n_people=made.n_people, detail=f"{n_rows:,} rows in {wanted.out}")

    return Step(
        name="simulate", title=TITLE, inputs=_inputs(wanted), do=do, outputs=_outputs(wanted)
    )


def _simulate_sites(wanted: Simulation, n_sites: int, progress: Progress) -> StepResult:
    made = simulate_sites(
        persons=wanted.persons,
        n_sites=n_sites,
        seed=wanted.seed,
        out=wanted.out,
        progress=progress,
        density=wanted.density,
        profile=wanted.profile,
        dirty=wanted.dirty,
        concepts=wanted.concepts,
        processes=wanted.processes,
    )
    n_rows = sum(sum(cdm.n_rows.values()) for cdm in made.cdms)
    return StepResult(
        n_people=sum(cdm.n_people for cdm in made.cdms),
        detail=f"{n_rows:,} rows at {n_sites} sites in {wanted.out}",
    )


def _inputs(wanted: Simulation) -> dict[str, str]:
    """All that the files depend on; the number of processes is not among it."""
    return {
        "persons": str(wanted.persons),
        "seed": str(wanted.seed),
        "profile": fingerprints.of_text(profile_text(load_profile(wanted.profile))),
        "sites": str(wanted.n_sites),
        "dirty": str(wanted.dirty),
        "format": wanted.format,
        "density": str(wanted.density),
        "concepts": wanted.concepts,
        "code": fingerprints.of_rooms("simulator"),
    }


def _outputs(wanted: Simulation) -> tuple[Path, ...]:
    if wanted.format == "duckdb":
        return (wanted.out,)
    if wanted.n_sites is None:
        return (wanted.out / "person.parquet",)
    return tuple(
        wanted.out / f"site-{number}" / "person.parquet" for number in range(1, wanted.n_sites + 1)
    )
