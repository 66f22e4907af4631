"""A DuckDB connection that Great Expectations may use: no transactions, each query stands alone.

Great Expectations 1.24.1 hands its connection back before it fetches. SQLAlchemy then rolls back,
which throws the result away (duckdb-engine 0.17.0): half of all expectations end in "list index
out of range" with `success=False`, which looks like a breach. And inside a transaction one failing
query makes every later one fail. Without transactions neither happens.
"""

import atexit
import sys

from duckdb_engine import ConnectionWrapper


def _empty_duckdb() -> None:
    """Empty the modules of DuckDB, once nothing is asked of them any more.

    What Great Expectations, SQLAlchemy and duckdb-engine 0.17.0 keep of each other outlives Python,
    of which DuckDB complains on stderr. Emptied modules keep nothing.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] in ("duckdb_engine", "duckdb", "_duckdb"):
            vars(sys.modules[name]).clear()


atexit.register(_empty_duckdb)


class LentConnection(ConnectionWrapper):
    """A connection on which nothing is begun, committed or rolled back."""

    def begin(self) -> None:
        """Begin nothing."""

    def commit(self) -> None:
        """Nothing was begun."""

    def rollback(self) -> None:
        """Nothing was begun, and the result stays readable."""
