"""What is true of the pathways of any people, whatever they took."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.pathways import find_pathways
from analytics.studies import PathwayEvent, PathwayStudy
from tests.support.plainly_pathways import pathway_of
from tests.support.random_pathways import random_people, random_settings

EVENTS = ("A", "B", "C", "D")


def study(**settings_: object) -> PathwayStudy:
    return PathwayStudy(
        name="random",
        kind="pathway",
        title="Random",
        question="Which follow which?",
        target="anyone",
        events=tuple(PathwayEvent(concept_set=name.lower(), event=name) for name in EVENTS),
        **settings_,
    )


days = st.sampled_from([0, 1, 5, 14, 30])
studies = st.builds(
    study,
    start_anchor=st.sampled_from(["start_date", "end_date"]),
    window_start=st.sampled_from([0, 0, -20, 10]),
    end_anchor=st.sampled_from(["end_date", "end_date", "start_date"]),
    window_end=st.sampled_from([0, 60, 400]),
    min_era_duration=st.sampled_from([0, 0, 5, 14]),
    era_collapse_size=days,
    combination_window=days,
    min_post_combination_duration=days,
    filter_treatments=st.sampled_from(["first", "changes", "all"]),
    max_path_length=st.sampled_from([2, 5, 50]),
    overlap_method=st.sampled_from(["truncate", "keep"]),
    concat_targets=st.booleans(),
)
split_studies = st.builds(
    study,
    split_event_cohorts=st.just(("A", "C")),
    split_time=st.just((10, 30)),
    split_method=st.sampled_from(["whole", "cut"]),
    filter_treatments=st.sampled_from(["changes", "all"]),
    combination_window=days,
)
interval = st.tuples(st.integers(0, 150), st.sampled_from([0, 1, 9, 10, 29, 30, 60, 90]))
record = st.tuples(st.sampled_from(EVENTS), interval)
person = st.tuples(
    st.lists(interval, min_size=1, max_size=3),
    st.lists(record, max_size=9),
    st.lists(st.tuples(st.just("Death"), interval), max_size=1),
)
people = st.lists(person, min_size=1, max_size=12)


def frames(everyone) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The people as frames of targets, events and exits, people numbered from 1."""
    columns = {"person_id": pl.Int64, "start_day": pl.Int32, "end_day": pl.Int32}
    named = {"event": pl.String, **columns}
    targets, events, exits = [], [], []
    for person_id, (stays, records, left) in enumerate(everyone, start=1):
        targets += [(person_id, start, start + length) for start, length in stays]
        events += [(name, person_id, start, start + length) for name, (start, length) in records]
        exits += [(name, person_id, start, start + length) for name, (start, length) in left]
    return (
        pl.DataFrame(targets, schema=columns, orient="row"),
        pl.DataFrame(events, schema=named, orient="row"),
        pl.DataFrame(exits, schema=named, orient="row"),
    )


@settings(max_examples=150, deadline=None)
@given(st.one_of(studies, studies, split_studies), people)
def test_pathways_are_those_found_person_by_person(asked, everyone) -> None:
    targets, events, exits = frames(everyone)

    found = find_pathways(asked, targets=targets, events=events, exits=exits)

    expected_steps, expected_pathways = [], []
    for person_id, (stays, records, left) in enumerate(everyone, start=1):
        episodes = pathway_of(
            asked,
            [(start, start + length) for start, length in stays],
            [(name, start, start + length) for name, (start, length) in records],
            [(name, start, start + length) for name, (start, length) in left],
        )
        for episode, steps in enumerate(episodes, start=1):
            names = "-".join(step[0] for step in steps) or "None"
            expected_pathways.append((person_id, episode, names, len(steps)))
            expected_steps += [
                (person_id, episode, number, *step) for number, step in enumerate(steps, start=1)
            ]
    in_days = found.steps.with_columns(pl.col("start_date", "end_date").to_physical())
    assert in_days.rows() == expected_steps
    assert found.person_pathway.rows() == expected_pathways


