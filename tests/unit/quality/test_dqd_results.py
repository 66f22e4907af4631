"""The results file has the shape that DataQualityDashboard's viewer reads."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import QualityCheck, list_quality_checks
from analytics.quality.check_frame import check_frame
from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.dqd_results import dqd_results, read_cdm_source, write_dqd_results
from analytics.warehouse import open_cdm
from tests.support.tables import table

ENDED = datetime(2026, 11, 22, 12, 0, 30)
# What the viewer's scripts read of each check (2.8.4).
READ = {"checkName", "checkLevel", "checkDescription", "cdmTableName", "category", "context"}
FLAGS = ("failed", "passed", "isError", "notApplicable")


@pytest.fixture(scope="module")
def checks() -> dict[str, QualityCheck]:
    contracts = load_contracts("omop_cdm", only_landed=False)
    listed = list_quality_checks(contracts, load_check_tables(), "5.4")
    return {check.check_id: check for check in listed}


def run(checks: dict[str, QualityCheck], reading: str) -> CheckRun:
    def of(name: str, **said: object) -> CheckResult:
        return CheckResult(check=checks[name], **said)

    return CheckRun(
        cdm="<people>",
        cdm_version="5.4",
        reading=reading,
        today=date(2026, 11, 22),
        seconds=30.0,
        notes=("The CDM has no table dose_era.",),
        results=(
            of(
                "field_isrequired_person_year_of_birth",
                status="failed",
                num_violated_rows=3,
                num_denominator_rows=12,
            ),
            of(
                "table_cdmtable_person",
                status="passed",
                num_violated_rows=0,
                num_denominator_rows=1,
            ),
            of("field_isforeignkey_death_person_id", status="not_applicable", reason="empty"),
            of("table_cdmtable_dose_era", status="not_checked", reason="The CDM has no table."),
            of("field_isprimarykey_person_person_id", status="error", error="no such <column>"),
        ),
    )


def test_each_check_is_an_entry_with_one_flag(checks):
    results = dqd_results(run(checks, "catchment"), cdm_source=[], ended=ENDED)
    entries = {entry["checkId"]: entry for entry in results["CheckResults"]}

    assert all(set(entry) >= READ for entry in entries.values())
    assert all(sum(entry[flag] for flag in FLAGS) == 1 for entry in entries.values())
    failed = entries["field_isrequired_person_year_of_birth"]
    assert (failed["numViolatedRows"], failed["numDenominatorRows"]) == (3, 12)
    assert failed["pctViolatedRows"] == 0.25
    assert (failed["cdmTableName"], failed["cdmFieldName"]) == ("PERSON", "YEAR_OF_BIRTH")
    # What was not checked is never counted as passed: its viewer counts the not applicable so.
    not_checked = entries["table_cdmtable_dose_era"]
    assert (not_checked["isError"], not_checked["error"]) == (
        1,
        "Not checked: The CDM has no table.",
    )
    assert "cdmFieldName" not in not_checked


@pytest.mark.parametrize(
    ("reading", "passed", "percent"), [("catchment", 1, 50.0), ("dqd", 4, 80.0)]
)
def test_the_overview_counts_as_its_reading_does(checks, reading, passed, percent):
    """DataQualityDashboard counts whatever did not fail as passed; we do not."""
    overview = dqd_results(run(checks, reading), cdm_source=[], ended=ENDED)["Overview"]

    assert overview["countTotal"] == [5]
    assert overview["countOverallFailed"] == [1]
    assert overview["countPassed"] == [passed]
    assert overview["percentPassed"] == [percent]
    assert overview["countPassedConformance"] == [1]


def test_the_cdm_says_who_it_is(checks, tmp_path: Path):
    source = table("""
        cdm_source_name | cdm_release_date
        A hospital      | 2024-06-30
    """)
    source.write_parquet(tmp_path / "cdm_source.parquet")
    table("person_id\n1").write_parquet(tmp_path / "person.parquet")
    rows = read_cdm_source(open_cdm(tmp_path))
    file = write_dqd_results(
        run(checks, "dqd"), tmp_path / "dqd.json", cdm_source=rows, ended=ENDED
    )

    content = json.loads(file.read_text())
    assert content["Metadata"] == [
        {"cdmSourceName": "A hospital", "cdmReleaseDate": "2024-06-30", "dqdVersion": "2.8.4"}
    ]
    assert content["startTimestamp"] == ["2026-11-22 12:00:00"]


def test_a_cdm_that_does_not_say_who_it_is_goes_by_its_path(checks, tmp_path: Path):
    table("person_id\n1").write_parquet(tmp_path / "person.parquet")

    assert read_cdm_source(open_cdm(tmp_path)) == []
    (metadata,) = dqd_results(run(checks, "dqd"), cdm_source=[], ended=ENDED)["Metadata"]
    assert metadata["cdmSourceName"] == "<people>"


def test_a_frame_holds_what_had_something_to_look_at(checks):
    frame = check_frame(run(checks, "catchment"))

    assert set(frame.select("check_name", "table_name", "status").rows()) == {
        ("isRequired", "person", "failed"),
        ("cdmTable", "person", "passed"),
        ("cdmTable", "dose_era", "not_checked"),
        ("isPrimaryKey", "person", "error"),
    }
    assert frame.filter(check_name="isRequired")["n_violated"].to_list() == [3]
