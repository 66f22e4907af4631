"""The CDM on a PostgreSQL server: its own schema, as OHDSI's checks or the house's rules see it.

Nothing on the server is changed: what is drawn or read in a contract's types are temporary views,
which a connection makes for itself before it may only read. The password stands in no message.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

import psycopg2.extensions
from psycopg2 import errors, sql

from analytics.contracts import Contract
from analytics.errors import BadInputError, near_miss
from analytics.quality.agreed_views import select_agreed
from analytics.quality.asked_database import SAID_VERSION, VERSION, AskedDatabase
from analytics.quality.dqd_results import CDM_SOURCE
from analytics.quality.drawn_people import is_drawn
from analytics.quality.measures import Catalogue
from analytics.quality.opened_cdm import OpenedCdm, compare_with_rows
from analytics.warehouse.postgres_address import PostgresAddress
from analytics.warehouse.postgres_cohorts import open_connection
from analytics.warehouse.workspace import quoted

URL = "postgresql+psycopg2://"
STORED = """
    select relation.relname, relation.relkind, relation.relfilenode, pg_relation_size(relation.oid),
        written.n_tup_ins, written.n_tup_upd, written.n_tup_del
    from pg_class as relation
    left join pg_stat_all_tables as written on written.relid = relation.oid
    where relation.relnamespace = %s::regnamespace and relation.relkind in ('r', 'v', 'm', 'f', 'p')
    order by relation.relname
"""
"""What tells one state of a schema's tables from another: their files, and rows written so far."""
TABLE = "r"


@contextmanager
def asked_postgres(address: PostgresAddress, sample: float = 1.0) -> Iterator[AskedDatabase]:
    """The schema at `address`; of `sample` (a share) of its people, the same as on DuckDB.

    Raises BadInputError where there is no schema with tables in it, or where its user may make no
    temporary view and people are to be drawn.
    """
    with closing(_reading(address)) as connection, connection.cursor() as cursor:
        catalogue = _catalogue(address, cursor)
        said = []
        if VERSION[1] in catalogue.get(VERSION[0], {}):
            cursor.execute(SAID_VERSION)
            said = cursor.fetchall()
        state = _state(address, cursor)
    views = [
        f"create temporary view {quoted(table)} as "
        f"select * from {quoted(address.schema)}.{quoted(table)} "
        f"where {is_drawn(columns['person_id'], sample, 'postgres')}"
        for table, columns in catalogue.items()
        if sample < 1 and "person_id" in columns
    ]
    _reading(address, views).close()  # said here if it may not be, not within an expectation
    yield AskedDatabase(
        url=URL,
        creator=lambda: _reading(address, views),
        catalogue=catalogue,
        dialect="postgres",
        said_version=str(said[0][0]) if said else "",
        to_begin=((None, f'set search_path to "{address.schema}"'),),
        state=state,
    )


@contextmanager
def asked_on_postgres(
    address: PostgresAddress, contracts: Mapping[str, Contract]
) -> Iterator[OpenedCdm]:
    """The CDM with a view for each table of the contracts. Raises as `asked_postgres` does."""
    with closing(_reading(address)) as connection, connection.cursor() as cursor:
        catalogue = _catalogue(address, cursor)
        structure = compare_with_rows(
            {name: there for name, there in catalogue.items() if name in contracts},
            contracts,
            address.schema,
            lambda query: _answer(cursor, query),
        )
    to_begin: list[tuple[str | None, str]] = [(None, f'set search_path to "{address.schema}"')]
    for table, contract in contracts.items():
        source = f"{quoted(address.schema)}.{quoted(table)}"
        agreed = select_agreed(contract, structure.columns.get(table), source, "postgres")
        to_begin.append((table, f"create temporary view {quoted(table)} as {agreed}"))
    views = [statement for table, statement in to_begin if table]
    with closing(_reading(address, views)) as connection, connection.cursor() as cursor:
        yield OpenedCdm(
            structure=structure,
            url=URL,
            creator=lambda: _reading(address, views),
            ask=lambda query: _answer(cursor, query),
            to_begin=tuple(to_begin),
        )


def source_on_postgres(address: PostgresAddress) -> list[dict[str, str]]:
    """The rows of the CDM's own description of itself, as text; empty where it has none."""
    with closing(_reading(address)) as connection, connection.cursor() as cursor:
        if CDM_SOURCE not in _catalogue(address, cursor):
            return []
        cursor.execute(f"select * from {CDM_SOURCE}")
        names = [column.name for column in cursor.description or ()]
        return [
            {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in cursor.fetchall()
        ]


def _answer(cursor: psycopg2.extensions.cursor, query: str) -> list[tuple[int, ...]]:
    cursor.execute(query)
    return cursor.fetchall()


def _catalogue(address: PostgresAddress, cursor: psycopg2.extensions.cursor) -> Catalogue:
    cursor.execute(
        "select table_name, column_name, lower(data_type) from information_schema.columns "
        "where table_schema = %s order by table_name, ordinal_position",
        [address.schema],
    )
    catalogue: dict[str, dict[str, str]] = {}
    for table, column, data_type in cursor.fetchall():
        catalogue.setdefault(str(table), {})[str(column)] = str(data_type)
    if not catalogue:
        cursor.execute("select nspname from pg_namespace order by nspname")
        guess = near_miss(address.schema, [str(row[0]) for row in cursor.fetchall()])
        raise BadInputError(
            f"{address}: there is no schema of that name with tables that "
            f"{address.user} may read.{guess}"
        )
    return catalogue


def _state(address: PostgresAddress, cursor: psycopg2.extensions.cursor) -> str:
    """Another text whenever rows were written since; nothing where the server does not tell."""
    cursor.execute("show track_counts")
    counts = cursor.fetchall()
    cursor.execute(STORED, [quoted(address.schema)])
    stored = cursor.fetchall()
    if counts != [("on",)] or any(row[1] != TABLE for row in stored):
        return ""
    return repr((str(address), stored))


def _reading(address: PostgresAddress, views: Iterable[str] = ()) -> psycopg2.extensions.connection:
    """A connection on which the tables go by their plain names and nothing can be changed.

    A temporary view of that name stands before a table.
    """
    connection = open_connection(address)
    connection.set_session(autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("set search_path to {}").format(sql.Identifier(address.schema)))
        try:
            for view in views:
                cursor.execute(view)
        except errors.InsufficientPrivilege:
            connection.close()
            raise BadInputError(
                f"{address}: {address.user} may make no temporary view, through which tables are "
                "read for --sample and for our own rules. Have it allowed: "
                f"grant temporary on database {address.database} to {address.user}"
            ) from None
    connection.set_session(readonly=True)
    return connection
