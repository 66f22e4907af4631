"""Overlapping eras become one thing at a time."""

import polars as pl
import pytest

from analytics.pathways.combinations import combine
from analytics.studies import PathwayEvent, PathwayStudy

A, B, C = 1, 2, 4
NAMES = {A: "A", B: "B", C: "C", A | B: "A+B", A | C: "A+C", B | C: "B+C", A | B | C: "A+B+C"}


def combined(*eras: tuple[int, int, int], window: int = 30, shortest: int = 1, method="truncate"):
    """The pieces of one person, as `A 0-40` and so on."""
    asked = PathwayStudy(
        name="a",
        kind="pathway",
        title="A",
        question="?",
        target="anyone",
        events=(PathwayEvent(concept_set="a", event="A"),),
        combination_window=window,
        min_post_combination_duration=shortest,
        overlap_method=method,
    )
    frame = pl.DataFrame(
        [(0, *era) for era in eras],
        schema=["line", "treatments", "start_day", "end_day"],
        orient="row",
    )
    return [
        f"{NAMES[treatments]} {start}-{end}"
        for _, treatments, start, end, _ in combine(frame, asked).rows()
    ]


def test_touching_eras_do_not_overlap():
    assert combined((A, 0, 40), (B, 40, 80), window=0) == ["A 0-40", "B 40-80"]


def test_an_overlap_shorter_than_the_window_is_a_switch():
    assert combined((A, 0, 60), (B, 31, 90)) == ["A 0-31", "B 31-90"]


def test_an_overlap_as_long_as_the_window_is_a_combination():
    assert combined((A, 0, 60), (B, 30, 90)) == ["A 0-30", "A+B 30-60", "B 60-90"]


def test_the_newer_treatment_may_stop_first():
    assert combined((A, 0, 90), (B, 30, 60)) == ["A 0-30", "A+B 30-60", "A 60-90"]


def test_the_whole_of_a_record_is_a_combination_however_short():
    assert combined((A, 0, 40), (B, 35, 40)) == ["A 0-35", "A+B 35-40"]
    assert combined((A, 0, 5), (B, 0, 40)) == ["A+B 0-5", "B 5-40"]


def test_what_a_switch_leaves_behind_is_lost():
    assert combined((A, 0, 50), (B, 30, 35)) == ["A 0-30", "B 30-35"]


@pytest.mark.parametrize(
    ("shortest", "pieces"),
    [
        (30, ["A+B 9-59"]),
        (12, ["A+B 9-59", "B 59-73"]),
        (9, ["A 0-9", "A+B 9-59", "B 59-73"]),
    ],
)
def test_short_pieces_of_a_combination_are_dropped(shortest, pieces):
    assert combined((A, 0, 59), (B, 9, 73), shortest=shortest) == pieces


def test_a_short_record_that_nothing_overlapped_is_kept():
    assert combined((A, 0, 10), (B, 40, 45), shortest=30) == ["A 0-10", "B 40-45"]


def test_three_at_once():
    eras = (A, 0, 31), (C, 0, 31), (B, 9, 19)
    assert combined(*eras, window=5) == ["A+C 0-9", "A+B+C 9-19", "A+C 19-31"]


def test_a_kept_short_overlap_does_not_stop_the_next_combination():
    eras = (A, 0, 50), (B, 40, 120), (C, 70, 200)
    assert combined(*eras, method="keep") == ["A 0-50", "B 40-70", "B+C 70-120", "C 120-200"]


def test_nothing_is_combined_from_nothing():
    assert combined() == []
