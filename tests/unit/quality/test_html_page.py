"""One page judges all that was asked: OHDSI's checks and the house's own clauses."""

import re
from dataclasses import replace
from datetime import date

import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.quality import QualityReport, write_report
from analytics.quality.check_result import ANY_DAY, CheckResult, CheckRun
from analytics.quality.html_page import html_page
from tests.support.findings import finding

EMPTY = "field_isrequired_person_year_of_birth"
EARLY = "field_plausibleafterbirth_death_death_date"


@pytest.fixture(scope="module")
def checks():
    contracts = load_contracts("omop_cdm", only_landed=False)
    listed = list_quality_checks(contracts, load_check_tables(), "5.4", "catchment")
    return {check.check_id: check for check in listed}


def result(checks, check_id, status, *, broken=None, limit=None, **said):
    return CheckResult(
        check=replace(checks[check_id], limit_share=limit),
        status=status,
        num_violated_rows=broken,
        num_denominator_rows=None if broken is None else 12,
        **said,
    )


def run(*results, reading="catchment", today=date(2026, 11, 22), **said):
    return CheckRun(
        cdm="<people>", cdm_version="5.4", reading=reading, today=today, results=results, **said
    )


@pytest.fixture
def many(checks):
    return run(
        result(checks, EMPTY, "failed", broken=3),
        result(checks, "table_cdmtable_person", "passed", broken=0),
        result(checks, "field_isforeignkey_death_person_id", "not_applicable", reason="empty"),
        result(checks, "table_cdmtable_dose_era", "not_checked", reason="There is no table."),
        result(checks, "field_isprimarykey_person_person_id", "error", error="no such <column>"),
        notes=("The CDM has no table dose_era.",),
        seconds=30.0,
    )


def report(*findings):
    return QualityReport(cdm="<people>", findings=findings, n_rows={"person": 100})


def words(page):
    said = re.sub(r"<[^>]+>", " ", page.split("</style>")[1])
    return " ".join(said.split())


def verdict(page):
    kind, said = re.findall(r'<div class="verdict (\w+)">(.*?)</div>', page)[0]
    return kind, said.replace("&#x27;", "'")


def test_the_page_has_every_failure_and_no_way_out(many):
    page = html_page(report(finding()), many)
    said = words(page)

    assert "1 of 2 checks that could be made failed" in words(html_page(None, replace_errors(many)))
    assert "CDM 5.4, reading catchment , as of 2026-11-22; 5 of OHDSI's checks in 30.0 s" in said
    for told in (EMPTY, "field_isprimarykey_person_person_id", "People are people."):
        assert told in said
    assert "The CDM has no table dose_era." in said
    assert "&lt;people&gt;" in page
    assert "no such" not in said
    assert re.findall(r"(?i)(https?:|src=|href=|<script|url\()", page) == []


def replace_errors(ran):
    return replace(ran, results=tuple(one for one in ran.results if one.status != "error"))


def test_what_no_check_asks_the_day_of_is_told_without_one(many):
    said = words(html_page(None, replace(many, today=ANY_DAY)))

    assert "as of" not in said
    assert "a build asks what studies may stop at, catchment check all" in said


def test_an_error_says_that_nothing_is_known(many):
    assert verdict(html_page(report(), many)) == (
        *("stop", "1 check ended in an error: nothing is known of what is asked."),
    )


def test_a_study_stops_only_where_it_uses_data_past_their_limit(checks):
    past = result(checks, EARLY, "failed", broken=7, limit=0.5)
    kept = result(checks, EMPTY, "passed", broken=0)

    kind, said = verdict(html_page(report(finding()), run(past, kept)))
    assert kind == "stop"
    assert said == (
        "1 check is past its limit: a study that uses these data stops. 1 of 2 checks that could "
        "be made failed; 50.0 % passed. 1 of 1 clauses of our own are broken."
    )
    page = html_page(None, run(past, kept, reading="dqd"))
    assert verdict(page) == ("warn", "1 of 2 checks that could be made failed; 50.0 % passed.")
    assert "stops studies" not in words(page)


def test_one_past_a_sites_limit_that_keeps_its_threshold_is_listed(checks):
    page = html_page(report(), run(result(checks, EARLY, "passed", broken=1, limit=0.05)))

    assert verdict(page)[0] == "stop"
    listed = words(page).split("OHDSI's checks by table")[0]
    assert EARLY in listed
    assert "stops studies" in listed
    assert "studies stop past 5 %" in listed


@pytest.mark.parametrize(
    ("broken", "kind", "said"),
    [
        (3, "warn", "No study stops at these data. 1 of 1 checks"),
        (0, "good", "0 of 1 checks that could be made failed; 100.0 % passed. 0 of 0 clauses"),
    ],
)
def test_breaches_below_every_limit_stop_nobody(checks, broken, kind, said):
    status = "failed" if broken else "passed"
    page = html_page(report(), run(result(checks, EMPTY, status, broken=broken, limit=0.5)))

    assert verdict(page)[0] == kind
    assert verdict(page)[1].startswith(said)


def test_what_cannot_be_built_on_is_judged_without_ohdsis_checks():
    page = html_page(report(finding(severity="structural", n_violated=None)), None)

    assert verdict(page) == (
        *("stop", "This CDM cannot be built on: its structure breaks the contract."),
    )
    assert "OHDSI" not in words(page)


def test_a_part_of_the_checks_leaves_no_older_report_beside_its_page(many, tmp_path):
    names = [
        sorted(path.name for path in write_report(asked, tmp_path, many))
        for asked in (report(), None)
    ]

    assert names == [["quality_report.html", "quality_report.json"], ["quality_report.html"]]
    assert [path.name for path in tmp_path.iterdir()] == ["quality_report.html"]
