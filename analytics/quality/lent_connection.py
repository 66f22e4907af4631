"""A DuckDB connection that Great Expectations may use: no transactions, each query stands alone.

Great Expectations 1.24.1 hands its connection back before it fetches. SQLAlchemy then rolls back,
which throws the result away (duckdb-engine 0.17.0): half of all expectations end in "list index
out of range" with `success=False`, which looks like a breach. And inside a transaction one failing
query makes every later one fail. Without transactions neither happens.
"""

from duckdb_engine import ConnectionWrapper

from analytics.warehouse.end_of_duckdb import end_duckdb_quietly

end_duckdb_quietly()


class LentConnection(ConnectionWrapper):
    """A connection on which nothing is begun, committed or rolled back."""

    def begin(self) -> None:
        """Begin nothing."""

    def commit(self) -> None:
        """Nothing was begun."""

    def rollback(self) -> None:
        """Nothing was begun, and the result stays readable."""
