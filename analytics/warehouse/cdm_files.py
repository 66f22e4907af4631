"""The tables of a CDM as Parquet that can be read for some people at a time.

Parquet is read where it lies. CSV and DuckDB tables, and Parquet in no order of people where only
some people are read at a time, are copied first: the columns that are read, sorted by person.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.workspace import literal, quoted

ROWS_IN_GROUP = 122_880
"""Rows of a row group: what a reader of some people has to read at least."""


def parquet_tables(
    source: CdmSource,
    columns: Mapping[str, Collection[str]],
    folder: Path,
    *,
    by_person: bool,
    memory_gib: float,
    threads: int,
) -> dict[str, str]:
    """Where the Parquet of each table named in `columns` is that the CDM has: a file or a pattern.

    `by_person`: only some people will be read at a time. Copies go into `folder`, each written
    aside and renamed; one that is there already is taken as it is.
    """
    found: dict[str, str] = {}
    for table, names in columns.items():
        if table not in source.locations:
            continue
        location = source.locations[table]
        if _is_parquet(source, location) and not (
            by_person and "person_id" in names and not is_by_person(location)
        ):
            found[table] = location
        else:
            copy = folder / f"{table}.parquet"
            if not copy.is_file():
                _copy(source, table, names, copy, memory_gib=memory_gib, threads=threads)
            found[table] = str(copy)
    return found


def is_by_person(location: str) -> bool:
    """Whether the row groups of a file or pattern follow each other by person."""
    latest: int | None = None
    for first, last in _people_in_groups(location):
        if first is None or last is None or (latest is not None and first < latest):
            return False
        latest = last
    return True


def n_rows(location: str) -> int:
    """How many rows the Parquet of a table has."""
    return sum(pq.read_metadata(file).num_rows for file in parquet_files(location))


def _is_parquet(source: CdmSource, location: str) -> bool:
    return not source.is_database and location.lower().endswith(".parquet")


def _people_in_groups(location: str) -> Iterator[tuple[int | None, int | None]]:
    for file in parquet_files(location):
        described = pq.read_metadata(file)
        names = [described.schema.column(i).name.lower() for i in range(described.num_columns)]
        place = names.index("person_id")
        for number in range(described.num_row_groups):
            group = described.row_group(number)
            statistics = group.column(place).statistics
            if group.num_rows == 0:
                continue
            if statistics is None or not statistics.has_min_max:
                yield None, None
            else:
                yield statistics.min, statistics.max


def parquet_files(location: str) -> list[Path]:
    """The files of a location, in their order."""
    path = Path(location)
    return sorted(path.parent.glob("*.parquet")) if path.name == "*.parquet" else [path]


def _copy(
    source: CdmSource,
    table: str,
    names: Collection[str],
    copy: Path,
    *,
    memory_gib: float,
    threads: int,
) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    aside = copy.with_name(f".{copy.name}.partial")
    there = [name for name in names if name in source.columns[table]]
    selected = ", ".join(quoted(name) for name in there) or "*"
    order = "order by person_id" if "person_id" in there else ""
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{memory_gib:g}GiB'")
        connection.execute(f"set threads = {threads}")
        connection.execute(f"set temp_directory = {literal(str(copy.parent / '.spill'))}")
        connection.execute("set preserve_insertion_order = false")
        source.attach_file(connection)
        connection.execute(
            f"copy (select {selected} from {source.relation(table)} {order}) "
            f"to {literal(str(aside))} (format parquet, row_group_size {ROWS_IN_GROUP})"
        )
    aside.replace(copy)
