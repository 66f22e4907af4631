"""What the terminal shows: names of studies, counts, notes, tables."""

import contextlib
import io

import polars as pl
import pytest

from analytics.cli.console import print_tables, step_display
from analytics.disclosure.in_words import count_in_words
from analytics.pipelines.steps import StepRecord


def printed(action):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        action()
    return out.getvalue()


def record(**changes):
    said = {
        "name": "a",
        "title": "Count people",
        "study": "",
        "position": 1,
        "key": "k",
        "status": "ran",
        "n_people": 2630,
        "detail": "",
        "seconds": 1.25,
        "finished_at": "2025-01-01T00:00:00+00:00",
    }
    return StepRecord(**{**said, **changes})


def shown(*records):
    def show():
        with step_display() as display:
            for each in records:
                display.ended(each)

    return printed(show)


def test_a_step_is_shown_with_its_people_and_its_time():
    assert "✓ Count people" in shown(record())
    assert "2,630 people" in shown(record())
    assert "1.2 s" in shown(record(seconds=1.21))


def test_a_step_that_did_nothing_again_says_so():
    assert "unchanged, reused" in shown(record(status="reused"))


def test_the_name_of_a_study_stands_once_above_its_steps():
    lines = shown(record(), record(study="one"), record(study="one"), record(study="two"))

    assert [line for line in lines.splitlines() if line in ("one", "two")] == ["one", "two"]


def test_a_note_stands_in_one_line_however_long():
    note = "This CDM has no " + ", ".join(f"table_{number}" for number in range(40)) + "."

    assert f"  ! {note}\n" in shown(record(notes=[note]))


def test_what_a_step_did_this_time_is_told_line_by_line():
    told = ["6 cohorts reused", "type_2_diabetes built: the definition changed"]

    assert "  · 6 cohorts reused\n  · type_2_diabetes built" in shown(record(told=told))


@pytest.mark.parametrize(
    ("n_people", "words"),
    [(0, "0"), (1, "fewer than 11"), (10, "fewer than 11"), (11, "11"), (2630, "2,630")],
)
def test_small_counts_are_not_told(n_people, words):
    assert count_in_words(n_people, 11) == words
    assert f" {words} people" in shown(record(n_people=n_people))


def test_a_table_shows_what_its_cells_hold_and_not_how_rich_would_read_it():
    frame = pl.DataFrame({"rule": ["[bold]Age[/bold] 18 or older"], "n_rows": [1234], "x": [None]})

    text = printed(lambda: print_tables([("What each rule left", frame)]))

    assert text.startswith("What each rule left\n")
    assert "[bold]Age[/bold] 18 or older" in text
    assert "1,234" in text
    assert "None" not in text


def test_an_empty_table_says_so():
    text = printed(lambda: print_tables([("Pathways", pl.DataFrame({"pathway": []}))]))

    assert text == "Pathways\n  nothing to show\n\n"


def test_a_long_table_says_how_much_is_left_out():
    text = printed(lambda: print_tables([("Many", pl.DataFrame({"n": range(100)}))]))

    assert "… and 60 more rows" in text
