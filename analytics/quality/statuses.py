"""From answers to statuses, in two readings.

`dqd`: the rules of DataQualityDashboard 2.8.4 to the letter. `catchment`: with its defects mended.
What cannot be checked because something else is missing is "not checked" and never counts as
passed; a required column without any value fails.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.answers import Answered, Question
from analytics.quality.check_result import CheckResult, CheckStatus
from analytics.quality.measures import Catalogue, Reading, is_there

CONDITIONS = "condition_occurrence"
STRUCTURE = ("cdmTable", "cdmField")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the CDM holds: tables and columns there are, those without a row or a value."""

    catalogue: Catalogue
    empty_tables: frozenset[str] = frozenset()
    empty_columns: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def find(
    catalogue: Catalogue, questions: Sequence[Question], answers: Mapping[str, Answered]
) -> Found:
    """Which tables and columns hold nothing, from the answers about completeness."""
    empty_tables: set[str] = set()
    empty_columns: set[tuple[str, str]] = set()
    for check, _ in questions:
        answer = answers.get(check.check_id)
        if check.name != "measureValueCompleteness" or answer is None or answer.error:
            continue
        if answer.looked_at == 0:
            empty_tables.add(check.table)
        if answer.looked_at == answer.breaking:
            empty_columns.add((check.table, check.column))
    return Found(
        catalogue=catalogue,
        empty_tables=frozenset(empty_tables),
        empty_columns=frozenset(empty_columns),
    )


def decide(question: Question, answer: Answered, found: Found, reading: Reading) -> CheckResult:
    """The status of one check, and why."""
    check, asking = question
    status, reason = (
        _as_dqd(check, answer, found)
        if reading == "dqd"
        else _mended(check, answer, found, asking.needs)
    )
    counted = answer.error is None
    return CheckResult(
        check=check,
        status=status,
        num_violated_rows=answer.breaking if counted else None,
        num_denominator_rows=answer.looked_at if counted else None,
        reason=reason,
        error=answer.error or "",
    )


def _as_dqd(check: QualityCheck, answer: Answered, found: Found) -> tuple[CheckStatus, str]:
    not_applicable = _why_not_applicable(check, answer, found)
    if not_applicable:
        return "not_applicable", not_applicable
    if answer.error is not None:
        is_absence = check.name in STRUCTURE and not is_there(
            ((check.table, check.field or ""),), found.catalogue
        )
        return ("failed" if is_absence else "error"), ""
    return ("passed" if answer.is_met else "failed"), ""


def _why_not_applicable(check: QualityCheck, answer: Answered, found: Found) -> str:
    """Why the check makes no sense on this CDM; nothing where it does."""
    table, column = check.table, check.field or ""
    if check.name == "measureConditionEraCompleteness":
        without = CONDITIONS not in found.catalogue or CONDITIONS in found.empty_tables
        return f"Table {CONDITIONS.upper()} is empty." if without else ""
    if check.name == "cdmTable":
        return ""
    if table not in found.catalogue:
        return f"Table {table.upper()} does not exist."
    if check.name in ("measurePersonCompleteness", "cdmField"):
        return ""
    if column and column not in found.catalogue[table]:
        return f"Field {table.upper()}.{column.upper()} does not exist."
    if answer.error is not None:
        return ""
    if table in found.empty_tables:
        return f"Table {table.upper()} is empty."
    if check.name == "measureValueCompleteness":
        return ""
    if (table, column) in found.empty_columns:
        return f"Field {table.upper()}.{column.upper()} is not populated."
    if check.kind.level == "CONCEPT" and answer.looked_at == 0:
        return f"{column.upper()}={check.concept_id} is missing from the {table.upper()} table."
    return ""


def _mended(
    check: QualityCheck,
    answer: Answered,
    found: Found,
    needs: Sequence[tuple[str, str]],
) -> tuple[CheckStatus, str]:
    if check.name == "cdmTable" and check.is_optional and check.table not in found.catalogue:
        return "not_checked", f"The CDM has no table {check.table}."
    if answer.recorded and not answer.looked_at:
        return "not_checked", "No record of the concept says its unit."
    not_applicable = _why_not_applicable(check, answer, found)
    is_unfilled = not_applicable.endswith("is not populated.")
    if check.name == "isRequired" and is_unfilled:
        return "failed", ""
    if not_applicable:
        return "not_applicable", not_applicable
    if answer.error is not None:
        if check.name in STRUCTURE:
            return ("failed" if not is_there(needs, found.catalogue) else "error"), ""
        if check.table in found.empty_tables:
            return "not_applicable", f"Table {check.table.upper()} is empty."
        lacking = [need for need in needs if not is_there((need,), found.catalogue)]
        if lacking:
            table, column = lacking[0]
            missing = f"column {table}.{column}" if table in found.catalogue else f"table {table}"
            return "not_checked", f"The CDM has no {missing}."
        return "error", ""
    return ("passed" if answer.is_met else "failed"), ""
