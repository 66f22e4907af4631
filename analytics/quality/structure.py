"""Compare a database's catalogue with the contracts: tables, columns, types. No row is counted.

The outcome is the structural findings and, for each table that is there, how its columns are
read; a column whose values must be looked at one by one (text where a date should be) is marked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analytics.contracts import Column, Contract
from analytics.errors import near_miss
from analytics.quality.report import Finding

WHOLE = ("tinyint", "smallint", "integer", "utinyint", "usmallint")
LARGE = ("bigint", "uinteger")
HUGE = ("ubigint", "hugeint", "uhugeint")
FRACTIONS = ("float", "double", "decimal")
MOMENTS = ("timestamp", "timestamp with time zone", "timestamp_s", "timestamp_ms", "timestamp_ns")

# Types of the catalogue that hold only values of the contract's type.
SURE = {
    "integer": WHOLE,
    "bigint": (*WHOLE, *LARGE),
    "double": (*WHOLE, *LARGE, *HUGE, *FRACTIONS),
    "date": ("date", *MOMENTS),
    "timestamp": ("date", *MOMENTS),
    "boolean": ("boolean",),
}
# Types of the catalogue that may hold values of the contract's type: each value is looked at.
POSSIBLE = {
    "integer": (*LARGE, *HUGE, *FRACTIONS, "varchar"),
    "bigint": (*HUGE, *FRACTIONS, "varchar"),
    "double": ("varchar",),
    "date": ("varchar",),
    "timestamp": ("varchar",),
    "boolean": ("varchar",),
}
NOT_TEXT = ("blob", "bit")
TEXT = "varchar"
# What PostgreSQL calls types of the catalogue.
ALSO_CALLED = {
    "character varying": TEXT,
    "character": TEXT,
    "text": TEXT,
    "timestamp without time zone": "timestamp",
    "numeric": "decimal",
    "double precision": "double",
    "real": "float",
    "bytea": "blob",
    "bit varying": "bit",
    "array": "[]",
}


@dataclass(frozen=True, kw_only=True)
class ReadColumn:
    """How one column of a contract is read: under which name, and whether each value must fit.

    `found_as` is None where the CDM lacks the column, which is then null.
    """

    column: Column
    found_as: str | None
    found_type: str
    must_fit: bool


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What the catalogue says: findings, the columns to read, optional tables that are absent."""

    findings: tuple[Finding, ...]
    columns: Mapping[str, tuple[ReadColumn, ...]]


def compare_structure(
    catalogue: Mapping[str, Mapping[str, str]],
    contracts: Mapping[str, Contract],
    all_null: frozenset[tuple[str, str]] = frozenset(),
) -> Structure:
    """Hold `catalogue` (table → column → type, names in lower case) against the contracts.

    `all_null` are (table, column) without any value: their type says nothing.
    """
    findings: list[Finding] = []
    columns: dict[str, tuple[ReadColumn, ...]] = {}
    for name, contract in contracts.items():
        if name not in catalogue:
            findings.append(_absent_table(contract, catalogue))
            continue
        there = catalogue[name]
        read = tuple(_read(column, there) for column in contract.columns)
        found = list(_column_findings(contract, read, there, all_null))
        findings += found
        unreadable = {finding.column for finding in found}
        columns[name] = tuple(
            ReadColumn(column=one.column, found_as=None, found_type="", must_fit=False)
            if one.column.name in unreadable
            else one
            for one in read
        )
    return Structure(findings=tuple(findings), columns=columns)


def _absent_table(contract: Contract, catalogue: Mapping[str, Mapping[str, str]]) -> Finding:
    if contract.is_optional:
        return Finding(
            check_id=f"{contract.name}.table_is_there",
            table=contract.name,
            column=None,
            rule="The table is there.",
            severity="structural",
            status="not_checked",
            message=f"The CDM has no table {contract.name}; it is read as empty. "
            f"{contract.limitations}".rstrip(),
        )
    return Finding(
        check_id=f"{contract.name}.table_is_there",
        table=contract.name,
        column=None,
        rule="The table is there.",
        severity="structural",
        status="breached",
        message=f"The table {contract.name} is missing.{near_miss(contract.name, catalogue)}",
    )


def _read(column: Column, there: Mapping[str, str]) -> ReadColumn:
    name = next((name for name in (column.name, *column.aliases) if name in there), None)
    found_type = _plain(there[name]) if name else ""
    return ReadColumn(
        column=column,
        found_as=name,
        found_type=found_type,
        must_fit=found_type in POSSIBLE.get(column.physical_type, ()),
    )


def _plain(found_type: str) -> str:
    """A type without its width, as DuckDB calls it: `DECIMAL(18,3)` is decimal."""
    plain = found_type.lower().split("(")[0].strip()
    return ALSO_CALLED.get(plain, plain)


def _column_findings(
    contract: Contract,
    read: tuple[ReadColumn, ...],
    there: Mapping[str, str],
    all_null: frozenset[tuple[str, str]],
) -> Iterator[Finding]:
    known = {name for one in contract.columns for name in (one.name, *one.aliases)}
    strange = [name for name in there if name not in known]
    for one in read:
        place = f"{contract.name}.{one.column.name}"
        if one.found_as is None:
            if one.column.must_exist:
                yield Finding(
                    check_id=f"{place}.column_is_there",
                    table=contract.name,
                    column=one.column.name,
                    rule="The column is there.",
                    severity="structural",
                    status="breached",
                    message=f"The column {place} is missing.{near_miss(one.column.name, strange)}",
                )
            continue
        if not can_hold(one.found_type, one.column.physical_type) and (
            (contract.name, one.found_as) not in all_null
        ):
            yield Finding(
                check_id=f"{place}.type_is_right",
                table=contract.name,
                column=one.column.name,
                rule=f"The column holds {one.column.logical_type} values.",
                severity="structural",
                status="breached",
                message=(
                    f"The column {place} is of type {one.found_type}; the contract asks for "
                    f"{one.column.physical_type}. Write the column as {one.column.physical_type}."
                ),
            )


def of_wrong_type(
    catalogue: Mapping[str, Mapping[str, str]], contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, str]]:
    """Columns that cannot hold values of the contract's type, as (table, column)."""
    for name in sorted(catalogue.keys() & contracts.keys()):
        for column in contracts[name].columns:
            for known in (column.name, *column.aliases):
                found = catalogue[name].get(known)
                if found and not can_hold(_plain(found), column.physical_type):
                    yield name, known


def can_hold(found_type: str, physical_type: str) -> bool:
    """Whether a column of `found_type` may hold values of the contract's type."""
    if physical_type == "varchar":
        return found_type not in NOT_TEXT and not found_type.endswith(("[]", "struct", "map"))
    return found_type in SURE[physical_type] or found_type in POSSIBLE[physical_type]
