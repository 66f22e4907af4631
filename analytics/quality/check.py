"""Check a CDM: catalogue first, then Great Expectations, then examples of what was found."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import duckdb

from analytics.contracts import Contract, load_contracts
from analytics.quality.clauses import Check, list_checks
from analytics.quality.expectations import ROW_COUNT, Answer, ask
from analytics.quality.opened_cdm import opened_cdm
from analytics.quality.report import Finding, QualityReport, in_order
from analytics.settings import Settings, current_settings
from analytics.warehouse import CdmSource
from analytics.warehouse.workspace import quoted

MOST_EXAMPLES = 5
PEOPLE = "person"


def check(
    cdm: CdmSource,
    contracts: Mapping[str, Contract] | None = None,
    settings: Settings | None = None,
) -> QualityReport:
    """Hold a CDM against its contracts (those of `data_contracts/omop_cdm/` unless given).

    Nothing is raised for a breach: the report lists each and says whether it stops `build` or
    `run`. A CDM without people is one finding.
    """
    contracts = load_contracts("omop_cdm") if contracts is None else contracts
    settings = settings or current_settings()
    with opened_cdm(cdm, contracts, settings) as (connection, structure):
        there = tuple(structure.columns)
        checks = list(list_checks(contracts, structure.columns))
        can_ask = [one for one in checks if set(one.waits_for) <= set(there)]
        answers = ask(connection, there, can_ask)
        n_rows = {
            table: counted.count
            for table in there
            if (counted := answers.get(f"{table}.{ROW_COUNT}")) and counted.count is not None
        }
        findings = [*structure.findings, *_uncounted(there, answers)]
        empty = [name for name in there if n_rows.get(name) == 0]
        findings += [_empty(name) for name in empty if not contracts[name].is_optional]
        if PEOPLE not in empty:
            findings += [
                _finding(connection, one, answers[one.check_id], n_rows.get(one.table))
                for one in can_ask
                if one.check_id in answers
            ]
            findings += [_waiting(one, there) for one in checks if one not in can_ask]
    return QualityReport(cdm=str(cdm.path), findings=in_order(findings), n_rows=n_rows)


def _finding(
    connection: duckdb.DuckDBPyConnection, asked: Check, answer: Answer, n_rows: int | None
) -> Finding:
    found = Finding(
        check_id=asked.check_id,
        table=asked.table,
        column=asked.column,
        rule=asked.rule,
        severity=asked.severity,
        status="passed",
        message=f"{_place(asked)}: {asked.rule}",
        n_violated=answer.count,
        n_rows=n_rows,
        limit_share=asked.limit_share,
    )
    if answer.error is not None:
        message = f"{_place(asked)}: the check itself failed."
        return replace(found, status="error", message=message, detail=answer.error, n_rows=None)
    if not answer.count:
        return found
    message = (
        f"{_place(asked)}: {answer.count:,} of {n_rows or 0:,} rows"
        f'{_percentage(answer.count, n_rows)} break "{asked.rule}"'
    )
    return replace(found, status="breached", message=message, examples=_examples(connection, asked))


def _percentage(count: int, n_rows: int | None) -> str:
    if not n_rows:
        return ""
    percent = 100 * count / n_rows
    return f" ({percent:.1f} %)" if percent >= 0.1 else " (less than 0.1 %)"


def _examples(connection: duckdb.DuckDBPyConnection, asked: Check) -> tuple[str, ...]:
    """Ids (or values) of a few breaking rows, smallest first, so that two checks show the same."""
    if not asked.shows:
        return ()
    names = ", ".join(f"{quoted(asked.table)}.{quoted(name)}" for name in asked.shows)
    rows = connection.execute(
        f"select distinct {names} from {quoted(asked.table)} {asked.breaking} "
        f"order by all limit {MOST_EXAMPLES}"
    ).fetchall()
    return tuple(", ".join(str(value) for value in row) for row in rows)


def _place(asked: Check) -> str:
    return f"{asked.table}.{asked.column}" if asked.column else asked.table


def _empty(table: str) -> Finding:
    """A table without which there is nothing to build on has no rows."""
    has_nobody = table == PEOPLE
    rule = "The CDM has people." if has_nobody else "The table has rows."
    said = "The CDM is empty" if has_nobody else "Nothing can be built on this CDM"
    return Finding(
        check_id=f"{table}.has_people" if has_nobody else f"{table}.has_rows",
        table=table,
        column=None,
        rule=rule,
        severity="structural",
        status="breached",
        message=f"{said}: its table {table} has no rows.",
        n_rows=0,
    )


def _waiting(asked: Check, there: tuple[str, ...]) -> Finding:
    absent = " and no ".join(name for name in asked.waits_for if name not in there)
    return Finding(
        check_id=asked.check_id,
        table=asked.table,
        column=asked.column,
        rule=asked.rule,
        severity=asked.severity,
        status="not_checked",
        message=f"{_place(asked)}: not checked, because the CDM has no {absent}.",
        limit_share=asked.limit_share,
    )


def _uncounted(there: tuple[str, ...], answers: Mapping[str, Answer]) -> Iterator[Finding]:
    """Tables whose rows could not be counted: an error of the run."""
    for table in there:
        counted = answers.get(f"{table}.{ROW_COUNT}")
        if counted and counted.error is not None:
            yield Finding(
                check_id=f"{table}.{ROW_COUNT}",
                table=table,
                column=None,
                rule="The rows can be counted.",
                severity="structural",
                status="error",
                message=f"{table}: its rows could not be counted.",
                detail=counted.error,
            )
