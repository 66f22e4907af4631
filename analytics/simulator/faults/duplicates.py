"""Rows that were loaded twice."""

from collections.abc import Iterator

import polars as pl

from analytics.contracts.quality_checks import check_id_of
from analytics.simulator.faults.fault import Fault, KnownPeople, original_and_copy
from analytics.simulator.faults.ground import Ground

STRUCTURAL = "person"
"""Two rows of one person stop every run, so they belong to the structural faults."""


def duplicates(ground: Ground) -> Iterator[Fault]:
    """One fault for each key: rows are there twice, and both break the clause."""
    for table in ground.columns:
        contract = ground.contracts[table]
        keys: dict[str, str | None] = {
            check_id_of("isPrimaryKey", table, c.name): c.name
            for c in contract.columns
            if c.is_unique
        }
        if len(contract.grain) > 1:
            keys[f"{table}.unique"] = None
        for check_id, column in keys.items():
            if table == STRUCTURAL or not ground.asks(check_id):
                continue
            yield Fault(
                name="row_written_twice",
                table=table,
                column=column,
                change=written_twice,
                breaks={check_id: 2},
            )


def written_twice(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """One row for each of `rows` and one for its copy."""
    return original_and_copy(rows, rows)