@pytest.mark.parametrize("seed", range(5))
def test_pathways_of_1000_people_are_those_found_person_by_person(seed) -> None:
    random = np.random.default_rng(seed)
    asked, everyone = random_settings(random, "clean"), random_people(1000, random)

    found = find_pathways(asked, **everyone.frames()).steps

    expected = []
    for person in range(1, 1001):
        of_person = [row[1:] for row in everyone.rows if row[0] == person]
        episodes = pathway_of(
            asked,
            [stay[1:] for stay in everyone.stays if stay[0] == person],
            [(asked.events[c], first, last) for c, first, last in of_person if c in asked.events],
            [(asked.exits[c], first, last) for c, first, last in of_person if c in asked.exits],
        )
        expected += [
            (person, episode, number, *step)
            for episode, steps in enumerate(episodes, start=1)
            for number, step in enumerate(steps, start=1)
        ]
    in_days = found.with_columns(pl.col("start_date", "end_date").to_physical())
    assert in_days.rows() == expected
    assert len(expected) > 1000


@settings(max_examples=60, deadline=None)
@given(studies, people, people, st.randoms(use_true_random=False))
def test_nobodys_pathway_hangs_on_row_order_or_on_other_people(
    asked, everyone, others, random
) -> None:
    alone = find_pathways(asked, **dict(zip(NAMES, frames(everyone), strict=True)))

    among_others = find_pathways(
        asked,
        **{
            name: frame[random.sample(range(frame.height), frame.height)]
            for name, frame in zip(NAMES, frames([*everyone, *others]), strict=True)
        },
    )

    is_mine = pl.col("person_id") <= len(everyone)
    assert among_others.steps.filter(is_mine).equals(alone.steps)
    assert among_others.person_pathway.filter(is_mine).equals(alone.person_pathway)


NAMES = ("targets", "events", "exits")


@settings(max_examples=60, deadline=None)
@given(studies.filter(lambda asked: asked.overlap_method == "truncate"), people)
def test_steps_never_overlap(asked, everyone) -> None:
    targets, events, _ = frames(everyone)
    found = find_pathways(asked, targets=targets, events=events)

    before = pl.col("end_date").shift().over("person_id", "episode", order_by="step")
    assert found.steps.filter(pl.col("start_date") < before).is_empty()


@settings(max_examples=60, deadline=None)
@given(people)
def test_no_day_is_lost_or_made_up_when_nothing_is_too_short_to_count(everyone) -> None:
    """Without a shortest overlap or piece, the steps cover the days of the records, each once."""
    asked = study(
        window_end=500,
        era_collapse_size=0,
        combination_window=0,
        min_post_combination_duration=0,
        filter_treatments="all",
        max_path_length=9_999,
    )
    targets, events, _ = frames([([(0, 0)], records, left) for _, records, left in everyone])
    found = find_pathways(asked, targets=targets, events=events)

    for person_id, (_, records, _) in enumerate(everyone, start=1):
        taken = {
            (day, name) for name, (start, length) in records for day in range(start, start + length)
        }
        steps = found.steps.filter(pl.col("person_id") == person_id).to_dicts()
        stepped = [
            (day, name)
            for step in steps
            for day in range(
                step["start_date"].toordinal() - EPOCH, step["end_date"].toordinal() - EPOCH
            )
            for name in step["event"].split("+")
        ]
        assert sorted(stepped) == sorted(taken)
        assert sum(step["duration_days"] for step in steps) == len({day for day, _ in taken})


EPOCH = 719163  # the ordinal of 1970-01-01


@settings(max_examples=60, deadline=None)
@given(studies, people)
def test_everyone_in_the_target_has_a_pathway(asked, everyone) -> None:
    targets, events, exits = frames(everyone)
    found = find_pathways(asked, targets=targets, events=events, exits=exits)

    assert set(found.person_pathway["person_id"]) == set(range(1, len(everyone) + 1))
    steps = found.steps.group_by("person_id", "episode").agg(n_steps=pl.len().cast(pl.Int32))
    treated = found.person_pathway.filter(pl.col("pathway") != "None")
    assert (
        treated.select("person_id", "episode", "n_steps")
        .sort("person_id", "episode")
        .equals(steps.sort("person_id", "episode"))
    )
