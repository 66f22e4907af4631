"""The CDM on a PostgreSQL server, as the checks of OHDSI's data quality see it: its own schema.

Read only: the connection may change nothing. Its password stands in no message.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2.extensions
from psycopg2 import sql

from analytics.errors import BadInputError, near_miss
from analytics.quality.asked_database import SAID_VERSION, VERSION, AskedDatabase
from analytics.warehouse.postgres_address import PostgresAddress
from analytics.warehouse.postgres_cohorts import open_connection


@contextmanager
def asked_postgres(address: PostgresAddress) -> Iterator[AskedDatabase]:
    """The schema at `address`. Raises BadInputError where there is none with tables in it."""
    with closing(_reading(address)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns "
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
        said = []
        if VERSION[1] in catalogue.get(VERSION[0], {}):
            cursor.execute(SAID_VERSION)
            said = cursor.fetchall()
    yield AskedDatabase(
        url="postgresql+psycopg2://",
        creator=lambda: _reading(address),
        catalogue=catalogue,
        dialect="postgres",
        said_version=str(said[0][0]) if said else "",
        to_begin=((None, f'set search_path to "{address.schema}"'),),
    )


def _reading(address: PostgresAddress) -> psycopg2.extensions.connection:
    """A connection on which the tables go by their plain names and nothing can be changed."""
    connection = open_connection(address)
    connection.set_session(readonly=True, autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("set search_path to {}").format(sql.Identifier(address.schema)))
    return connection
