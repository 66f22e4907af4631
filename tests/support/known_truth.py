"""People with a known truth, and what somebody who follows them up would see of it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from analytics.simulator.draws import Draws
from analytics.simulator.lives.whole import Lives, draw_lives
from analytics.simulator.profile import Profile, load_profile
from analytics.simulator.truth.treatment import statin_truth, treatment_truth
from analytics.simulator.world import World
from tests.support.plainly_comparisons import Counted, Followed

LAST_DATE = date(2024, 12, 31)
YEAR = 365
AT_ONCE = 8_192


def world_of(profile: str | Profile, seed: int) -> World:
    """A world in which this profile is planted."""
    planted = profile if isinstance(profile, Profile) else load_profile(profile)
    return World(draws=Draws(seed=seed), profile=planted)


def planted(name: str, **sections: dict[str, float]) -> Profile:
    """A shipped profile with some of its numbers changed."""
    document = load_profile(name).model_dump()
    for section, values in sections.items():
        document[section] |= values
    return Profile.model_validate(document)


def batches_of(world: World, persons: int) -> Iterable[Lives]:
    """The lives of the first people of a world, some thousands at a time."""
    for first in range(1, persons + 1, AT_ONCE):
        yield draw_lives(np.arange(first, min(first + AT_ONCE, persons + 1)), world)


def treatment_of(profile: str | Profile, *, persons: int, seed: int) -> pl.DataFrame:
    """The truth about every new NSAID user among these people who is in the shipped study."""
    lives = batches_of(world_of(profile, seed), persons)
    return pl.concat([treatment_truth(batch) for batch in lives]).filter("is_study_member")


def statins_of(profile: str | Profile, *, persons: int, seed: int) -> pl.DataFrame:
    """The truth about everybody newly diabetic among these people."""
    return pl.concat(
        [statin_truth(batch) for batch in batches_of(world_of(profile, seed), persons)]
    )


def followed_for_a_year(users: pl.DataFrame) -> Followed:
    """Days from index to a haemorrhage, or to death, leaving, the last day or a year if sooner."""
    rows = users.select("index_date", "event_date", "death_date", "leaving_date").iter_rows()
    return [
        follow(index, event, (death, leaving, LAST_DATE, index + timedelta(days=YEAR)))
        for index, event, death, leaving in rows
    ]


def follow(start: date, event: date | None, ends: Iterable[date | None]) -> tuple[int, bool]:
    """Days from start to the event or to the first of the ends, and whether it was the event."""
    end = min(day for day in ends if day is not None)
    if event is not None and event <= end:
        return (event - start).days, True
    return (end - start).days, False


def by_drug(users: pl.DataFrame) -> tuple[Followed, Followed]:
    """Follow-up of those on diclofenac and of those on celecoxib."""
    return (
        followed_for_a_year(users.filter("takes_diclofenac")),
        followed_for_a_year(users.filter(~pl.col("takes_diclofenac"))),
    )


def by_drug_and(users: pl.DataFrame, *facts: str) -> dict[str, tuple[Followed, Followed]]:
    """The same inside each combination of some facts."""
    return {
        str(values): by_drug(stratum)
        for values, stratum in users.partition_by(*facts, as_dict=True).items()
    }


BAND = 90


def statin_bands(newly_diabetic: pl.DataFrame) -> list[tuple[Counted, Counted]]:
    """Deaths and days on and off the statin, in bands of 90 days since the diagnosis."""
    counts = [[[0, 0], [0, 0]] for _ in range(6 * YEAR // BAND + 2)]
    for row in newly_diabetic.iter_rows(named=True):
        days, died = followed_from_diagnosis(row)
        starts = _days_to_statin(row)
        for band in range(days // BAND + 1):
            first, after = band * BAND, min((band + 1) * BAND, days)
            off = max(0, min(after, starts) - first)
            counts[band][1][1] += off
            counts[band][0][1] += after - first - off
        if died:
            counts[days // BAND][0 if days >= starts else 1][0] += 1
    return [((on[0], on[1]), (off[0], off[1])) for on, off in counts]


def ever_and_never(newly_diabetic: pl.DataFrame) -> tuple[Followed, Followed]:
    """Follow-up from the diagnosis of those who ever take the statin, and of those who never do."""
    rows = list(newly_diabetic.iter_rows(named=True))
    return (
        [followed_from_diagnosis(row) for row in rows if row["is_begun"]],
        [followed_from_diagnosis(row) for row in rows if not row["is_begun"]],
    )


def from_a_landmark(newly_diabetic: pl.DataFrame, landmark: int) -> tuple[Followed, Followed]:
    """Follow-up from a day after the diagnosis, by whether the statin was begun before it."""
    on: list[tuple[int, bool]] = []
    off: list[tuple[int, bool]] = []
    for row in newly_diabetic.iter_rows(named=True):
        days, died = followed_from_diagnosis(row)
        if days > landmark:
            (on if _days_to_statin(row) <= landmark else off).append((days - landmark, died))
    return on, off


def followed_from_diagnosis(row: Mapping[str, date | bool | None]) -> tuple[int, bool]:
    """Days from the diagnosis to death, or to leaving or the last day, and whether it was death."""
    start, died, left = row["diagnosis_date"], row["death_date"], row["leaving_date"]
    assert isinstance(start, date)
    assert isinstance(left, date)
    return follow(start, died if isinstance(died, date) else None, (left, LAST_DATE))


def _days_to_statin(row: Mapping[str, date | bool | None]) -> int:
    start, statin = row["diagnosis_date"], row["statin_date"]
    if not isinstance(start, date) or not isinstance(statin, date):
        return 10_000
    return (statin - start).days
