"""`catchment check`: a list of checks in a file, exit codes, SQL for the rows, and bad input."""

import json

import duckdb
import pytest

from tests.support.check_boundaries import CONDITION, EXPECTED, write_boundaries
from tests.support.command_line import catchment_here

IN_VISIT = f"field_withinvisitdates_{CONDITION}_start_date"


@pytest.fixture(scope="module")
def cdm(tmp_path_factory):
    return write_boundaries(tmp_path_factory.mktemp("cdm"))


def test_the_file_lists_each_check_with_its_numbers_threshold_and_status(cdm, tmp_path):
    out = tmp_path / "deep" / "report.json"

    said = catchment_here(
        *("check", cdm, "--reading", "dqd", "--today", "2026-11-22", "--out", out),
        *("--only", "withinVisitDates", "--only", "observation_period"),
    )

    assert (said.exit_code, said.stderr) == (0, "")
    report = json.loads(out.read_text())
    assert (report["reading"], report["today"], report["cdm_version"]) == (
        "dqd",
        "2026-11-22",
        "5.4",
    )
    checks = {one["check_id"]: one for one in report["checks"]}
    asked = ("num_violated_rows", "num_denominator_rows", "status")
    assert tuple(checks[IN_VISIT][name] for name in asked) == EXPECTED[IN_VISIT]
    assert checks[IN_VISIT]["threshold"] == 5
    assert {one["status"] for one in checks.values()} <= {
        *("passed", "failed", "not_applicable", "error"),
    }
    assert "table_measureobservationperiodoverlap_observation_period" in checks


def test_a_check_that_ends_in_an_error_is_an_error_of_the_run(tmp_path):
    (tmp_path / "cdm").mkdir()
    duckdb.sql(
        "copy (select 1 as person_id, 'last week' as birth_datetime) "
        f"to '{tmp_path / 'cdm' / 'person.parquet'}' (format parquet)"
    )
    check = ("check", tmp_path / "cdm", "--out", tmp_path / "report.json")
    check = (*check, "--only", "plausibleValueLow")

    ours = catchment_here(*check, "--today", "2026-11-22")
    theirs = catchment_here(*check, "--today", "2026-11-22", "--reading", "dqd")

    assert ours.exit_code == 5
    assert "ended in an error; nothing was concluded about them" in ours.stderr
    assert "field_plausiblevaluelow_person_birth_datetime" in ours.stderr
    assert theirs.exit_code == 0


def test_a_sites_own_limit_is_taken_and_told(cdm, tmp_path):
    (tmp_path / "site.yaml").write_text(
        "overrides:\n"
        "  - {table: condition_occurrence, column: condition_start_date, check: withinVisitDates,\n"
        '     threshold: 60, reason: "Conditions are recorded late here.", date: 2026-11-22}\n'
    )

    said = catchment_here(
        *("check", cdm, "--only", IN_VISIT, "--out", tmp_path / "report.json"),
        *("--overrides", tmp_path / "site.yaml"),
    )

    assert said.exit_code == 0
    (one,) = json.loads((tmp_path / "report.json").read_text())["checks"]
    assert (one["status"], one["threshold"], one["num_violated_rows"]) == ("passed", 60, 2)
    assert one["override"] == "site.yaml, 2026-11-22: Conditions are recorded late here."


def test_the_rows_behind_a_check_are_shown_as_sql(cdm):
    said = catchment_here("check", cdm, "--show", IN_VISIT)

    assert said.exit_code == 0
    with duckdb.connect() as connection:
        assert len(connection.execute(said.stdout).fetchall()) == 2


OBSERVED = f"{CONDITION.removesuffix('_condition')}.inside_observation"


def test_a_rule_of_our_own_is_asked_and_its_rows_are_shown(cdm, tmp_path):
    table, out = OBSERVED.split(".")[0], tmp_path / "report.json"

    for only in (OBSERVED, table):
        assert catchment_here("check", cdm, "--only", only, "--out", out).exit_code == 0
        report = json.loads(out.read_text())
        found = {one["check_id"]: one for one in report["house"]["findings"]}
        assert {one["table"] for one in found.values()} == {table}
        assert report["house"]["n_rows"].keys() == {table}
        assert bool(report["checks"]) == (only == table)
    rows = found[OBSERVED]["n_violated"]
    shown = catchment_here("check", cdm, "--show", OBSERVED)

    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"-- One row for each row that breaks {OBSERVED}: ")
    with duckdb.connect() as connection:
        assert len(connection.execute(shown.stdout).fetchall()) == rows > 0


def test_a_rule_alone_makes_the_page_and_the_table_of_rules(cdm, tmp_path):
    said = catchment_here("check", cdm, "--only", OBSERVED, "--out", tmp_path / "quality")

    assert said.exit_code == 0
    assert "1 of 1 rules of the house found something" in said.stdout
    assert "reading catchment" not in said.stdout
    page = (tmp_path / "quality" / "quality_report.html").read_text()
    assert f"<code>{OBSERVED}</code>" in page
    assert "0 of 0" not in page


def test_what_is_not_asked_of_a_sample_is_said(cdm, tmp_path):
    check = ("check", cdm, "--sample", "0.5", "--out", tmp_path / "report.json", "--only")

    said, of_a_kind = (catchment_here(*check, only) for only in ("person", "isRequired"))

    assert "! Rules of our own were not asked: they look at all rows" in said.stdout
    assert "Rules of our own" not in of_a_kind.stdout


def test_an_out_that_cannot_be_written_is_one_error(cdm, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "x.json").mkdir()

    for out, told in (
        ("/proc/x", "--out /proc/x cannot be written: "),
        (tmp_path / "file" / "x.json", f"{tmp_path / 'file'} is a file. Name a folder"),
        (tmp_path / "file", "is a file. Name a folder"),
        (tmp_path / "x.json", "is a folder. Name a file"),
    ):
        said = catchment_here("check", cdm, "--only", "person", "--out", out)
        assert said.exit_code == 2, out
        assert told in said.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--today", "22.11.2026"), "--today '22.11.2026' is not a date"),
        (("--show", "field_isrequired_person_year_of_brith"), "Did you mean"),
        (("--only", "isforeignkeys"), "'isforeignkeys' is no table of the CDM"),
        (("--only", "person.is_observd"), "Did you mean 'person.is_observed'"),
        (("--show", "person.is_observd"), "Did you mean 'person.is_observed'"),
        (("--show", "person.table_is_there"), "is about no rows of this CDM"),
        (("--only", "person.is_observed", "--reading", "dqd"), "the reading dqd asks none"),
        (("--overrides", "none.yaml"), "none.yaml: there is no such file"),
    ],
)
def test_what_cannot_be_asked_is_refused(cdm, words, told):
    said = catchment_here("check", cdm, *words)

    assert said.exit_code == 2
    assert told in said.stderr


def test_a_path_is_no_address_on_a_server(cdm):
    said = catchment_here("check", cdm, "--warehouse", "postgres")

    assert said.exit_code == 2
    assert "by a path" in said.stderr
    assert "leave --warehouse out" in said.stderr


def test_a_url_needs_its_warehouse():
    said = catchment_here("check", "postgresql://me@nowhere/db?schema=cdm")

    assert said.exit_code == 2
    assert "Add --warehouse postgres" in said.stderr
