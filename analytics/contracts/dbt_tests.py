"""The clauses of a CDM table's contract as one dbt test of its source, and as words of its docs.

The test warns and has the tag `cdm_contract`, which no build selects: `catchment check` asks
the same clauses and more. By hand: `dbt test --select tag:cdm_contract`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from analytics.contracts.contract import Asked, Column, Contract

TAG = "cdm_contract"
ENDS = {"plausibleValueLow": "low", "plausibleValueHigh": "high"}
Yaml: TypeAlias = "str | bool | int | float | list[Yaml] | Mapping[str, Yaml]"


def source_test(contract: Contract, tables: Collection[str]) -> Mapping[str, Yaml]:
    """The tests of one source table; nothing where the contract asks for nothing.

    `tables` are those that dbt knows: a reference to another is left to `catchment check`.
    """
    asked: dict[str, list[Yaml]] = {
        "required": [column.name for column in contract.columns if column.is_required],
        "unique": [list(key) for key in _keys(contract)],
        "references": [
            {"column": column, "table": table, "to": to}
            for column, reference in _references(contract)
            for table, to in [reference.split(".")]
            if table in tables
        ],
        "domains": [
            {"column": one.column, "domain": one.domain}
            for one in _ours(contract)
            if one.name == "fkDomain" and one.column and one.domain
        ],
        "ordered": [
            {"start": one.column, "end": one.end}
            for one in _ours(contract)
            if one.name == "plausibleStartBeforeEnd" and one.column and one.end
        ],
        "plausible": list(_plausible(contract)),
    }
    arguments: Mapping[str, Yaml] = {name: value for name, value in asked.items() if value}
    if not arguments:
        return {}
    config: Mapping[str, Yaml] = {"severity": "warn", "tags": [TAG]}
    name = f"{contract.name}_keeps_its_contract"
    test: Mapping[str, Yaml] = {"name": name, "arguments": arguments, "config": config}
    return {"data_tests": [{"keeps_its_contract": test}]}


def clauses_in_words(column: Column, contract: Contract) -> str:
    """What the contract asks of the column, as the docs say it after its description."""
    said = []
    if column.is_required:
        said.append("Never null.")
    if (column.name,) in _keys(contract):
        said.append("No two rows alike.")
    if column.references:
        said.append(f"Found in {column.references}.")
    for one in _of_column(column, contract):
        if one.name in ENDS:
            bound = one.low if ENDS[one.name] == "low" else one.high
            said.append(f"{'From' if ENDS[one.name] == 'low' else 'To'} {bound}.")
    others = [_in_words(one) for one in _of_column(column, contract) if one.name not in ENDS]
    said += [f"Checked: {', '.join(dict.fromkeys(others))}."] * bool(others)
    return " ".join(said)


def _of_column(column: Column, contract: Contract) -> Iterator[Asked]:
    return (one for one in contract.checks if one.column == column.name)


def _in_words(one: Asked) -> str:
    """A check by OHDSI's name, with what it compares with."""
    compared = (one.to, one.domain, one.concept_class, one.after, one.end)
    return " ".join(filter(None, (one.name, *compared)))


def _ours(contract: Contract) -> Iterator[Asked]:
    """The checks of our reading; those of OHDSI's alone repeat its defects."""
    return (one for one in contract.checks if "catchment" in one.readings)


def _references(contract: Contract) -> Iterator[tuple[str, str]]:
    """Each column with what it refers to: by a relationship, or by a check that says so."""
    for column in contract.columns:
        if column.references:
            yield column.name, column.references
    for one in _ours(contract):
        if one.name == "isForeignKey" and one.column and one.to:
            yield one.column, one.to


def _keys(contract: Contract) -> tuple[tuple[str, ...], ...]:
    of_columns = tuple((column.name,) for column in contract.columns if column.is_unique)
    whole = (contract.grain,) if len(contract.grain) > 1 else ()
    return of_columns + whole


def _plausible(contract: Contract) -> Iterator[Mapping[str, Yaml]]:
    """Bounds that are numbers; those of dates depend on today."""
    for one in _ours(contract):
        bound = {"low": one.low, "high": one.high}.get(ENDS.get(one.name, ""))
        if one.column and isinstance(bound, int | float) and not isinstance(bound, bool):
            yield {"column": one.column, "end": ENDS[one.name], "at": bound}
