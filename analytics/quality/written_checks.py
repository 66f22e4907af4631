"""Write a run of checks as JSON: `checks` is a list, one entry for each check.

It holds counts and no value of the data.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.report import QualityReport
from analytics.quality.written_report import report_content, write_aside


def write_checks(run: CheckRun, report: QualityReport | None, path: Path) -> Path:
    """Write the run, and what the house's own rules found where they were asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = checks_content(run) | ({} if report is None else {"house": report_content(report)})
    return write_aside(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def checks_content(run: CheckRun) -> dict[str, object]:
    """What the file holds: the reading, the counts by status, every check."""
    return {
        "cdm": run.cdm,
        "cdm_version": run.cdm_version,
        "reading": run.reading,
        "today": str(run.today),
        "sample": run.sample,
        "seconds": round(run.seconds, 3),
        "counts": run.counts,
        "notes": list(run.notes),
        "checks": [_entry(result) for result in run.results],
    }


def _entry(result: CheckResult) -> Mapping[str, object]:
    check = result.check
    return {
        "check_id": check.check_id,
        "check_name": check.name,
        "check_level": check.kind.level,
        "table": check.table,
        "field": check.field,
        "concept_id": check.concept_id,
        "description": check.kind.description,
        "severity": check.kind.severity,
        "category": check.kind.category,
        "subcategory": check.kind.subcategory or None,
        "context": check.kind.context,
        "num_violated_rows": result.num_violated_rows,
        "num_denominator_rows": result.num_denominator_rows,
        "pct_violated": result.pct_violated,
        "threshold": check.threshold,
        "status": result.status,
        "reason": result.reason or None,
        "error": result.error or None,
        "override": check.override or None,
    }
