"""How DuckDB's Python modules end where something else keeps parts of them to the very end.

What Great Expectations, SQLAlchemy and duckdb-engine 0.17.0 keep of each other outlives Python, and
so does what a process keeps that ran dbt beside Spark. Of that DuckDB complains on stderr
("nanobind: leaked ..."). Emptied modules keep nothing.
"""

import atexit
import sys

MODULES = ("duckdb_engine", "duckdb", "_duckdb")


def end_duckdb_quietly() -> None:
    """Have the modules of DuckDB emptied at the end of Python, once nothing is asked of them."""
    atexit.register(_empty_duckdb)


def _empty_duckdb() -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in MODULES:
            vars(sys.modules[name]).clear()
