"""OHDSI's checks find what was planted in dirty people, to the row, and nothing in clean ones."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest

from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.run_checks import run_checks
from analytics.simulator import simulate
from analytics.simulator.faults.ground import OF_EVENTS
from analytics.warehouse import open_cdm

pytestmark = pytest.mark.agreement

TODAY = date(2026, 11, 22)
PERSONS = 600
EXACT = ("isRequired", "isForeignKey", "isPrimaryKey")
# What else a planted fault is found by: the kind of check, and the rules or faults behind it.
ALSO_FOUND_BY = {
    "measureValueCompleteness": {"isrequired"},
    "measurePersonCompleteness": {"is_observed", "missing_value", "person_not_there"},
    "measureObservationPeriodOverlap": {"does_not_overlap", "is_not_adjacent"},
    "measureConditionEraCompleteness": {"missing_value", "person_not_there"},
    "plausibleStartBeforeEnd": {"ends_before_it_starts"},
    "plausibleAfterBirth": {"before_birth", "dead_before_birth"},
    "plausibleTemporalAfter": {"before_birth", "dead_before_birth", "ends_before_it_starts"},
    "plausibleValueLow": {"before_birth", "dead_before_birth"},
    "plausibleBeforeDeath": {"after_death", "person_dead_too_early", "dead_too_early"},
    "plausibleDuringLife": {"after_death", "person_dead_too_early", "dead_too_early"},
    "withinVisitDates": {"ends_before_it_starts"},
    "isStandardValidConcept": {"not_a_standard_concept"},
    "fkDomain": {"not_a_standard_concept"},
    "standardConceptRecordCompleteness": {"unmapped_concept"},
}

# Deaths, people and concepts that are spoiled in one table show in the others.
OF_ANY_TABLE = {
    *("person_dead_too_early", "dead_too_early", "after_death"),
    *("missing_value", "person_not_there", "is_observed"),
}
# These count the very rows of one rule or fault.
TO_THE_ROW = {
    "plausibleStartBeforeEnd": "ends_before_it_starts",
    "isStandardValidConcept": "not_a_standard_concept",
    "fkDomain": "not_a_standard_concept",
}


class Planted(TypedDict):
    """A fault in `faults.json`."""

    fault: str
    rule: str | None
    table: str
    column: str | None
    check_id: str | None
    n_rows: int


def asked(folder: Path) -> CheckRun:
    run = run_checks(open_cdm(folder), today=TODAY, reading="catchment")
    assert run.with_status("error") == ()
    return run


def test_clean_people_fail_no_check(tmp_path: Path):
    simulate(persons=PERSONS, seed=5, out=tmp_path / "cdm")

    assert asked(tmp_path / "cdm").with_status("failed") == ()


def test_what_was_planted_is_found_to_the_row_and_nothing_else(tmp_path: Path):
    simulate(persons=PERSONS, seed=5, out=tmp_path / "cdm", dirty=True)
    truth = json.loads((tmp_path / "cdm" / "truth" / "faults.json").read_text())
    planted: list[Planted] = truth["faults"]
    expected, of_days = (sum_rows(planted, map(str.lower, kinds)) for kinds in (EXACT, OF_EVENTS))

    run = asked(tmp_path / "cdm")

    found = {one.check.check_id: one for one in run.with_status("failed")}
    exact = {name: one for name, one in found.items() if one.check.name in EXACT}
    counted = {name: one.num_violated_rows for name, one in exact.items()}
    assert len(expected) > 100
    assert counted == expected
    assert len(of_days) > 20
    assert of_days == {
        one.check.check_id: one.num_violated_rows
        for one in run.results
        if one.check.check_id in of_days
    }
    others = [one for one in found.values() if one.check.name not in EXACT]
    assert unexplained(others, planted) == []
    rows = rows_planted(planted)
    for one in others:
        if one.check.name == "measureValueCompleteness":
            of_nulls = one.check.check_id.replace("measurevaluecompleteness", "isrequired")
            assert one.num_violated_rows == expected[of_nulls], one.check.check_id
        elif one.check.name in TO_THE_ROW:
            word = TO_THE_ROW[one.check.name]
            assert one.num_violated_rows == rows[word, one.check.table], one.check.check_id


def sum_rows(planted: list[Planted], kinds: Iterable[str]) -> Counter[str]:
    """Rows by check id, of checks of these kinds."""
    rows, wanted = Counter[str](), set(kinds)
    for fault in planted:
        if fault["rule"] in wanted and fault["check_id"]:
            rows[fault["check_id"]] += fault["n_rows"]
    return rows


def rows_planted(planted: list[Planted]) -> Counter[tuple[str, str]]:
    """Rows by rule or fault, and table."""
    rows: Counter[tuple[str, str]] = Counter()
    for fault in planted:
        for word in filter(None, (fault["fault"], fault["rule"])):
            rows[word, fault["table"]] += fault["n_rows"]
    return rows


def unexplained(found: list[CheckResult], planted: list[Planted]) -> list[str]:
    """Checks that failed without a planted fault of their table that could be behind them."""
    here = {
        (word, None if word in OF_ANY_TABLE else fault["table"])
        for fault in planted
        for word in (fault["fault"], fault["rule"])
    }
    return [
        one.check.check_id
        for one in found
        if not any(
            (word, None if word in OF_ANY_TABLE else one.check.table) in here
            for word in ALSO_FOUND_BY.get(one.check.name, set())
        )
    ]
