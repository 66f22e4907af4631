"""Turn what is the house's own in a contract into checks: each a query for the rows that break it.

Values that fit their type, keys of several columns, rules in SQL. What OHDSI asks of one column
(that it is filled, a key, a reference) is asked under OHDSI's names: see `run_checks`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from analytics.contracts import Column, Contract, Rule
from analytics.quality.report import Severity
from analytics.quality.structure import ReadColumn
from analytics.warehouse.workspace import quoted

AS_WRITTEN = " (as written)"
ABOUT_A_TABLE = ("table_is_there", "has_rows", "has_people")
ABOUT_A_COLUMN = ("column_is_there", "type_is_right", "values_fit")
WHAT_FITS = {
    "integer": "a whole number",
    "number": "a number",
    "date": "a date, written as 2020-12-31",
    "timestamp": "a date with a time, written as 2020-12-31 23:59:00",
    "boolean": "true or false",
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """A clause ready to be asked.

    `breaking` is what follows `from <table>` to find the rows that break the clause. `shows` are
    the columns whose values make an example. `waits_for` are the other tables it speaks of:
    without one it is not checked.
    """

    check_id: str
    table: str
    column: str | None
    rule: str
    severity: Severity
    breaking: str
    shows: tuple[str, ...] = ()
    limit_share: float | None = None
    waits_for: tuple[str, ...] = ()


def list_checks(
    contracts: Mapping[str, Contract], columns: Mapping[str, tuple[ReadColumn, ...]]
) -> Iterator[Check]:
    """Every check of every table that is there, in the order of the contracts."""
    for name, read in columns.items():
        contract = contracts[name]
        for one in read:
            if one.must_fit:
                yield _fit_check(contract, one.column)
        if len(contract.grain) > 1:
            yield _key_check(contract)
        for rule in contract.rules:
            yield _rule_check(contract, rule, contracts)


def own_ids(contracts: Mapping[str, Contract]) -> frozenset[str]:
    """Every id under which something may be found: by a check, or by what tables and columns are.

    Of tables that are copied into a workspace; of others nothing of the house's own is asked.
    """
    return frozenset(
        check_id
        for contract in contracts.values()
        if contract.is_landed
        for check_id in _ids_of(contract)
    )


def _ids_of(contract: Contract) -> Iterator[str]:
    yield from (f"{contract.name}.{about}" for about in ABOUT_A_TABLE)
    for column in contract.columns:
        yield from (f"{contract.name}.{column.name}.{about}" for about in ABOUT_A_COLUMN)
    if len(contract.grain) > 1:
        yield f"{contract.name}.unique"
    yield from (_rule_id(contract, rule) for rule in contract.rules)


def tables_in(checks: Collection[Check]) -> tuple[str, ...]:
    """The tables that the checks are about, each once, in order."""
    return tuple(dict.fromkeys(check.table for check in checks))


def _fit_check(contract: Contract, column: Column) -> Check:
    """A value that is written and yet null in its column's type."""
    name, written = quoted(column.name), quoted(column.name + AS_WRITTEN)
    return Check(
        check_id=f"{contract.name}.{column.name}.values_fit",
        table=contract.name,
        column=column.name,
        rule=f"Each value is {WHAT_FITS[column.logical_type]}.",
        severity="structural",
        breaking=f"where {written} is not null and {name} is null",
        shows=(column.name + AS_WRITTEN,),
    )


def _key_check(contract: Contract) -> Check:
    """Every row of a repeated key breaks the clause; a null in a key repeats nothing."""
    columns = ", ".join(quoted(name) for name in contract.grain)
    known = " and ".join(f"{quoted(name)} is not null" for name in contract.grain)
    return Check(
        check_id=f"{contract.name}.unique",
        table=contract.name,
        column=None,
        rule=f"No two rows have the same {' and '.join(contract.grain)}.",
        severity="row",
        breaking=(
            f"where ({columns}) in (select {columns} from {quoted(contract.name)} "
            f"where {known} group by {columns} having count(*) > 1)"
        ),
        shows=contract.grain,
    )


def _rule_check(contract: Contract, rule: Rule, tables: Collection[str]) -> Check:
    breaking = _after_from(rule.query)
    words = set(re.findall(r"\w+", breaking)) - {contract.name}
    return Check(
        check_id=_rule_id(contract, rule),
        table=contract.name,
        column=rule.column,
        rule=rule.description,
        severity="row",
        breaking=breaking.replace("${table}", quoted(contract.name)),
        shows=contract.grain,
        limit_share=rule.limit_share,
        waits_for=tuple(sorted(words.intersection(tables))),
    )


def _rule_id(contract: Contract, rule: Rule) -> str:
    return ".".join(filter(None, (contract.name, rule.column, rule.name)))


def _after_from(query: str) -> str:
    """What follows `select count(*) from ${table}`, with which every rule begins."""
    return query.split("${table}", 1)[1].strip()
