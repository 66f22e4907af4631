"""Cohorts on PostgreSQL: the CDM is read where it lies; a schema of ours is made, then removed.

Nothing of the CDM is changed. A password is handed to the server and stands in no message.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from analytics.contracts import Contract
from analytics.errors import BadInputError, RunFailedError, near_miss
from analytics.settings import PASSWORD_FOR_DBT, Settings, password_for_dbt
from analytics.warehouse.cohort_warehouse import check_readable, own_schema
from analytics.warehouse.postgres_address import PostgresAddress
from analytics.warehouse.workspace import literal

SECONDS_TO_CONNECT = 10
THREADS = 4
"""Models at work at one time: the server does the work, dbt waits for it."""
TABLES_DROPPED_AT_ONCE = 100
"""Each needs a lock until its transaction ends, and a server has a few thousand."""
COLUMNS = {
    "cohort_definition_id": "bigint",
    "subject_id": "bigint",
    "cohort_start_date": "date",
    "cohort_end_date": "date",
}


@dataclass(frozen=True, kw_only=True)
class PostgresCohorts:
    """A CDM schema on a server, and a schema of ours beside it."""

    address: PostgresAddress
    schema: str
    cdm_tables: frozenset[str] = frozenset()

    @property
    def cdm_schema(self) -> str:
        """The schema that holds the CDM."""
        return self.address.schema

    def profile(self) -> Mapping[str, object]:
        """How dbt reaches the server."""
        return {
            "type": "postgres",
            "host": self.address.host,
            "port": self.address.port,
            "user": self.address.user,
            "password": f"{{{{ env_var('{PASSWORD_FOR_DBT}') }}}}",
            "dbname": self.address.database,
            "schema": self.schema,
            "threads": THREADS,
            "connect_timeout": SECONDS_TO_CONNECT,
            **dict(self.address.tls),
        }

    def save(self, query: str, folder: Path) -> None:
        """Write the cohort rows that a query answers as Parquet into an empty folder."""
        folder.mkdir()
        aside = folder / "rows.csv"
        with (
            _connected(self.address) as connection,
            connection.cursor() as cursor,
            aside.open("w", encoding="utf-8") as file,
        ):
            cursor.copy_expert(f"copy ({query}) to stdout with (format csv)", file)
        with duckdb.connect() as reader:
            reader.execute(
                f"copy (from read_csv({literal(str(aside))}, header = false, columns = {COLUMNS})) "
                f"to {literal(str(folder / 'rows.parquet'))} (format parquet)"
            )
        aside.unlink()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The few rows that a query answers."""
        with _connected(self.address) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def without_secrets(self, text: str) -> str:
        """The text without the password."""
        return self.address.without_password(text)

    def check_answers(self) -> None:
        """Raise RunFailedError when the server is not there any more."""
        try:
            self.rows("select 1")
        except BadInputError as error:
            raise RunFailedError(f"the server went away at work: {error}") from None


@contextmanager
def open_postgres(
    address: PostgresAddress, contracts: Mapping[str, Contract], settings: Settings
) -> Iterator[PostgresCohorts]:
    """The CDM at `address`, with a new schema of ours for the length of the block.

    Raises BadInputError where there is no such server, database or schema, or where its user may
    not make a schema; ContractBreachError when the CDM lacks what is required.
    """
    columns = _columns(address)
    check_readable(str(address), columns, contracts)
    warehouse = PostgresCohorts(address=address, schema=own_schema(), cdm_tables=frozenset(columns))
    _make_schema(warehouse, settings)
    try:
        with password_for_dbt(address.password):
            yield warehouse
    finally:
        # A server that has gone keeps the schema; the error that is on its way says so.
        with suppress(BadInputError, psycopg2.Error):
            _drop_schema(warehouse)


def _columns(address: PostgresAddress) -> dict[str, list[str]]:
    """The columns of each table of the CDM's schema."""
    found: dict[str, list[str]] = {}
    with _connected(address) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = %s",
            [address.schema],
        )
        for table, column in cursor.fetchall():
            found.setdefault(str(table), []).append(str(column))
        if not found:
            cursor.execute("select nspname from pg_namespace order by nspname")
            schemas = [str(row[0]) for row in cursor.fetchall()]
            guess = near_miss(address.schema, schemas)
            raise BadInputError(
                f"{address}: there is no schema of that name with tables that "
                f"{address.user} may read.{guess}"
            )
    return found


def _make_schema(warehouse: PostgresCohorts, settings: Settings) -> None:
    note = f"Made by catchment cohorts generate for {settings.user}, and removed when it ends."
    name = sql.Identifier(warehouse.schema)
    try:
        with _connected(warehouse.address) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL("create schema {}").format(name))
            cursor.execute(sql.SQL("comment on schema {} is {}").format(name, sql.Literal(note)))
    except psycopg2.errors.InsufficientPrivilege:
        raise BadInputError(
            f"{warehouse.address}: {warehouse.address.user} may not make a schema, and cohorts are "
            "built in one of their own. Have it allowed: "
            f"grant create on database {warehouse.address.database} to {warehouse.address.user}"
        ) from None


def _drop_schema(warehouse: PostgresCohorts) -> None:
    listed = warehouse.rows(
        "select relname, relkind from pg_class where relkind in ('r', 'v') "
        f"and relnamespace = '{warehouse.schema}'::regnamespace"
    )
    schema = sql.Identifier(warehouse.schema)
    for first in range(0, len(listed), TABLES_DROPPED_AT_ONCE):
        with _connected(warehouse.address) as connection, connection.cursor() as cursor:
            for name, kind in listed[first : first + TABLES_DROPPED_AT_ONCE]:
                what = sql.SQL("table" if kind == "r" else "view")
                cursor.execute(
                    sql.SQL("drop {} if exists {}.{} cascade").format(
                        what, schema, sql.Identifier(str(name))
                    )
                )
    with _connected(warehouse.address) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop schema {} cascade").format(schema))


@contextmanager
def _connected(address: PostgresAddress) -> Iterator[psycopg2.extensions.connection]:
    """A connection for the length of the block: one transaction, without a time limit."""
    connection = open_connection(address)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def open_connection(address: PostgresAddress) -> psycopg2.extensions.connection:
    """A new connection without a time limit; whoever asked for it closes it.

    Raises BadInputError, without the password, where the server cannot be reached.
    """
    try:
        return psycopg2.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password,
            dbname=address.database,
            connect_timeout=SECONDS_TO_CONNECT,
            options="-c statement_timeout=0",
            **dict(address.tls),
        )
    except psycopg2.OperationalError as error:
        said = address.without_password(" ".join(str(error).split()))
        raise BadInputError(
            f"{address}: PostgreSQL cannot be reached: {said} "
            "Is it running there, and are user, password and database right?"
        ) from None
