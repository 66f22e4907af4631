"""Do we find the pathways that TreatmentPatterns 3.1.0 found on the same cohort rows?

`clean` is the documented meaning: it equals the package on all 76 inputs of the package's own
tests. Where it differs on corner cases and random persons, the difference is named and explained.
"""

import json
from datetime import date

import polars as pl
import pytest

from analytics.days import to_day
from analytics.pathways import find_pathways
from analytics.studies import PathwayEvent, PathwayStudy
from tests.support.shared import shared_agreement

pytestmark = pytest.mark.needs_shared

ANCHORS = {"startDate": "start_date", "endDate": "end_date"}
COLUMNS = {
    "event": pl.String,
    "person_id": pl.Int64,
    "start_day": pl.Int32,
    "end_day": pl.Int32,
}
Paths = dict[tuple[int, int, int], str]

CLEAN_DIFFERS = {
    "split 30: A 12 d, then A 80 d": "the package writes 'As (therapy)'",
    "split at exactly the cutoff": "the package writes 'As (therapy)'",
    "two split cohorts": "only the last split cohort gets its names in the package",
    "exit, minEraDuration 1 removes one-day exit": "a short death is still a death",
    "keep: short overlap then long overlap": "the package stops at the first overlap it keeps",
    "collapse gap from record, not era": "the gap is measured from the era's latest end",
    "Changes: A A B A, gaps over 30": "the package never merges neighbours",
    "short untouched record, another person overlaps": "other people do not matter",
}


def _cases(kind: str) -> list[dict]:
    return json.loads((shared_agreement("treatmentpatterns") / "cases.json").read_text())[kind]


def _several(value: object) -> list:
    return [] if value is None else value if isinstance(value, list) else [value]


def _study(case: dict) -> PathwayStudy:
    asked, name = case["params"], {c["cohortId"]: c["cohortName"] for c in case["cohorts"]}
    events = [c for c in case["cohorts"] if c["type"] == "event"]
    return PathwayStudy(
        name="package_run",
        kind="pathway",
        title="Package run",
        question="Which follow which?",
        target="target",
        events=tuple(
            PathwayEvent(concept_set=f"cohort_{c['cohortId']}", event=c["cohortName"])
            for c in events
        ),
        start_anchor=ANCHORS[asked["startAnchor"]],
        window_start=asked["windowStart"],
        end_anchor=ANCHORS[asked["endAnchor"]],
        window_end=asked["windowEnd"],
        min_era_duration=asked["minEraDuration"],
        split_event_cohorts=tuple(name[c] for c in _several(asked["splitEventCohorts"])),
        split_time=tuple(_several(asked["splitTime"])),
        era_collapse_size=asked["eraCollapseSize"],
        combination_window=asked["combinationWindow"],
        min_post_combination_duration=asked["minPostCombinationDuration"],
        filter_treatments=asked["filterTreatments"].lower(),
        max_path_length=asked["maxPathLength"],
        overlap_method=asked["overlapMethod"],
        concat_targets=asked["concatTargets"],
    )


def _rows(case: dict, kind: str, only: int | None = None) -> pl.DataFrame:
    name = {
        c["cohortId"]: c["cohortName"]
        for c in case["cohorts"]
        if c["type"] == kind and only in (None, c["cohortId"])
    }
    rows = [
        (
            name[row["cohort_definition_id"]],
            row["subject_id"],
            to_day(date.fromisoformat(row["cohort_start_date"])),
            to_day(date.fromisoformat(row["cohort_end_date"])),
        )
        for row in case["rows"]
        if row["cohort_definition_id"] in name
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _found(case: dict) -> Paths:
    """Our pathway of each (target, person, episode) that has one."""
    paths: Paths = {}
    for cohort in case["cohorts"]:
        if cohort["type"] == "target":
            target = cohort["cohortId"]
            found = find_pathways(
                _study(case),
                targets=_rows(case, "target", only=target),
                events=_rows(case, "event"),
                exits=_rows(case, "exit"),
            )
            for row in found.person_pathway.filter(pl.col("n_steps") > 0).to_dicts():
                paths[target, row["person_id"], row["episode"]] = row["pathway"]
    return paths


def _observed(case: dict) -> Paths:
    """The package's pathway of each (target, person, episode) that has one."""
    steps: dict[tuple[int, int, int], list[tuple[int, str]]] = {}
    for row in case["observed_history"] or []:
        key = row["target"], row["subject_id"], row["n_target"]
        steps.setdefault(key, []).append((row["eventSeq"], row["event"]))
    return {key: "-".join(event for _, event in sorted(rows)) for key, rows in steps.items()}


def test_all_76_runs_of_the_packages_own_tests_give_the_same_pathways():
    cases = _cases("cases")
    assert len(cases) == 76

    for case in cases:
        assert _found(case) == _observed(case), (case["test"], case["run"])

    assert sum(len(_observed(case)) for case in cases) == 99


def test_the_corner_cases_differ_only_where_clean_mends_the_package():
    cases = _cases("own_cases")
    assert len(cases) == 17

    differ = {case["test"] for case in cases if _found(case) != _observed(case)}

    assert differ == set(CLEAN_DIFFERS)


def test_the_mended_corner_cases_give_what_the_documentation_says():
    found = {case["test"]: list(_found(case).values()) for case in _cases("own_cases")}

    assert {test: found[test] for test in CLEAN_DIFFERS} == {
        "split 30: A 12 d, then A 80 d": ["A (acute)-A (therapy)-B"],
        "split at exactly the cutoff": ["A (therapy)-A (acute)"],
        "two split cohorts": ["A (acute)-A (therapy)-B (acute)-B (therapy)"],
        "exit, minEraDuration 1 removes one-day exit": ["A-DEATH-B"],
        "keep: short overlap then long overlap": ["A-B-B+C-C"],
        "collapse gap from record, not era": ["A"],
        "Changes: A A B A, gaps over 30": ["A-B-A"],
        "short untouched record, another person overlaps": ["A-B", "A-A+B-B"],
    }


def test_random_persons_have_the_same_pathway_but_for_two():
    """28 of 30. In one the package deletes short records that no overlap touched; in the other its
    era of B ends with the last record of B, not with the latest end, and so loses its tail."""
    cases = _cases("random_cases")
    assert len(cases) == 30

    differ = [
        (*_observed(case).values(), *_found(case).values())
        for case in cases
        if _found(case) != _observed(case)
    ]

    assert sorted(differ) == [("B+C", "B-C-B-B+C"), ("B-A+B", "B-A+B-B")]
