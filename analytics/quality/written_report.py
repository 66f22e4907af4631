"""Write what was found as JSON (for programs) and as one HTML page that needs nothing else.

The JSON is of the house's own clauses, the page of all that was asked. Both are the data
engineer's own: they hold ids of example rows and do not leave the workspace.
"""

import json
from pathlib import Path

from analytics.quality.check_result import CheckRun
from analytics.quality.html_page import html_page
from analytics.quality.report import Finding, QualityReport

JSON_NAME = "quality_report.json"
HTML_NAME = "quality_report.html"


def write_report(
    report: QualityReport | None, folder: Path, run: CheckRun | None = None
) -> tuple[Path, ...]:
    """Write `quality_report.html` and, of a report, `quality_report.json` into `folder`: the paths.

    Each is written aside and renamed in, so that a reader sees a whole report or the last one.
    The JSON of another run does not stay beside a page without a report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = write_aside(folder / HTML_NAME, html_page(report, run))
    if report is None:
        (folder / JSON_NAME).unlink(missing_ok=True)
        return (page,)
    return write_aside(folder / JSON_NAME, as_json(report)), page


def as_json(report: QualityReport) -> str:
    """The report as JSON text: the verdicts, the rows of each table, every finding."""
    return json.dumps(report_content(report), indent=2, ensure_ascii=False) + "\n"


def report_content(report: QualityReport) -> dict[str, object]:
    """What the JSON holds."""
    return {
        "cdm": report.cdm,
        "stops_build": report.stops_build,
        "stops_run": report.stops_run,
        "n_rows": dict(sorted(report.n_rows.items())),
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "check_id": finding.check_id,
        "table": finding.table,
        "column": finding.column,
        "rule": finding.rule,
        "severity": finding.severity,
        "status": finding.status,
        "n_violated": finding.n_violated,
        "n_rows": finding.n_rows,
        "share": finding.share,
        "limit_share": finding.limit_share,
        "is_past_limit": finding.is_past_limit,
        "message": finding.message,
        "detail": finding.detail,
        "examples": list(finding.examples),
    }


def write_aside(path: Path, text: str) -> Path:
    """Write a file so that a reader sees it whole or as it was."""
    aside = path.with_name(f".{path.name}.writing")
    aside.write_text(text, encoding="utf-8")
    return aside.replace(path)
