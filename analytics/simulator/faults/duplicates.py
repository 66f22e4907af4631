"""Rows that were loaded twice."""

from collections.abc import Iterator

import polars as pl

from analytics.simulator.faults.fault import Fault, KnownPeople, original_and_copy
from analytics.simulator.faults.ground import Ground

STRUCTURAL = "person"
"""Two rows of one person stop every run, so they belong to the structural faults."""


def duplicates(ground: Ground) -> Iterator[Fault]:
    """One fault for each key: rows are there twice, and both break the clause."""
    for table in ground.columns:
        contract = ground.contracts[table]
        keys = [f"{table}.{c.name}.unique" for c in contract.columns if c.is_unique]
        if len(contract.grain) > 1:
            keys.append(f"{table}.unique")
        for check_id in keys:
            if table == STRUCTURAL or not ground.asks(check_id):
                continue
            yield Fault(
                name="row_written_twice",
                table=table,
                column=check_id.split(".")[1] if check_id.count(".") == 2 else None,
                change=written_twice,
                breaks={check_id: 2},
            )


def written_twice(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """One row for each of `rows` and one for its copy."""
    return original_and_copy(rows, rows)
