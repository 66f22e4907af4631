"""The rows of built cohorts as one Parquet file in OHDSI's shape, sorted."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from analytics.settings import current_settings
from analytics.warehouse.cohort_warehouse import CohortWarehouse, cohort_queries
from analytics.warehouse.workspace import literal

COHORTS_AT_ONCE = 50
"""Cohorts whose rows are read by one query."""


def write_cohort_rows(
    place: CohortWarehouse, tables: Mapping[int, str], folder: Path, out: Path
) -> dict[int, int]:
    """Write the rows of the cohorts in `tables` (table by id) to `out`; how many each has.

    The file is written aside and renamed, so that it is never half of one. `folder`, which must
    not exist, takes the parts meanwhile.
    """
    folder.mkdir()
    queries = cohort_queries(place.schema, tables, at_once=COHORTS_AT_ONCE)
    for part, query in enumerate(queries):
        place.save(query, folder / str(part))
    counted = _write_sorted(folder, out)
    return {number: counted.get(number, 0) for number in tables}


def _write_sorted(folder: Path, out: Path) -> dict[int, int]:
    """Write the rows of all parts, sorted, aside and rename them in; how many each id has."""
    settings = current_settings()
    aside = out.with_name(f".{out.name}.partial")
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_gib:g}GiB'")
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(f"set temp_directory = {literal(str(folder / 'spill'))}")
        parts, made = literal(str(folder / "*" / "*.parquet")), literal(str(aside))
        connection.execute(
            f"copy (from read_parquet({parts}) order by all) to {made} (format parquet)"
        )
        counted = connection.execute(
            f"select cohort_definition_id, count(*) from read_parquet({made}) group by 1"
        ).fetchall()
    aside.replace(out)
    return {int(number): int(count) for number, count in counted}
