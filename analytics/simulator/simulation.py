"""Simulate a population, batch by batch, into a folder or a DuckDB file."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
import yaml

from analytics.errors import BadInputError
from analytics.settings import current_settings
from analytics.simulator.batches import draw_batches
from analytics.simulator.draws import Draws
from analytics.simulator.profile import Profile, load_profile
from analytics.simulator.records.places import place_tables, source_table
from analytics.simulator.records.tail import with_local_concepts
from analytics.simulator.records.vocabulary import vocabulary_tables
from analytics.simulator.site import Site
from analytics.simulator.truth.whole import truth_of_world
from analytics.simulator.world import Concepts, World
from analytics.simulator.writing.place import Format, Place
from analytics.simulator.writing.writer import CdmWriter

PEOPLE_IN_A_BATCH = 4_096
PEOPLE_WORTH_A_PROCESS = 16_384
"""Fewer are drawn in this process: starting another takes longer than they do."""


@dataclass(frozen=True, kw_only=True)
class SimulatedCdm:
    """A written CDM: its folder (or DuckDB file), how many people, and the rows of each table."""

    folder: Path
    n_people: int
    n_rows: Mapping[str, int]


def simulate(
    *,
    persons: int,
    seed: int,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
    density: float = 1.0,
    profile: str | Path | Profile = "default",
    site: Site | None = None,
    first_person_id: int = 1,
    dirty: bool = False,
    concepts: Concepts = "few",
    format: Format = "parquet",
    processes: int | None = None,
    people_in_a_batch: int | None = None,
) -> SimulatedCdm:
    """Write an OMOP CDM v5.4 about `persons` simulated people: a folder `out`, or a DuckDB file.

    The same people, seed, density, profile and site give byte-equal Parquet files, whatever the
    number of `processes` (default: one for each thread of the settings; for fewer than 16,384
    people only this one) and whatever `people_in_a_batch`, which bounds memory. `progress` is told
    people done and people in all, after each batch.

    `density` scales how much of what happens is written down (1 gives about 200 clinical events a
    person); visits, stays and deaths are the same. `concepts="many"` adds a long tail of made-up
    concepts, `dirty` the faults that real CDMs have. What only the simulator knows goes to
    `truth/` in the folder, or beside the DuckDB file (`people.truth/`).

    Raises `BadInputError` for fewer than one person, a negative seed, an `out` that already holds
    something, and where no more can be written; nothing is then left behind.
    """
    _check(persons=persons, seed=seed, density=density, processes=processes)
    planted = profile if isinstance(profile, Profile) else load_profile(profile)
    world = World(
        draws=Draws(seed=seed),
        profile=planted,
        density=density,
        site=site or Site(),
        concepts=concepts,
    )
    threads = current_settings().threads
    if processes is None:
        processes = 1 if persons < PEOPLE_WORTH_A_PROCESS else threads
    batches = _cut(persons, first_person_id, people_in_a_batch or PEOPLE_IN_A_BATCH)
    place = Place(out=Path(out), format=format)
    missing = world.site.missing_tables
    with CdmWriter(place, missing_tables=missing, threads=threads) as writer:
        for name, frame in {**place_tables(), **_vocabulary(world)}.items():
            writer.add(name, frame)
        writer.add("cdm_source", source_table(persons, seed, world.site))
        writer.add_truth(truth_of_world(world), profile_text(planted))
        with closing(draw_batches(batches, world, processes)) as drawn:
            for people, batch in zip(batches, drawn, strict=True):
                writer.add_batch(batch)
                if progress is not None:
                    progress(people.stop - first_person_id, persons)
        if dirty:
            # Only here, because the contracts that it reads take longer to load than all the rest.
            from analytics.simulator.faults import spoil

            writer.revise(partial(spoil, seed=seed))
    return SimulatedCdm(folder=Path(out), n_people=persons, n_rows=dict(writer.n_rows))


def profile_text(profile: Profile) -> str:
    """A profile as the YAML file that `load_profile` reads, nothing left to defaults."""
    return yaml.safe_dump(profile.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _cut(persons: int, first: int, size: int) -> list[range]:
    after_last = first + persons
    return [range(at, min(at + size, after_last)) for at in range(first, after_last, size)]


def _vocabulary(world: World) -> dict[str, pl.DataFrame]:
    tables = vocabulary_tables()
    return tables if world.concepts == "few" else with_local_concepts(tables)


def _check(*, persons: int, seed: int, density: float, processes: int | None) -> None:
    if persons < 1:
        raise BadInputError(
            f"--persons is {persons}: at least 1 person is needed. Try --persons 2000."
        )
    if seed < 0:
        raise BadInputError(f"--seed is {seed}: a seed is 0 or a positive whole number.")
    if not 0 < density <= 5:
        raise BadInputError(f"--density is {density:g}: choose a number above 0, up to 5.")
    if processes is not None and processes < 1:
        raise BadInputError(f"--processes is {processes}: at least 1 is needed; leave it out.")
