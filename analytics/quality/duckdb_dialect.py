"""DuckDB as a dialect that Great Expectations can be told of; it knows none of that name."""

from enum import StrEnum


class DuckDbDialect(StrEnum):
    """A member that equals the dialect's name and has the `.value` which GX asks for."""

    DUCKDB = "duckdb"
