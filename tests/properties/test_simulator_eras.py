"""True of any events: an era begins and ends where a plain walk through the days says."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analytics.simulator.records.eras import build_eras
from tests.support.plainly_simulator import eras_of

EVENT = st.tuples(
    st.integers(1, 3), st.sampled_from([10, 20]), st.integers(0, 300), st.integers(0, 60)
)


@given(st.lists(EVENT, min_size=1, max_size=40))
def test_eras_are_those_of_a_plain_walk(drawn: list[tuple[int, int, int, int]]):
    events = pl.DataFrame(
        {
            "person_id": [person for person, _, _, _ in drawn],
            "concept_id": [concept for _, concept, _, _ in drawn],
            "start_day": [start for _, _, start, _ in drawn],
            "end_day": [start + days for _, _, start, days in drawn],
        }
    )
    eras = build_eras(events)
    for person in (1, 2, 3):
        for concept in (10, 20):
            spans = [(s, s + d) for p, c, s, d in drawn if (p, c) == (person, concept)]
            ours = eras.filter(
                (pl.col("person_id") == person) & (pl.col("concept_id") == concept)
            ).select("start_day", "end_day", "n_events")
            assert ours.rows() == eras_of(spans)


@given(st.lists(EVENT, min_size=1, max_size=40))
def test_gap_days_are_the_days_inside_an_era_that_no_event_covers(
    drawn: list[tuple[int, int, int, int]],
):
    events = pl.DataFrame(
        {
            "person_id": [1] * len(drawn),
            "concept_id": [10] * len(drawn),
            "start_day": [start for _, _, start, _ in drawn],
            "end_day": [start + days for _, _, start, days in drawn],
        }
    )
    covered = {day for _, _, start, days in drawn for day in range(start, start + days + 1)}
    for era in build_eras(events).iter_rows(named=True):
        inside = set(range(era["start_day"], era["end_day"] + 1))
        assert era["gap_days"] == len(inside - covered)
