"""Check a CDM: catalogue first, then Great Expectations, then examples of what was found."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

from analytics.contracts import Contract, load_contracts
from analytics.errors import BadInputError
from analytics.quality.clauses import Check, list_checks
from analytics.quality.expectations import ROW_COUNT, Answer, ask
from analytics.quality.opened_cdm import Ask, OpenedCdm, asked_in_files
from analytics.quality.people_behind import (
    NOBODY,
    PERSON_ID,
    PeopleBehind,
    count_behind,
    tables_about_nobody,
)
from analytics.quality.report import Finding, QualityReport, in_order
from analytics.quality.structure import ReadColumn, Structure
from analytics.settings import Settings, current_settings
from analytics.warehouse import CdmSource
from analytics.warehouse.postgres_address import EXAMPLE, PostgresAddress
from analytics.warehouse.workspace import quoted

MOST_EXAMPLES = 5
NO_ROW = "where false"
PEOPLE = "person"


def check(
    cdm: CdmSource | PostgresAddress,
    contracts: Mapping[str, Contract] | None = None,
    settings: Settings | None = None,
    *,
    only: Collection[str] = (),
    with_people: bool = False,
) -> QualityReport:
    """Hold a CDM against its contracts (those of `data_contracts/omop_cdm/` unless given).

    Nothing is raised for a breach: the report lists each and says whether it stops `build` or
    `run`. A CDM without people is one finding. `only` are tables, or ids of checks; none: all.
    `with_people` counts the people behind the rows.
    """
    contracts = load_contracts("omop_cdm") if contracts is None else contracts
    settings = settings or current_settings()
    with _opened(cdm, contracts, settings) as opened:
        structure = opened.structure
        spoken_of = {name.split(".")[0] for name in only or structure.columns}
        there = tuple(name for name in structure.columns if name in spoken_of)
        checks = [one for one in list_checks(contracts, structure.columns) if _is_asked(one, only)]
        can_ask = [one for one in checks if not _lacking(one, structure)]
        answers = ask(opened, there, can_ask)
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
                _finding(opened.ask, one, answers[one.check_id], n_rows.get(one.table))
                for one in can_ask
                if one.check_id in answers
            ]
            findings += [_waiting(one, structure) for one in checks if one not in can_ask]
        findings = [one for one in findings if _is_asked(one, only)]
        if with_people:
            breaking = {one.check_id: one.breaking for one in can_ask}
            findings = _with_people(opened.ask, findings, structure.columns, breaking)
    report = QualityReport(cdm=str(cdm), findings=in_order(findings), n_rows=n_rows)
    if isinstance(cdm, CdmSource):
        return replace(report, cdm=str(cdm.path))
    return replace(report, asked_by=f"{EXAMPLE} --warehouse postgres")


def query_for_rule(
    cdm: CdmSource | PostgresAddress, check_id: str, contracts: Mapping[str, Contract]
) -> str:
    """The rows that break a rule of the house as SQL that runs by itself; nothing is read here.

    Raises BadInputError where the rule has no rows: it is about what tables and columns there are,
    or waits for a table that is not there.
    """
    with _opened(cdm, contracts, current_settings()) as opened:
        known = {one.check_id: one for one in list_checks(contracts, opened.structure.columns)}
        asked = known.get(check_id)
        if asked is None:
            raise BadInputError(
                f"--show {check_id!r} is about no rows of this CDM: it asks what tables and "
                "columns there are, or of which type, or is about what is not there."
            )
        if _lacking(asked, opened.structure):
            raise BadInputError(f"--show {check_id!r}: {_waiting(asked, opened.structure).message}")
        spoken_of = {None, asked.table, *asked.waits_for}
        statements = [statement for table, statement in opened.to_begin if table in spoken_of]
    table = quoted(asked.table)
    title = f"-- One row for each row that breaks {check_id}: {asked.rule}"
    rows = f"select {table}.* from {table} {asked.breaking}"
    return "\n".join([title, *(f"{statement};" for statement in (*statements, rows))])


def _is_asked(one: Check | Finding, only: Collection[str]) -> bool:
    return not only or one.table in only or one.check_id in only


def _lacking(asked: Check, structure: Structure) -> list[str]:
    return [name for name in asked.waits_for if name not in structure.columns]


def _opened(
    cdm: CdmSource | PostgresAddress, contracts: Mapping[str, Contract], settings: Settings
) -> AbstractContextManager[OpenedCdm]:
    if isinstance(cdm, CdmSource):
        return asked_in_files(cdm, contracts, settings)
    # Only who asks for a server needs its client.
    from analytics.quality.asked_postgres import asked_on_postgres

    return asked_on_postgres(cdm, contracts)


def _finding(ask_rows: Ask, asked: Check, answer: Answer, n_rows: int | None) -> Finding:
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
    return replace(found, status="breached", message=message, examples=_examples(ask_rows, asked))


def _with_people(
    ask_rows: Ask,
    findings: Iterable[Finding],
    columns: Mapping[str, Collection[ReadColumn]],
    breaking: Mapping[str, str],
) -> list[Finding]:
    """Findings that counted rows of people, with the people behind them."""
    tables = {
        name for name, read in columns.items() if PERSON_ID in (one.column.name for one in read)
    }
    known: dict[str, int] = {}

    def ask(query: str) -> int:
        return int(ask_rows(query)[0][0])

    def behind(found: Finding) -> PeopleBehind | None:
        if found.table in tables_about_nobody():
            return NOBODY
        if found.table not in tables or not found.n_rows:
            return None
        table = quoted(found.table)
        of_check = breaking[found.check_id] if found.n_violated else NO_ROW
        return count_behind(
            ask,
            looked_at=f"select person_id from {table}",
            breaking=f"select {table}.person_id from {table} {of_check}",
            known=known,
        )

    return [replace(found, behind=behind(found)) for found in findings]


def _percentage(count: int, n_rows: int | None) -> str:
    if not n_rows:
        return ""
    percent = 100 * count / n_rows
    return f" ({percent:.1f} %)" if percent >= 0.1 else " (less than 0.1 %)"


def _examples(ask_rows: Ask, asked: Check) -> tuple[str, ...]:
    """Ids (or values) of a few breaking rows, smallest first, so that two checks show the same."""
    if not asked.shows:
        return ()
    names = ", ".join(f"{quoted(asked.table)}.{quoted(name)}" for name in asked.shows)
    numbers = ", ".join(str(number + 1) for number in range(len(asked.shows)))
    rows = ask_rows(
        f"select distinct {names} from {quoted(asked.table)} {asked.breaking} "
        f"order by {numbers} limit {MOST_EXAMPLES}"
    )
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


def _waiting(asked: Check, structure: Structure) -> Finding:
    absent = " and no ".join(_lacking(asked, structure))
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
