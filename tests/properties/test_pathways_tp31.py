"""The fast reading of TreatmentPatterns 3.1.0 is the slow and obvious one, on any people."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.pathways import find_pathways
from analytics.studies import PathwaySettings
from tests.support.plainly_tp31 import plainly_tp31
from tests.support.random_pathways import RandomPeople, random_people, random_settings

seeds = st.integers(0, 2**32 - 1)


def check_same(asked: PathwaySettings, people: RandomPeople) -> int:
    """How many steps both have."""
    found = find_pathways(asked, **people.frames()).steps
    expected = [
        (person, episode, number, *step)
        for (person, episode), steps in plainly_tp31(asked, people.stays, people.rows).items()
        for number, step in enumerate(steps, start=1)
    ]
    in_days = found.with_columns(pl.col("start_date", "end_date").to_physical())
    assert in_days.rows() == expected
    return len(expected)


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 12))
def test_a_few_people(seed, number) -> None:
    random = np.random.default_rng(seed)
    check_same(random_settings(random, "tp31"), random_people(number, random))


@pytest.mark.parametrize("seed", range(5))
def test_500_people_at_once(seed) -> None:
    random = np.random.default_rng(seed)
    assert check_same(random_settings(random, "tp31"), random_people(500, random)) > 500


@pytest.mark.parametrize(("compat", "pathway"), [("tp31", "None"), ("clean", "A")])
def test_a_short_record_goes_as_soon_as_anybody_has_an_overlap(compat, pathway) -> None:
    """The way in which this reading depends on other people, and `clean` does not."""
    alone = RandomPeople(stays=[(1, 0, 300)], rows=[(1, 2, 50, 79)])
    with_another = RandomPeople(
        stays=[*alone.stays, (2, 0, 300)], rows=[*alone.rows, (2, 2, 10, 100), (2, 3, 40, 150)]
    )
    asked = PathwaySettings(targets={1: "X"}, events={2: "A", 3: "B"}, compat=compat)

    first = find_pathways(asked, **alone.frames()).person_pathway["pathway"][0]
    among = find_pathways(asked, **with_another.frames()).person_pathway["pathway"][0]

    assert (first, among) == ("A", pathway)
