"""An expectation that ended in an exception is an error; every count comes from a result."""

import subprocess
import sys
from dataclasses import replace

import pytest
from duckdb_engine import ConnectionWrapper

from analytics.contracts import Rule, load_contracts
from analytics.errors import RunFailedError
from analytics.quality import check, expectations, lent_connection
from analytics.quality.expectations import answer
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.tiny_cdm import broken_cdm, clean_cdm, frames, write_parquet

SETTINGS = Settings(memory_gib=1.0, threads=1)
CONTRACTS = load_contracts("omop_cdm")
FEW = ("person", "observation_period", "visit_occurrence")


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    tables = clean_cdm()
    few = frames({name: tables[name] for name in FEW})
    return open_cdm(write_parquet(tmp_path_factory.mktemp("clean"), few))


@pytest.fixture
def connection_as_it_comes(monkeypatch):
    """duckdb-engine's own connection, on which Great Expectations loses its results."""
    monkeypatch.setattr(lent_connection, "LentConnection", ConnectionWrapper)


def test_on_a_connection_that_loses_results_exceptions_are_errors_and_nothing_is_a_breach(
    clean, connection_as_it_comes
):
    report = check(clean, CONTRACTS, SETTINGS)

    assert report.errors
    assert report.breaches == ()
    assert all(found.n_violated is None for found in report.errors)
    assert all(found.detail for found in report.errors)
    with pytest.raises(RunFailedError, match="nothing was concluded"):
        report.check_can_build()


def test_on_our_connection_no_expectation_ends_in_an_exception(clean):
    report = check(clean, CONTRACTS, SETTINGS)

    assert report.errors == ()
    assert len(report.with_status("passed")) >= 5


@pytest.mark.agreement  # a process of its own loads everything anew
def test_a_process_that_checked_a_cdm_ends_without_a_word(clean, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from analytics.quality import check\n"
        "from analytics.warehouse import open_cdm\n"
        f"check(open_cdm(Path({str(clean.path)!r})))\n"
    )

    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_rule_whose_sql_fails_is_an_error_beside_rules_that_are_answered(clean):
    contracts = dict(CONTRACTS)
    nonsense = Rule(
        name="is_nonsense",
        description="No such column.",
        query="select count(*) from ${table} where no_such_column > 1",
    )
    person = contracts["person"]
    contracts["person"] = replace(person, rules=(*person.rules, nonsense))
    report = check(clean, contracts, SETTINGS)

    (error,) = report.errors
    assert error.check_id == "person.is_nonsense"
    assert error.status == "error"
    assert "no_such_column" in error.detail
    assert "no_such_column" not in error.message
    assert {found.check_id for found in report.with_status("passed")} >= {
        "person.is_observed",
        "person.born_on_a_real_day",
    }


def test_a_rule_with_braces_is_asked_as_it_is_written(clean):
    contracts = dict(CONTRACTS)
    braces = Rule(
        name="has_no_three_digits",
        description="Ids are short.",
        query="select count(*) from ${table} where "
        "regexp_matches(cast(${table}.person_id as varchar), '^[0-9]{1,2}$')",
    )
    contracts["person"] = replace(contracts["person"], rules=(braces,))
    report = check(clean, contracts, SETTINGS)

    assert [(found.check_id, found.n_violated) for found in report.breaches] == [
        ("person.has_no_three_digits", 3)
    ]


def test_an_empty_suite_empties_the_report(tmp_path, monkeypatch):
    tables, _ = broken_cdm()
    cdm = open_cdm(write_parquet(tmp_path, frames(tables)))
    monkeypatch.setattr(expectations, "list_expectations", lambda table, checks: [])
    report = check(cdm, CONTRACTS, SETTINGS)

    assert report.findings == ()
    assert report.n_rows == {}


class Result:
    """What Great Expectations hands back, as far as we read it."""

    def __init__(self, result, exception_info):
        self.result = result
        self.exception_info = exception_info


RAISED = {"raised_exception": True, "exception_message": "list index out of range"}


@pytest.mark.parametrize(
    "info", [RAISED, {"metric one": {"exception_info": RAISED}}, {"one": {}, "two": RAISED}]
)
def test_an_exception_is_found_at_any_depth(info):
    said = answer(Result({"observed_value": 7}, info))

    assert said.count is None
    assert said.error == "list index out of range"


def test_a_result_without_a_count_is_an_error_and_no_rows_are_none():
    nothing_raised = {"raised_exception": False}

    assert answer(Result({}, nothing_raised)).error == "the expectation returned no count"
    assert answer(Result({"observed_value": None}, nothing_raised)).count is None
    assert answer(Result({"observed_value": 0}, nothing_raised)).count == 0
    assert answer(Result({"observed_value": 4}, nothing_raised)).count == 4
