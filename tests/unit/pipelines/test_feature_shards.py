"""Shards of people: no table has more records in one than may be looked at at once."""

import polars as pl
import pytest

from analytics.pipelines.feature_shards import (
    cut_shards,
    records_at_once,
    spread_records,
    values_at_once,
)


def rows(*subjects: int) -> pl.DataFrame:
    return pl.DataFrame({"row_id": range(len(subjects)), "subject_id": subjects})


def records(**of_person: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"person_id": [int(name[1:]) for name in of_person], "n": list(of_person.values())}
    )


def cuts(shards) -> list[tuple[int, int, int, int]]:
    return [(each.start, each.stop, each.first_person, each.last_person) for each in shards]


def test_the_fullest_table_decides_where_a_shard_ends():
    counted = {"drug_era": records(p1=3, p2=3, p3=3, p4=1), "measurement": records(p3=6, p4=6)}

    assert cuts(cut_shards(rows(1, 2, 3, 4), counted, 7)) == [
        (0, 2, 1, 2),
        (2, 3, 3, 3),
        (3, 4, 4, 4),
    ]
    assert cuts(cut_shards(rows(1, 2, 3, 4), counted, 12)) == [(0, 4, 1, 4)]


def test_records_that_are_not_counted_are_spread_twice_over_all_people():
    people = pl.DataFrame({"person_id": [1, 2, 3, 4]})

    assert spread_records(people, 10).rows() == [(1, 5), (2, 5), (3, 5), (4, 5)]
    assert spread_records(people, 9)["n"].to_list() == [5, 5, 5, 5]
    assert spread_records(people.clear(), 0).is_empty()


def test_records_count_once_for_each_index_date_and_a_person_is_not_divided():
    shards = cut_shards(rows(1, 1, 1, 2, 3), {"drug_era": records(p1=2, p2=5)}, 5)

    assert cuts(shards) == [(0, 3, 1, 1), (3, 5, 2, 3)]
    assert [shard.n_people for shard in shards] == [1, 2]


def test_a_person_with_more_than_fits_is_a_shard():
    assert cuts(cut_shards(rows(-3, 8), {"drug_era": records(p8=99)}, 5)) == [
        (0, 1, -3, -3),
        (1, 2, 8, 8),
    ]


def test_without_a_limit_there_is_one_shard():
    assert cuts(cut_shards(rows(1, 2), {"drug_era": records(p1=99)}, None)) == [(0, 2, 1, 2)]


@pytest.mark.parametrize("how_many", [records_at_once, values_at_once])
def test_twice_the_memory_holds_more_than_twice_as_much(how_many):
    assert how_many(8.0) > 2 * how_many(4.0) > 1_000_000
