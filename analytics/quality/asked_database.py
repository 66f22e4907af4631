"""The CDM as the checks of OHDSI's data quality see it: each table as it lies there.

On DuckDB one view for each table, names in lower case, types as they come; CSV is read once, in
the types of the contract where every value fits, as text where one does not. On PostgreSQL the
schema itself. Nothing is changed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from analytics.contracts import Contract
from analytics.quality.drawn_people import is_drawn
from analytics.quality.measures import Catalogue, Dialect, is_there
from analytics.quality.measures.of_time import UNREADABLE_BIRTHS, WHOLE_BIRTH
from analytics.settings import Settings
from analytics.warehouse import CdmSource
from analytics.warehouse.cdm_source import ATTACHED
from analytics.warehouse.workspace import literal, quoted

OTHERWISE = {"integer": ("bigint", "double"), "bigint": ("double",)}
"""Types to try where a value of a CSV file does not fit the contract's."""
VERSION = ("cdm_source", "cdm_version")
SAID_VERSION = "select cdm_version from cdm_source where cdm_version is not null limit 1"


@dataclass(frozen=True, kw_only=True)
class AskedDatabase:
    """A database with the tables of a CDM: what is there, and how Great Expectations reaches it.

    `creator` makes a connection on which the tables go by their plain names. `said_version` is what
    the CDM says of its own version. `to_begin` are statements after which somebody else may ask the
    same of the same names, each with the table it is for. `has_unreadable_births` is asked of
    DuckDB alone: see `Circumstances`. `state` is another text once the CDM has changed; nothing
    where that cannot be told.
    """

    url: str
    creator: Callable[[], object]
    catalogue: Catalogue
    dialect: Dialect = "duckdb"
    said_version: str = ""
    to_begin: tuple[tuple[str | None, str], ...] = ()
    has_unreadable_births: bool = False
    state: str = ""


@contextmanager
def asked_duckdb(
    cdm: CdmSource, contracts: Mapping[str, Contract], settings: Settings, sample: float = 1.0
) -> Iterator[AskedDatabase]:
    """The CDM of a folder or DuckDB file; of `sample` (a share) of its people, the same each time.

    Tables without people, and rows without a person, are whole.
    """
    from analytics.quality.lent_connection import LentConnection

    with (
        TemporaryDirectory(prefix="catchment-check-") as spill,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(f"set memory_limit = '{settings.memory_gib:.1f}GiB'")
        connection.execute(f"set temp_directory = {literal(spill)}")
        connection.execute("set preserve_insertion_order = false")
        cdm.attach_file(connection)
        begin = [*to_attach(cdm)]
        for table in cdm.table_names:
            shown = _show(connection, cdm, table, contracts.get(table), sample)
            begin.extend((table, statement) for statement in shown)
        catalogue = _catalogue(connection)
        said = []
        if VERSION[1] in catalogue.get(VERSION[0], {}):
            said = connection.execute(SAID_VERSION).fetchall()
        has_births = is_there([("person", name) for name in WHOLE_BIRTH], catalogue)
        unreadable = connection.execute(UNREADABLE_BIRTHS).fetchall() if has_births else []
        yield AskedDatabase(
            url="duckdb:///:memory:",
            creator=lambda: LentConnection(connection.cursor()),
            catalogue=catalogue,
            said_version=str(said[0][0]) if said else "",
            to_begin=tuple(begin),
            has_unreadable_births=bool(unreadable),
            state=_state_of_files(cdm),
        )


def to_attach(cdm: CdmSource) -> Iterator[tuple[str | None, str]]:
    """The statement by which somebody else reads a DuckDB file; a folder needs none."""
    if cdm.is_database:
        yield None, f"attach {literal(str(cdm.path.resolve()))} as {ATTACHED} (read_only)"


def _state_of_files(cdm: CdmSource) -> str:
    paths = [cdm.path] if cdm.is_database else [Path(each) for each in cdm.locations.values()]
    files = [
        file
        for path in paths
        for file in (path.parent.glob(path.name) if "*" in path.name else [path])
    ]
    told = ((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return repr(sorted(told))


def _show(
    connection: duckdb.DuckDBPyConnection,
    cdm: CdmSource,
    table: str,
    contract: Contract | None,
    sample: float,
) -> list[str]:
    """Make a view of the table, or a copy of it where it is CSV; the statements that did it."""
    relation = cdm.relation(table, as_text=True)
    is_csv = relation != cdm.relation(table)
    described = connection.execute(f"describe select * from {relation}").fetchall()
    columns = [str(row[0]) for row in described]
    lowered = "*"
    if columns != [name.lower() for name in columns]:
        lowered = ", ".join(f"{quoted(name)} as {quoted(name.lower())}" for name in columns)
    kind = "table" if is_csv else "view"
    made = f"create {kind} {quoted(table)} as select {lowered} from {relation}"
    if sample < 1 and "person_id" in (name.lower() for name in columns):
        types = {str(row[0]).lower(): str(row[1]).lower() for row in described}
        made += f" where {is_drawn(types['person_id'], sample, 'duckdb')}"
    connection.execute(made)
    if is_csv and contract:
        return [made, *_retype(connection, table, contract, [name.lower() for name in columns])]
    return [made]


def _retype(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, columns: list[str]
) -> list[str]:
    """Give the columns the contract's types where every value fits; the statements that did it."""
    done = []
    wanted = {
        name: column.physical_type
        for column in contract.columns
        for name in (column.name, *column.aliases)
        if name in columns and column.physical_type != "varchar"
    }
    for name, physical_type in wanted.items():
        for fitting in (physical_type, *OTHERWISE.get(physical_type, ())):
            value = f"try_cast({quoted(name)} as {fitting})"
            misfit = f"{value} is null"
            if fitting in OTHERWISE:  # 1.5 is no whole number, though it casts to 2
                misfit += f" or try_cast({quoted(name)} as double) <> {value}"
            misfits = connection.execute(
                f"select 1 from {quoted(table)} "
                f"where {quoted(name)} is not null and ({misfit}) limit 1"
            ).fetchall()
            if not misfits:
                retyped = f"alter table {quoted(table)} alter {quoted(name)} type {fitting}"
                connection.execute(retyped)
                done.append(retyped)
                break
    return done


def _catalogue(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    rows = connection.execute(
        "select table_name, column_name, lower(data_type) from information_schema.columns "
        "where table_catalog = current_database() order by table_name, ordinal_position"
    ).fetchall()
    catalogue: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        catalogue.setdefault(table, {})[column] = data_type
    return catalogue
