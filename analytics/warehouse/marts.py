"""Read a mart of the working warehouse: true counts, for people inside the workspace."""

import duckdb
import polars as pl

from analytics.errors import BadInputError, near_miss
from analytics.warehouse.workspace import Workspace, connect, quoted, read_frame

SCHEMA = "marts"


def read_mart(workspace: Workspace, mart: str) -> pl.DataFrame:
    """One row for each row of a mart, ordered by all its columns so that two reads are alike."""
    with connect(workspace, read_only=True) as connection:
        check_is_built(connection, mart, workspace)
        return read_frame(connection, f"select * from {SCHEMA}.{quoted(mart)} order by all")


def check_is_built(connection: duckdb.DuckDBPyConnection, mart: str, workspace: Workspace) -> None:
    """Raise BadInputError when dbt has not built the mart here."""
    built = [
        str(row[0])
        for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [SCHEMA]
        ).fetchall()
    ]
    if mart not in built:
        raise BadInputError(
            f"There is no mart {mart!r} in {workspace.warehouse}.{near_miss(mart, built)} "
            "Marts are the files in dbt_project/models/marts/; `catchment run` builds them."
        )
