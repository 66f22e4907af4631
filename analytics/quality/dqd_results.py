"""Write a run of checks as DataQualityDashboard's own results file, which its viewer opens.

The shape is that of DataQualityDashboard 2.8.4: `CheckResults` with one entry for each check,
`Metadata` with the rows of `cdm_source`, `Overview` with counts. In the reading `dqd` the overview
counts as that tool does (whatever did not fail has passed). In ours only what passed has; and what
was not checked is an error there, as its viewer has no other word that is not counted as passed.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from analytics.quality.check_result import CheckResult, CheckRun, CheckStatus
from analytics.quality.written_report import write_aside
from analytics.warehouse import CdmSource

SHAPE_OF = "2.8.4"
CDM_SOURCE = "cdm_source"
CATEGORIES = ("Plausibility", "Conformance", "Completeness")
Entry = dict[str, str | int | float]


def write_dqd_results(
    run: CheckRun, path: Path, *, cdm_source: Sequence[Mapping[str, str]], ended: datetime
) -> Path:
    """Write the file; `cdm_source` are the rows of that table, `ended` is when the run ended."""
    content = dqd_results(run, cdm_source=cdm_source, ended=ended)
    return write_aside(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def dqd_results(
    run: CheckRun, *, cdm_source: Sequence[Mapping[str, str]], ended: datetime
) -> dict[str, object]:
    """What the file holds."""
    began = ended - timedelta(seconds=run.seconds)
    metadata = cdm_source or [{"cdm_source_name": run.cdm, "cdm_version": run.cdm_version}]
    return {
        "startTimestamp": [f"{began:%Y-%m-%d %H:%M:%S}"],
        "endTimestamp": [f"{ended:%Y-%m-%d %H:%M:%S}"],
        "executionTime": [f"{run.seconds:.0f} secs"],
        "executionTimeSeconds": [round(run.seconds, 3)],
        "CheckResults": [_entry(result) for result in run.results],
        "Metadata": [
            {_camel(name): text for name, text in row.items()} | {"dqdVersion": SHAPE_OF}
            for row in metadata
        ],
        "Overview": {name: [number] for name, number in _overview(run).items()},
    }


def read_cdm_source(cdm: CdmSource) -> list[dict[str, str]]:
    """The rows of the CDM's own description of itself, as text; empty where it has none."""
    if CDM_SOURCE not in cdm.table_names:
        return []
    with duckdb.connect(":memory:") as connection:
        cdm.attach_file(connection)
        answer = connection.execute(f"select * from {cdm.relation(CDM_SOURCE, as_text=True)}")
        names = [str(column[0]).lower() for column in answer.description or ()]
        return [
            {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in answer.fetchall()
        ]


def _entry(result: CheckResult) -> Entry:
    """One check; what is not known is left out, as that tool leaves it out."""
    check, status = result.check, result.status
    error = result.error
    if status == "not_checked":
        error = f"Not checked: {result.reason}"
    known: Mapping[str, str | int | float | None] = {
        "numViolatedRows": result.num_violated_rows,
        "pctViolatedRows": result.pct_violated,
        "numDenominatorRows": result.num_denominator_rows,
        "executionTime": "",
        "queryText": "",
        "checkName": check.name,
        "checkLevel": check.kind.level,
        "checkDescription": f"{check.kind.description} ({check.table}"
        + (f".{check.field}" if check.field else "")
        + (f", {check.concept_name}" if check.concept_name else "")
        + ")",
        "cdmTableName": check.table.upper(),
        "cdmFieldName": check.field.upper() if check.field else None,
        "conceptId": check.concept_id,
        "sqlFile": "",
        "category": check.kind.category,
        "subcategory": check.kind.subcategory or None,
        "context": check.kind.context,
        "severity": check.kind.severity,
        "error": error or None,
        "checkId": check.check_id,
        "failed": int(status == "failed"),
        "passed": int(status == "passed"),
        "isError": int(status in ("error", "not_checked")),
        "notApplicable": int(status == "not_applicable"),
        "notApplicableReason": result.reason if status == "not_applicable" else None,
        "thresholdValue": check.threshold,
        "notesValue": check.override or None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _overview(run: CheckRun) -> dict[str, int | float]:
    failed, errors = _counted(run, "failed"), _counted(run, "error", "not_checked")
    is_letter = run.reading == "dqd"
    passed = len(run.results) - failed if is_letter else _counted(run, "passed")
    whole = passed + failed
    counts: dict[str, int | float] = {
        "countTotal": len(run.results),
        "countPassed": passed,
        "countErrorFailed": sum(bool(result.error) for result in run.results)
        if is_letter
        else errors,
        "countThresholdFailed": sum(
            result.status == "failed" and not result.error for result in run.results
        ),
        "countOverallFailed": failed,
        "percentPassed": round(100 * passed / whole, 2) if whole else 0.0,
        "percentFailed": round(100 * failed / whole, 2) if whole else 0.0,
    }
    for word, statuses in (
        ("Total", ()),
        ("Failed", ("failed",)),
        ("Passed", ("passed",)),
    ):
        for category in CATEGORIES:
            counts[f"count{word}{category}"] = _counted(run, *statuses, category=category)
    return counts


def _counted(run: CheckRun, *statuses: CheckStatus, category: str = "") -> int:
    return sum(
        (not statuses or result.status in statuses)
        and (not category or result.check.kind.category == category)
        for result in run.results
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
