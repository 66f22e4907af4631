"""How tables are read by person: whatever order they are in, or not at all and saying why."""

import numpy as np
import polars as pl
import pytest

from analytics.days import Window
from analytics.features.native.counting import CountedTable, count_records
from analytics.features.native.person_sorted import NotServedError, open_person_sorted

ROWS = pl.DataFrame({"person_id": [1, 2, 3], "index_day": [100, 100, 100]})
BEFORE = Window(first_day=None, last_day=-1)


def counted(*files, rows: pl.DataFrame = ROWS) -> dict[tuple[int, int], int]:
    """How many records of each person and concept start before day 100."""
    table = CountedTable(
        files=files,
        concept="drug_concept_id",
        start="drug_exposure_start_date",
        windows={1: BEFORE},
    )
    matrix, covariate_ids = count_records(rows, [table], threads=1)
    found = matrix.tocoo()
    return {
        (rows["person_id"][int(row)], int(covariate_ids[column]) // 1000): int(value)
        for row, column, value in zip(found.row, found.col, found.data, strict=True)
    }


def records(*found: tuple[int | None, int | None, int | None]) -> pl.DataFrame:
    """Person, concept and start day of each record."""
    return pl.DataFrame(
        found,
        schema={
            "PERSON_ID": pl.Int32,
            "drug_concept_id": pl.Int64,
            "drug_exposure_start_date": pl.Int32,
        },
        orient="row",
    ).with_columns(pl.col("drug_exposure_start_date").cast(pl.Date))


def test_rows_in_any_order_and_row_groups_that_overlap_are_read_by_person(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records((3, 7, 1), (1, 7, 1), (2, 7, 1), (1, 7, 2), (3, 8, 99), (1, 7, 100)).write_parquet(
        file, row_group_size=2
    )

    assert counted(file) == {(1, 7): 2, (2, 7): 1, (3, 7): 1, (3, 8): 1}


def test_a_person_may_go_on_in_the_next_row_group_and_file(tmp_path):
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    records((1, 7, 1), (2, 7, 1), (2, 7, 2)).write_parquet(first, row_group_size=2)
    records((2, 7, 3), (3, 7, 1)).write_parquet(second)

    assert counted(first, second) == {(1, 7): 1, (2, 7): 3, (3, 7): 1}


def test_what_has_no_person_concept_or_day_is_left_out_and_so_is_concept_0(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records((None, 7, 1), (1, None, 1), (1, 7, None), (1, 0, 1), (1, -7, 1)).write_parquet(file)

    assert counted(file) == {(1, -7): 1}


def test_more_concepts_than_there_is_room_for_at_first(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records(*((1, concept, 1) for concept in range(1, 9_001))).write_parquet(file)

    assert counted(file) == {(1, concept): 1 for concept in range(1, 9_001)}


def test_a_concept_beyond_32_bits_is_not_served(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records((1, 2**31, 1)).write_parquet(file)

    with pytest.raises(NotServedError, match="a concept id is beyond 32 bits"):
        counted(file)


def test_days_in_words_are_not_served(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records((1, 7, 1)).with_columns(
        pl.col("drug_exposure_start_date").cast(pl.String)
    ).write_parquet(file)

    with pytest.raises(NotServedError, match="drug_exposure_start_date holds"):
        counted(file)


def test_a_table_in_no_order_of_people_is_not_read_as_one_where_it_is_large(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.features.native.person_sorted.MOST_ROWS_READ_AS_ONE", 3)
    file = tmp_path / "drug_exposure.parquet"
    records((3, 7, 1), (1, 7, 1), (3, 7, 1), (1, 7, 2)).write_parquet(file, row_group_size=2)

    with pytest.raises(NotServedError, match="no order of people"):
        open_person_sorted([file], names=["person"], columns=["person_id"], kinds=["id"])


def test_nobody_at_all(tmp_path):
    file = tmp_path / "drug_exposure.parquet"
    records((1, 7, 1)).write_parquet(file)
    matrix, covariate_ids = count_records(
        ROWS.clear(),
        [
            CountedTable(
                files=(file,),
                concept="drug_concept_id",
                start="drug_exposure_start_date",
                windows={1: BEFORE},
            )
        ],
        threads=2,
    )

    assert matrix.shape == (0, 0)
    assert covariate_ids.dtype == np.int64
