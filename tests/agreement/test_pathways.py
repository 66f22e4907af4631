"""Do we find the pathways that TreatmentPatterns 3.1.0 found on the same cohort rows?

`tp31` equals the package on every recorded run: events, dates and durations. `clean` is the
documented meaning: it equals the package's pathways on all 76 inputs of the package's own tests;
where it differs on corner cases and random persons, the difference is named and explained.
"""

from pathlib import Path

import polars as pl
import pytest

from analytics.pipelines.pathways_of_rows import find_pathways_of_rows
from tests.support.treatmentpatterns import Run, paths, recorded_runs
from tests.support.where_clean_differs import WHY, differences, table_of_differences

pytestmark = pytest.mark.needs_shared

ROOT = Path(__file__).resolve().parents[2]
NUMBER_OF_RUNS = {"cases": 76, "own_cases": 17, "random_cases": 30}


def runs(kind: str) -> list[Run]:
    found = recorded_runs(kind)
    assert len(found) == NUMBER_OF_RUNS[kind]
    return found


@pytest.mark.parametrize("kind", NUMBER_OF_RUNS)
def test_tp31_has_the_packages_steps_dates_and_durations(kind):
    for run in runs(kind):
        assert run.found("tp31") == run.observed, run.name


@pytest.mark.parametrize("kind", ["own_cases", "random_cases"])
def test_the_command_has_them_too(kind, tmp_path):
    for number, run in enumerate(runs(kind)):
        found = find_pathways_of_rows(**run.as_files(tmp_path / str(number), "tp31")).out
        steps = pl.read_parquet(found / "steps.parquet").drop("step").rows()
        expected = [
            (*line, *step) for line, taken in sorted(run.observed.items()) for step in taken
        ]
        assert steps == expected, run.name


def test_there_is_something_to_agree_on():
    assert sum(len(run.observed) for kind in NUMBER_OF_RUNS for run in runs(kind)) == 157


def test_clean_has_the_pathways_of_all_76_runs_of_the_packages_own_tests():
    for run in runs("cases"):
        assert paths(run.found("clean")) == paths(run.observed), run.name


@pytest.mark.parametrize(("kind", "n_paths"), [("cases", 0), ("own_cases", 8), ("random_cases", 2)])
def test_the_readings_differ_only_where_a_reason_is_given(kind, n_paths):
    found = list(differences(kind))

    assert {difference.run.name for difference in found} <= set(WHY)
    assert len({d.run.name for d in found if d.has_another_path}) == n_paths


def test_the_table_of_differences_is_what_the_readings_give():
    written = (ROOT / "analytics" / "pathways" / "README.md").read_text()

    assert table_of_differences() in written, "python -m tests.support.where_clean_differs"


def test_each_reason_that_is_given_is_one():
    found = {difference.run.name for kind in NUMBER_OF_RUNS for difference in differences(kind)}

    assert set(WHY) == found


def test_the_mended_corner_cases_give_what_the_documentation_says():
    found = {
        run.name: list(paths(run.found("clean")).values())
        for run in runs("own_cases")
        if paths(run.found("clean")) != paths(run.observed)
    }

    assert found == {
        "split 30: A 12 d, then A 80 d": ["A (acute)-A (therapy)-B"],
        "split at exactly the cutoff": ["A (therapy)-A (acute)"],
        "two split cohorts": ["A (acute)-A (therapy)-B (acute)-B (therapy)"],
        "exit, minEraDuration 1 removes one-day exit": ["A-DEATH-B"],
        "keep: short overlap then long overlap": ["A-B-B+C-C"],
        "collapse gap from record, not era": ["A"],
        "Changes: A A B A, gaps over 30": ["A-B-A"],
        "short untouched record, another person overlaps": ["A-B", "A-A+B-B"],
    }


def test_random_persons_have_the_same_pathway_in_clean_but_for_two():
    """28 of 30. In one the package deletes short records that no overlap touched; in the other its
    era of B ends with the last record of B, not with the latest end, and so loses its tail."""
    differ = [
        (*paths(run.observed).values(), *paths(run.found("clean")).values())
        for run in runs("random_cases")
        if paths(run.found("clean")) != paths(run.observed)
    ]

    assert sorted(differ) == [("B+C", "B-C-B-B+C"), ("B-A+B", "B-A+B-B")]
