"""The CDM as the checks see it: one view for each table, in the columns and types of its contract.

Parquet files and DuckDB tables are read where they lie; CSV is read once, as text. A value that
does not fit its type is null in its column and kept beside it, under `<column> (as written)`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import duckdb

from analytics.contracts import Contract
from analytics.quality.clauses import AS_WRITTEN
from analytics.quality.structure import ReadColumn, Structure, can_hold, compare_structure
from analytics.settings import Settings
from analytics.warehouse import CdmSource
from analytics.warehouse.workspace import literal, quoted

AS_IT_COMES = "as_it_comes"


@contextmanager
def opened_cdm(
    cdm: CdmSource, contracts: Mapping[str, Contract], settings: Settings
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Structure]]:
    """Lend a connection with a view for each table of the contracts, and the CDM's structure."""
    with (
        TemporaryDirectory(prefix="catchment-check-") as spill,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(f"set memory_limit = '{settings.memory_gib:.1f}GiB'")
        connection.execute(f"set temp_directory = {literal(spill)}")
        connection.execute("set preserve_insertion_order = false")
        cdm.attach_file(connection)
        connection.execute(f"create schema {AS_IT_COMES}")
        for table in cdm.table_names:
            if table in contracts:
                _read_as_it_comes(connection, cdm, table)
        structure = _compare(connection, contracts)
        for table, contract in contracts.items():
            _create_view(connection, contract, structure.columns.get(table))
        yield connection, structure


def _read_as_it_comes(connection: duckdb.DuckDBPyConnection, cdm: CdmSource, table: str) -> None:
    relation = cdm.relation(table, as_text=True)
    is_csv = relation != cdm.relation(table)
    connection.execute(
        f"create {'table' if is_csv else 'view'} {AS_IT_COMES}.{quoted(table)} "
        f"as select * from {relation}"
    )


def _compare(connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> Structure:
    rows = connection.execute(
        "select table_name, lower(column_name), lower(data_type) "
        "from information_schema.columns where table_schema = ? "
        "order by table_name, ordinal_position",
        [AS_IT_COMES],
    ).fetchall()
    catalogue: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        catalogue.setdefault(table, {})[column] = data_type
    all_null = frozenset(
        (table, column)
        for table, column in _of_wrong_type(catalogue, contracts)
        if not connection.execute(
            f"select 1 from {AS_IT_COMES}.{quoted(table)} "
            f"where {quoted(column)} is not null limit 1"
        ).fetchall()
    )
    return compare_structure(catalogue, contracts, all_null)


def _of_wrong_type(
    catalogue: Mapping[str, Mapping[str, str]], contracts: Mapping[str, Contract]
) -> Iterator[tuple[str, str]]:
    for name in catalogue.keys() & contracts.keys():
        for column in contracts[name].columns:
            for known in (column.name, *column.aliases):
                found = catalogue[name].get(known)
                if found and not can_hold(found.split("(")[0].strip(), column.physical_type):
                    yield name, known


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    read: tuple[ReadColumn, ...] | None,
) -> None:
    """A view in the contract's types; empty where the CDM lacks the table."""
    if read is None:
        values = ", ".join(
            f"cast(null as {column.physical_type}) as {quoted(column.name)}"
            for column in contract.columns
        )
        connection.execute(f"create view {quoted(contract.name)} as select {values} where false")
        return
    columns = ", ".join(part for one in read for part in _values(one))
    connection.execute(
        f"create view {quoted(contract.name)} as "
        f"select {columns} from {AS_IT_COMES}.{quoted(contract.name)}"
    )


def _values(read: ReadColumn) -> Iterator[str]:
    name, wanted = quoted(read.column.name), read.column.physical_type
    if read.found_as is None:
        yield f"cast(null as {wanted}) as {name}"
        return
    found = quoted(read.found_as)
    if read.must_fit:
        yield f"{_fitting(found, wanted)} as {name}"
        yield f"{found} as {quoted(read.column.name + AS_WRITTEN)}"
    elif read.found_type == wanted:
        yield f"{found} as {name}"
    else:
        yield f"try_cast({found} as {wanted}) as {name}"


def _fitting(found: str, wanted: str) -> str:
    """The value where it fits its type, else null; 1.5 is no whole number, though it casts to 2."""
    value = f"try_cast({found} as {wanted})"
    if wanted not in ("integer", "bigint"):
        return value
    number = f"try_cast({found} as double)"
    return f"case when {number} = floor({number}) then {value} end"
