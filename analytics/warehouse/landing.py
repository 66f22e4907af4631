"""Copy a CDM into the workspace, in the columns and types of its contract.

Tables and columns that the CDM lacks, and that the contract can do without, are there and empty,
so that everything downstream is written once. Names of CDM 5.3 become those of 5.4.
"""

from collections.abc import Collection, Mapping

import duckdb

from analytics.contracts import Column, Contract
from analytics.errors import BadInputError, ContractBreachError
from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.workspace import Workspace, connect, literal, quoted, transaction

SCHEMA = "cdm"
LANDED_TABLE = "landed_table"
MOST_FAULTS_SHOWN = 10


def land(
    cdm: CdmSource,
    workspace: Workspace,
    contracts: Mapping[str, Contract],
    tables: Collection[str] | None = None,
) -> dict[str, int]:
    """Land `tables` (all of the contracts when None); the number of rows of each, by name.

    Each table is replaced in one transaction. Raises ContractBreachError when a table or column
    that the contract requires is missing, BadInputError when a value does not fit its type.
    """
    check_landable(cdm, contracts)
    names = sorted(contracts if tables is None else set(tables) & set(contracts))
    landed: dict[str, int] = {}
    with connect(workspace) as connection:
        cdm.attach_file(connection)
        connection.execute(f"create schema if not exists {SCHEMA}")
        _note_tables(connection, cdm, contracts)
        for name in names:
            with transaction(connection):
                landed[name] = _land_table(connection, cdm, contracts[name])
    return landed


def check_landable(cdm: CdmSource, contracts: Mapping[str, Contract]) -> None:
    """Raise ContractBreachError, naming every table and column that is required and missing."""
    faults = missing_parts(cdm.columns, contracts)
    if faults:
        shown = "\n".join(f"  - {fault}" for fault in faults[:MOST_FAULTS_SHOWN])
        raise ContractBreachError(
            f"{cdm.path} cannot be landed; its contract requires what is not there:\n{shown}\n"
            f"See all breaches: catchment check {cdm.path}"
        )


def missing_parts(
    columns: Mapping[str, Collection[str]], contracts: Mapping[str, Contract]
) -> list[str]:
    """One sentence for each table and column that is required and not among these of a CDM."""
    return [
        f"table {contract.name} is missing"
        for contract in contracts.values()
        if not contract.is_optional and contract.name not in columns
    ] + [
        f"{contract.name}.{column.name} is missing"
        for contract in contracts.values()
        for column in contract.columns
        if contract.name in columns
        and column.must_exist
        and _name_in(columns[contract.name], column) is None
    ]


def _name_in(present: Collection[str], column: Column) -> str | None:
    """How a table calls a column of the contract: its name, an older one, or None."""
    return next((name for name in (column.name, *column.aliases) if name in present), None)


def _land_table(connection: duckdb.DuckDBPyConnection, cdm: CdmSource, contract: Contract) -> int:
    target = f"{SCHEMA}.{quoted(contract.name)}"
    columns = ", ".join(f"{quoted(c.name)} {c.physical_type}" for c in contract.columns)
    connection.execute(f"create or replace table {target} ({columns})")
    if contract.name not in cdm.columns:
        return 0
    values = ", ".join(_value(cdm, contract.name, column) for column in contract.columns)
    where = f"where {contract.landed_where}" if contract.landed_where else ""
    try:
        connection.execute(
            f"insert into {target} select {values} "
            f"from {cdm.relation(contract.name, as_text=True)} {where}"
        )
    except duckdb.ConversionException as error:
        raise BadInputError(_misfit(connection, cdm, contract, error)) from error
    counted = connection.execute(f"select count(*) from {target}").fetchone()
    return int(counted[0]) if counted else 0


def _value(cdm: CdmSource, table: str, column: Column) -> str:
    name = _name_in(cdm.columns.get(table, {}), column)
    return f"cast({quoted(name) if name else 'null'} as {column.physical_type})"


def _misfit(
    connection: duckdb.DuckDBPyConnection,
    cdm: CdmSource,
    contract: Contract,
    error: duckdb.ConversionException,
) -> str:
    """Say which column holds which value that its type does not take."""
    connection.execute("rollback")
    connection.execute("begin transaction")
    for column in contract.columns:
        name = _name_in(cdm.columns[contract.name], column)
        if name is None:
            continue
        example = connection.execute(
            f"select cast({quoted(name)} as varchar), count(*) over () "
            f"from {cdm.relation(contract.name, as_text=True)} where {quoted(name)} is not null "
            f"and try_cast({quoted(name)} as {column.physical_type}) is null limit 1"
        ).fetchone()
        if example:
            value, n_rows = example
            return (
                f"{contract.name}.{column.name} holds {value!r}, which is not a "
                f"{column.logical_type} ({n_rows} such rows in {cdm.locations[contract.name]}). "
                f"Correct the values, or leave the cells empty."
            )
    return f"{cdm.locations[contract.name]} does not fit its contract: {error}"


def _note_tables(
    connection: duckdb.DuckDBPyConnection, cdm: CdmSource, contracts: Mapping[str, Contract]
) -> None:
    """One row for each table of the contracts: whether the CDM has it (dbt cannot see that)."""
    rows = ", ".join(
        f"({literal(name)}, {str(name in cdm.columns).lower()})" for name in sorted(contracts)
    )
    with transaction(connection):
        connection.execute(
            f"create or replace table {SCHEMA}.{LANDED_TABLE} "
            "(table_name varchar, is_present boolean)"
        )
        connection.execute(f"insert into {SCHEMA}.{LANDED_TABLE} values {rows}")
