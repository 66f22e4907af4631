"""Simulate a population, batch by batch, into a folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.errors import BadInputError
from analytics.simulator.draws import Draws
from analytics.simulator.profile import load_profile
from analytics.simulator.records.batch import simulate_batch
from analytics.simulator.records.places import place_tables, source_table
from analytics.simulator.records.vocabulary import vocabulary_tables
from analytics.simulator.world import World
from analytics.simulator.writing.writer import CdmWriter

PEOPLE_IN_A_BATCH = 8_192


@dataclass(frozen=True, kw_only=True)
class SimulatedCdm:
    """A written CDM: its folder, how many people, and the rows of each table."""

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
    profile: str | Path = "default",
) -> SimulatedCdm:
    """Write an OMOP CDM v5.4 about `persons` simulated people into the folder `out`.

    The same `persons` and `seed` give byte-equal files. `progress` is told people done and
    people in all, after each batch. `density` scales how often measurements are taken (1 gives
    about 90 clinical events a person). Raises `BadInputError` for fewer than one person, a negative
    seed, or an `out` that already holds something.
    """
    _check(persons=persons, seed=seed, density=density)
    world = World(draws=Draws(seed=seed), profile=load_profile(profile), density=density)
    with CdmWriter(Path(out)) as writer:
        for name, frame in {**place_tables(), **vocabulary_tables()}.items():
            writer.add(name, frame)
        writer.add("cdm_source", source_table(persons, seed))
        for first in range(1, persons + 1, PEOPLE_IN_A_BATCH):
            after_last = min(first + PEOPLE_IN_A_BATCH, persons + 1)
            person_id = np.arange(first, after_last, dtype=np.int64)
            for name, frame in simulate_batch(person_id, world, writer.n_rows).items():
                writer.add(name, frame)
            if progress is not None:
                progress(after_last - 1, persons)
    return SimulatedCdm(folder=Path(out), n_people=persons, n_rows=dict(writer.n_rows))


def _check(*, persons: int, seed: int, density: float) -> None:
    if persons < 1:
        raise BadInputError(
            f"--persons is {persons}: at least 1 person is needed. Try --persons 2000."
        )
    if seed < 0:
        raise BadInputError(f"--seed is {seed}: a seed is 0 or a positive whole number.")
    if not 0 < density <= 5:
        raise BadInputError(f"--density is {density:g}: choose a number above 0, up to 5.")
