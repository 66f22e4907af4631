"""What leaves of the marts about data quality: no small count, no exact one."""

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.disclosure import suppress
from tests.support.published_marts import sample_marts
from tests.support.published_recording import ohdsi_check, recording_by_group, recording_by_year


def published(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    rule = load_contracts("marts")[name].disclosure
    assert rule is not None
    return suppress({name: frame.drop("is_suppressed", strict=False)}, {name: rule})[name]


def test_a_check_that_few_people_break_is_withheld_and_others_are_rounded():
    checks = ohdsi_check().with_columns(
        n_violated=pl.Series([50, 993, None, None]),
        n_people_in_smaller_part=pl.Series([1, 11, None, None]),
    )
    shown = published("ohdsi_check", checks)

    assert shown["n_violated"].to_list() == [None, 990, None, None]
    assert shown["share"].to_list() == [None, 0.3, None, None]
    assert shown["is_past_limit"].to_list() == [None, True, False, False]
    assert shown["is_suppressed"].to_list() == [True, False, False, False]


def test_rows_of_our_own_checks_are_withheld_by_people_too():
    checks = (
        sample_marts()["data_quality"]
        .filter(pl.col("n_violated") > 1)
        .with_columns(
            n_people_in_smaller_part=pl.Series([11, 1, 3]),
            n_people_at_least=pl.Series([11, 11, 3]),
        )
    )
    shown = published("data_quality", checks)

    assert shown["n_violated"].to_list() == [2649, None, None]
    assert shown["n_rows"].to_list() == [5343, 67707, None]
    assert shown["share"].null_count() == 2
    assert shown["is_suppressed"].to_list() == [False, True, True]


@pytest.mark.parametrize(
    ("name", "frame", "key"),
    [
        ("recording_by_group", recording_by_group(), ("group_name", "Asian")),
        ("recording_by_year", recording_by_year(), ("calendar_year", 2022)),
    ],
)
def test_a_row_about_few_people_tells_nothing_at_all(name, frame, key):
    column, value = key
    few = pl.when(pl.col(column) == value).then(1).otherwise(11)
    shown = published(name, frame.with_columns(n_people_in_smallest_part=few))
    numbers = [one for one in shown.columns if one.startswith(("value", "ratio"))]

    withheld = shown.filter(pl.col(column) == value)
    assert withheld.height > 1
    assert withheld["is_suppressed"].all()
    assert withheld.select(numbers).null_count().row(0) == (withheld.height,) * len(numbers)
    assert set(withheld["verdict"]) == {"too few to judge"}
    assert set(withheld["size"]) == {"not told"}
    assert not shown.filter(pl.col(column) != value)["is_suppressed"].any()
