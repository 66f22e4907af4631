"""Whom a change of a definition moves: counted by hand, and so told that no small count is."""

import random
from datetime import date

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.pipelines.comparing_cohorts import cdm_to_compare_on, moved_people_told
from analytics.warehouse.moved_rows import MovedPeople, PartOfBoth, count_moved
from tests.support.plainly_disclosure import Reader

SMALLEST = 11
PARTS = ("only_old", "only_new", "same_days", "other_days")
IN = {
    "in OLD": ("only_old", "same_days", "other_days"),
    "in NEW": ("only_new", "same_days", "other_days"),
    "only in OLD": ("only_old",),
    "only in NEW": ("only_new",),
    "in both, on the same days": ("same_days",),
    "in both, on other days": ("other_days",),
}


def moved(people: dict[str, int], old_rows: int = 1, new_rows: int = 1) -> MovedPeople:
    def part(name: str) -> PartOfBoth:
        n_people = people.get(name, 0)
        return PartOfBoth(
            n_people=n_people,
            n_old_rows=0 if name == "only_new" else old_rows * n_people,
            n_new_rows=0 if name == "only_old" else new_rows * n_people,
        )

    return MovedPeople(**{name: part(name) for name in PARTS})


def told(people: dict[str, int], of_cdm: int = 1000, **rows: int) -> dict[str, tuple]:
    frame = moved_people_told(moved(people, **rows), of_cdm, smallest_cell=SMALLEST)
    return {words: counts for words, *counts in frame.drop("is_suppressed").iter_rows()}


def test_each_person_is_in_one_part_by_all_their_rows(tmp_path):
    first, second, third = date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1)
    rows = [
        (1, 10, first, second),  # only in the old one, twice
        (1, 10, third, third),
        (2, 20, first, second),  # only in the new one
        (1, 30, first, second),  # in both, on the same days, whatever the order of rows
        (1, 30, third, third),
        (2, 30, third, third),
        (2, 30, first, second),
        (1, 40, first, second),  # another last day
        (2, 40, first, third),
        (1, 50, first, second),  # one row more
        (2, 50, first, second),
        (2, 50, third, third),
        (3, 60, first, second),  # another cohort
    ]
    names = ["cohort_definition_id", "subject_id", "cohort_start_date", "cohort_end_date"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(tmp_path / "rows.parquet")

    found = count_moved(tmp_path / "rows.parquet", old=1, new=2, spill=tmp_path / "spill")

    assert found == MovedPeople(
        only_old=PartOfBoth(n_people=1, n_old_rows=2, n_new_rows=0),
        only_new=PartOfBoth(n_people=1, n_old_rows=0, n_new_rows=1),
        same_days=PartOfBoth(n_people=1, n_old_rows=2, n_new_rows=2),
        other_days=PartOfBoth(n_people=2, n_old_rows=2, n_new_rows=3),
    )


def test_large_counts_are_told():
    people = {"only_old": 15, "only_new": 0, "same_days": 100, "other_days": 12}

    assert told(people, old_rows=2, new_rows=3) == {
        "in OLD": [127, 254, 0],
        "in NEW": [112, 0, 336],
        "only in OLD": [15, 30, 0],
        "only in NEW": [0, 0, 0],
        "in both, on the same days": [100, 200, 300],
        "in both, on other days": [12, 24, 36],
    }


def test_a_small_part_goes_with_its_rows_and_with_what_would_tell_it():
    shown = told({"only_old": 3, "same_days": 100, "other_days": 50})

    assert shown["only in OLD"] == [None, None, 0]
    # In OLD less the two other parts of it would be 3; all but one of those in NEW are told.
    assert None in (shown["in OLD"][0], shown["in both, on the same days"][0]) or (
        shown["in both, on other days"][0] is None
    )


def test_the_few_of_a_cdm_who_are_in_neither_are_not_told():
    shown = told({"only_old": 50, "only_new": 60, "same_days": 70}, of_cdm=184)

    assert None in {n_people for n_people, *_ in shown.values()}


@pytest.mark.parametrize("seed", range(40))
def test_no_small_count_can_be_worked_out(seed):
    """A reader knows the sums, how many people the CDM has, and what was told."""
    chance = random.Random(seed)
    people = {name: chance.choice([0, 0, 2, 5, 10, 11, 14, 30, 90]) for name in PARTS}
    neither = chance.choice([0, 4, 300])
    shown = told(people, of_cdm=sum(people.values()) + neither)
    of_side = {side: sum(people[part] for part in IN[side]) for side in ("in OLD", "in NEW")}

    reader = Reader()
    for words, parts in IN.items():
        n_people = sum(people[part] for part in parts)
        # A 0 is told, but for the parts of a total that is never broken down.
        is_broken_down = all(
            of_side[side] >= 2 * SMALLEST for side in of_side if set(parts) <= set(IN[side])
        )
        least = 1 if n_people and is_broken_down else 0
        reader.count(words, shown[words][0], at_least=least, truth=n_people)
    reader.count("cdm", sum(people.values()) + neither, truth=sum(people.values()) + neither)
    reader.count("neither", None, truth=neither)
    parts = ("only in OLD", "only in NEW", "in both, on the same days", "in both, on other days")
    reader.adds_up("in OLD", [parts[0], *parts[2:]])
    reader.adds_up("in NEW", parts[1:])
    reader.adds_up("cdm", [*parts, "neither"])

    assert reader.lies() == []
    small = [n for n, at in reader.names.items() if 0 < (reader.truth[at] or 0) < SMALLEST]
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}


def test_one_cdm_is_named_or_none(tmp_path):
    assert cdm_to_compare_on(None, None) is None
    assert cdm_to_compare_on("people", None) == "people"
    with pytest.raises(BadInputError, match="both name a CDM"):
        cdm_to_compare_on("people", tmp_path)
    with pytest.raises(BadInputError, match="is not a built workspace"):
        cdm_to_compare_on(None, tmp_path)
    (tmp_path / "warehouse.duckdb").touch()
    assert cdm_to_compare_on(None, tmp_path) == str(tmp_path / "warehouse.duckdb")
