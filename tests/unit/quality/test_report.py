"""What follows from findings, and how a report is written down."""

import json
import re

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import ContractBreachError, RunFailedError
from analytics.quality import Finding, QualityReport, to_frame, write_report
from analytics.quality.report import in_order
from tests.support.findings import finding


def report(*findings: Finding) -> QualityReport:
    return QualityReport(cdm="a/cdm", findings=in_order(list(findings)), n_rows={"person": 100})


@pytest.mark.parametrize(
    ("limit", "stops"), [(None, False), (0.05, False), (0.0499, True), (0.0, True), (1.0, False)]
)
def test_rows_stop_a_run_only_past_the_limit_and_never_a_build(limit, stops):
    found = report(finding(limit_share=limit))

    assert found.stops_run is stops
    assert not found.stops_build
    found.check_can_build()


def test_structure_stops_build_and_run():
    found = report(finding(severity="structural", n_violated=None, n_rows=None))

    assert found.stops_build
    assert found.stops_run
    with pytest.raises(ContractBreachError, match="stops `build`"):
        found.check_can_build()


def test_an_error_concludes_nothing():
    found = report(finding(status="error", n_violated=None, severity="structural", detail="why"))

    assert not found.stops_build
    with pytest.raises(RunFailedError, match="why"):
        found.check_can_build()


def test_the_gravest_comes_first():
    found = report(
        finding("passed", status="passed", n_violated=0),
        finding("small", n_violated=1),
        finding("large", n_violated=50),
        finding("past its limit", n_violated=2, limit_share=0.01),
        finding("missing", severity="structural", n_violated=None),
        finding("failed", status="error", n_violated=None),
        finding("absent", status="not_checked", n_violated=None),
    )

    assert [one.check_id for one in found.findings] == [
        "failed",
        "missing",
        "past its limit",
        "large",
        "small",
        "absent",
        "passed",
    ]


def test_the_frame_is_that_of_the_results_contract_and_holds_no_example():
    contract = load_contracts("results")["quality_check"]
    frame = to_frame(report(finding(detail="id 4711 failed")))

    assert set(frame.columns) == set(contract.column_names) - {"run_id", "study"}
    assert frame["share"].to_list() == [0.05]
    assert "4711" not in str(frame.rows())
    types = {"varchar": pl.String, "bigint": pl.Int64, "double": pl.Float64, "boolean": pl.Boolean}
    for column in contract.columns:
        if column.name in frame.columns:
            assert frame.schema[column.name] == types[column.physical_type], column.name


def test_a_report_without_findings_is_a_frame_without_rows():
    assert to_frame(report()).height == 0


def test_the_json_says_everything(tmp_path):
    found = report(finding(limit_share=0.01))
    json_file, _ = write_report(found, tmp_path / "new")
    said = json.loads(json_file.read_text(encoding="utf-8"))

    assert said["stops_run"] is True
    assert said["n_rows"] == {"person": 100}
    (one,) = said["findings"]
    assert (one["n_violated"], one["n_rows"], one["share"]) == (5, 100, 0.05)
    assert one["examples"] == ["4711", "4712"]
    assert one["is_past_limit"] is True


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows(tmp_path):
    nasty = "<script>alert(1)</script>"
    _, page_file = write_report(report(finding(examples=(nasty,), rule=nasty)), tmp_path)
    page = page_file.read_text(encoding="utf-8")

    assert "&lt;script&gt;" in page
    assert not re.search(r"(?i)<script|<link|<img|https?:|@import|url\(", page)
    assert "5.0 %" in page
    assert "1 of 1 clauses of our own are broken." in page


def test_a_small_share_is_never_shown_as_zero(tmp_path):
    _, page_file = write_report(report(finding(n_violated=1, n_rows=1_000_000)), tmp_path)

    assert "&lt; 0.1 %" in page_file.read_text(encoding="utf-8")


def test_writing_leaves_the_old_report_until_the_new_one_is_whole(tmp_path):
    write_report(report(), tmp_path)
    write_report(report(finding()), tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "quality_report.html",
        "quality_report.json",
    ]
    assert "4711" in (tmp_path / "quality_report.json").read_text(encoding="utf-8")
