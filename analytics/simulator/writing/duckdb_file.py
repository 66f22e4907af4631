"""The written tables as one DuckDB file."""

from pathlib import Path

import duckdb

ENDINGS = (".duckdb", ".ddb", ".db")


SETTINGS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GiB", "threads": 2}


def write_duckdb_file(folder: Path, file: Path) -> None:
    """Copy each Parquet file of `folder` into a table of its name, rows in their order.

    Raises `OSError` when the file cannot be written, e.g. on a full disk.
    """
    try:
        with duckdb.connect(str(file), config=SETTINGS) as connection:
            for parquet in sorted(folder.glob("*.parquet")):
                connection.execute(
                    f'create table "{parquet.stem}" as select * from read_parquet(?)',
                    [str(parquet)],
                )
    except duckdb.Error as error:
        raise OSError(str(error).splitlines()[0]) from error
