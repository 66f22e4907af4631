"""The CDM as the house's rules see it: one view for each table, as its contract says.

Parquet files and DuckDB tables are read where they lie; CSV is read once, as text.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import TypeAlias

import duckdb

from analytics.contracts import Contract
from analytics.quality.agreed_views import select_agreed
from analytics.quality.asked_database import to_attach
from analytics.quality.structure import Structure, compare_structure, of_wrong_type
from analytics.settings import Settings
from analytics.warehouse import CdmSource
from analytics.warehouse.workspace import literal, quoted

AS_IT_COMES = "as_it_comes"
Ask: TypeAlias = Callable[[str], list[tuple[int, ...]]]


@dataclass(frozen=True, kw_only=True)
class OpenedCdm:
    """A CDM whose tables are there as their contracts say, and how it is asked.

    Great Expectations reaches it by `url` and `creator`; `ask` gives the rows of a query.
    `to_begin` are statements after which somebody else may ask the same, each with its table.
    """

    structure: Structure
    url: str
    creator: Callable[[], object]
    ask: Ask
    to_begin: tuple[tuple[str | None, str], ...]


@contextmanager
def asked_in_files(
    cdm: CdmSource, contracts: Mapping[str, Contract], settings: Settings
) -> Iterator[OpenedCdm]:
    """The CDM of a folder or DuckDB file."""
    from analytics.quality.lent_connection import LentConnection

    with opened_cdm(cdm, contracts, settings) as (connection, structure):
        yield OpenedCdm(
            structure=structure,
            url="duckdb:///:memory:",
            creator=lambda: LentConnection(connection.cursor()),
            ask=lambda query: connection.execute(query).fetchall(),
            to_begin=(
                *to_attach(cdm),
                *_as_it_comes(cdm, contracts),
                *_as_agreed(contracts, structure),
            ),
        )


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
        for _, statement in _as_it_comes(cdm, contracts):
            connection.execute(statement)
        structure = compare_with_rows(
            _catalogue(connection),
            contracts,
            AS_IT_COMES,
            lambda query: connection.execute(query).fetchall(),
        )
        for _, statement in _as_agreed(contracts, structure):
            connection.execute(statement)
        yield connection, structure


def compare_with_rows(
    catalogue: Mapping[str, Mapping[str, str]],
    contracts: Mapping[str, Contract],
    schema: str,
    ask: Ask,
) -> Structure:
    """Hold the tables of a schema against the contracts; without a value a type says nothing."""
    all_null = frozenset(
        (table, column)
        for table, column in of_wrong_type(catalogue, contracts)
        if not ask(
            f"select 1 from {quoted(schema)}.{quoted(table)} "
            f"where {quoted(column)} is not null limit 1"
        )
    )
    return compare_structure(catalogue, contracts, all_null)


def _as_it_comes(
    cdm: CdmSource, contracts: Mapping[str, Contract]
) -> Iterator[tuple[str | None, str]]:
    yield None, f"create schema {AS_IT_COMES}"
    for table in cdm.table_names:
        if table in contracts:
            relation = cdm.relation(table, as_text=True)
            kind = "table" if relation != cdm.relation(table) else "view"
            made = f"create {kind} {AS_IT_COMES}.{quoted(table)} as select * from {relation}"
            yield table, made


def _as_agreed(
    contracts: Mapping[str, Contract], structure: Structure
) -> Iterator[tuple[str | None, str]]:
    for table, contract in contracts.items():
        source = f"{AS_IT_COMES}.{quoted(table)}"
        agreed = select_agreed(contract, structure.columns.get(table), source, "duckdb")
        yield table, f"create view {quoted(table)} as {agreed}"


def _catalogue(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Mapping[str, str]]:
    rows = connection.execute(
        "select table_name, lower(column_name), lower(data_type) "
        "from information_schema.columns where table_schema = ? "
        "order by table_name, ordinal_position",
        [AS_IT_COMES],
    ).fetchall()
    catalogue: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        catalogue.setdefault(table, {})[column] = data_type
    return catalogue
