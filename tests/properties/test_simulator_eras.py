"""True of any events: an era begins and ends where a plain walk through the days says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.simulator.records.eras import Eras, build_eras
from tests.support.plainly_simulator import eras_of

EVENT = st.tuples(
    st.integers(1, 3), st.sampled_from([10, 20]), st.integers(0, 300), st.integers(0, 60)
)
Drawn = list[tuple[int, int, int, int]]


def eras_built_from(drawn: Drawn) -> Eras:
    person, concept, start, days = np.array(drawn, dtype=np.int64).T
    return build_eras(person, concept, start, start + days)


@given(st.lists(EVENT, min_size=1, max_size=40))
def test_eras_are_those_of_a_plain_walk(drawn: Drawn):
    eras = eras_built_from(drawn)
    for person in (1, 2, 3):
        for concept in (10, 20):
            spans = [(s, s + d) for p, c, s, d in drawn if (p, c) == (person, concept)]
            of_both = (eras.person == person) & (eras.concept == concept)
            ours = zip(eras.start[of_both], eras.end[of_both], eras.n_events[of_both], strict=True)
            assert list(ours) == eras_of(spans)


@given(st.lists(EVENT, min_size=1, max_size=40))
def test_gap_days_are_the_days_inside_an_era_that_no_event_covers(drawn: Drawn):
    drawn = [(1, 10, start, days) for _, _, start, days in drawn]
    covered = {day for _, _, start, days in drawn for day in range(start, start + days + 1)}
    eras = eras_built_from(drawn)
    for first, last, gap_days in zip(eras.start, eras.end, eras.gap_days, strict=True):
        assert gap_days == len(set(range(first, last + 1)) - covered)


@given(st.lists(EVENT, min_size=1, max_size=40))
def test_eras_stand_in_order_of_person_first_day_and_concept(drawn: Drawn):
    eras = eras_built_from(drawn)
    keys = list(zip(eras.person, eras.start, eras.concept, strict=True))
    assert keys == sorted(keys)
