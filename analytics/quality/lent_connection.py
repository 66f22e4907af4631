"""A DuckDB connection that Great Expectations may use: no transactions, each query stands alone.

Great Expectations 1.24.1 hands its connection back before it fetches. SQLAlchemy then rolls back,
which throws the result away (duckdb-engine 0.17.0): half of all expectations end in "list index
out of range" with `success=False`, which looks like a breach. And inside a transaction one failing
query makes every later one fail. Without transactions neither happens.
"""

import duckdb
from duckdb_engine import ConnectionWrapper


class LentConnection(ConnectionWrapper):
    """A connection on which nothing is begun, committed or rolled back."""

    def begin(self) -> None:
        """Begin nothing."""

    def commit(self) -> None:
        """Nothing was begun."""

    def rollback(self) -> None:
        """Nothing was begun, and the result stays readable."""


class Lender:
    """Lends cursors of one connection until it is taken back.

    Great Expectations keeps what it was given for as long as the process lives; a connection that
    is still held when Python ends makes DuckDB complain.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = connection

    def __call__(self) -> LentConnection:
        """One more cursor of the connection."""
        assert self._connection is not None, "the connection was taken back"
        return LentConnection(self._connection.cursor())

    def take_back(self) -> None:
        """Lend nothing more, and let the connection go."""
        self._connection = None
