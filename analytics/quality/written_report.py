"""Write a report as JSON (for programs) and as one HTML page that needs nothing from elsewhere.

Both are the data engineer's own: they hold ids of example rows and do not leave the workspace.
"""

import json
from pathlib import Path

from analytics.quality.html_page import html_page
from analytics.quality.report import Finding, QualityReport

JSON_NAME = "quality_report.json"
HTML_NAME = "quality_report.html"


def write_report(report: QualityReport, folder: Path) -> tuple[Path, Path]:
    """Write `quality_report.json` and `quality_report.html` into `folder`; the two paths.

    Each is written aside and renamed in, so that a reader sees a whole report or the last one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return (
        write_aside(folder / JSON_NAME, as_json(report)),
        write_aside(folder / HTML_NAME, html_page(report)),
    )


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
