"""A CDM of three people in which every clause holds, and the same with each clause broken once.

Rows follow from the contracts: an id of its own, a reference to row 1, a day in 2010. `broken_cdm`
adds, for each check, a row that is right but for that one thing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl

from analytics.contracts import Column, Contract, load_contracts
from analytics.contracts.quality_checks import check_id_of

Row = dict[str, object]
Tables = dict[str, list[Row]]

NOWHERE = 999_999
DTYPES = {
    "bigint": pl.Int64,
    "integer": pl.Int32,
    "double": pl.Float64,
    "varchar": pl.String,
    "date": pl.Date,
    "timestamp": pl.Datetime("us"),
    "boolean": pl.Boolean,
}
START_OF = {
    "visit_occurrence": "visit_start_date",
    "condition_occurrence": "condition_start_date",
    "drug_exposure": "drug_exposure_start_date",
    "procedure_occurrence": "procedure_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
    "device_exposure": "device_exposure_start_date",
    "death": "death_date",
    "visit_detail": "visit_detail_start_date",
    "condition_era": "condition_era_start_date",
    "drug_era": "drug_era_start_date",
    "dose_era": "dose_era_start_date",
    "episode": "episode_start_date",
    "payer_plan_period": "payer_plan_period_start_date",
    "observation_period": "observation_period_start_date",
}


def clean_cdm() -> Tables:
    """Three people, each observed 2000 to 2020 with one row in every table; person 3 has died."""
    contracts = _contracts()
    tables = {
        name: [good_row(contract, number) for number in (1, 2, 3)]
        for name, contract in contracts.items()
    }
    tables["death"] = [good_row(contracts["death"], 3)]
    return tables


def good_row(contract: Contract, number: int) -> Row:
    """Row `number` of a table, with everything right."""
    row = {column.name: _value(contract, column, number) for column in contract.columns}
    if contract.name not in ("person", "death") and "person_id" in row:
        row["person_id"] = number if number <= 3 else 1
    return row


def broken_cdm() -> tuple[Tables, dict[str, str]]:
    """The clean CDM and, for each check id, a row (or two) that break just that; and their keys."""
    contracts = _contracts()
    tables = clean_cdm()
    planted: dict[str, str] = {}
    for name, contract in contracts.items():
        # Keys of several columns are pairs of concepts, and concept 100 has lost its id.
        numbers = iter(range(101 if len(contract.grain) > 1 else 100, 10_000))
        for check_id, spoil in _spoilers(contract):
            row = good_row(contract, next(numbers))
            added = spoil(row)
            tables[name] += added
            key = ", ".join(str(added[-1][column]) for column in contract.grain)
            planted[check_id] = key
    return tables, planted


def _spoilers(contract: Contract) -> Iterable[tuple[str, Callable[[Row], list[Row]]]]:
    name = contract.name
    start = START_OF.get(name)
    for column in contract.columns:
        if column.is_required:
            yield check_id_of("isRequired", name, column.name), _set(column.name, None)
        if column.is_unique:
            yield check_id_of("isPrimaryKey", name, column.name), lambda row: [row, dict(row)]
        if column.references:
            yield check_id_of("isForeignKey", name, column.name), _set(column.name, NOWHERE)
    if len(contract.grain) > 1:
        yield f"{name}.unique", lambda row: [row, dict(row)]
    for rule in contract.rules:
        yield f"{name}.{rule.name}", _break(name, rule.name, start or "")


def _break(table: str, rule: str, start: str) -> Callable[[Row], list[Row]]:
    if rule == "is_observed":
        return lambda row: [row]
    if rule == "born_on_a_real_day":
        return lambda row: [row | {"month_of_birth": 2, "day_of_birth": 30}]
    if rule == "inside_observation":
        return _set(start, date(2025, 1, 1))
    first = "observation_period_start_date"
    if rule == "does_not_overlap":
        return lambda row: [row | {first: date(2020, 12, 31)}]
    if rule == "is_not_adjacent":
        return lambda row: [
            row | {first: date(2021, 1, 1), "observation_period_end_date": date(2021, 2, 1)}
        ]
    raise AssertionError(f"say how to break the rule {rule} of {table}")


def _set(column: str, value: object) -> Callable[[Row], list[Row]]:
    return lambda row: [row | {column: value}]


def _value(contract: Contract, column: Column, number: int) -> object:
    if column.name == "relationship_id":
        return "Maps to"
    if column.name in contract.grain:
        return number
    if column.references:
        return 1
    if column.name == "year_of_birth":
        return 1950
    if column.name in ("month_of_birth", "day_of_birth"):
        return 1
    if column.logical_type == "date":
        if contract.name == "observation_period":
            return date(2000, 1, 1) if "start" in column.name else date(2020, 12, 31)
        return date(2010, 1, 6) if "end" in column.name else date(2010, 1, 5)
    if column.logical_type == "timestamp":
        return None if column.name == "birth_datetime" else datetime(2010, 1, 5, 12)
    return {"integer": 1, "number": 1.5, "string": "x"}[column.logical_type]


@cache
def _contracts() -> Mapping[str, Contract]:
    return load_contracts("omop_cdm")


def frames(tables: Tables) -> dict[str, pl.DataFrame]:
    """One frame for each table, in the columns and types of its contract."""
    contracts = _contracts()
    return {
        name: pl.DataFrame(
            rows, schema={c.name: DTYPES[c.physical_type] for c in contracts[name].columns}
        )
        for name, rows in tables.items()
    }


def write_parquet(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    """Write each frame as Parquet; the folder."""
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def write_csv(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    """Write each frame as CSV; the folder."""
    for name, frame in tables.items():
        frame.write_csv(folder / f"{name}.csv")
    return folder
