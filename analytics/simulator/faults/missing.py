"""Values that every row must have and some rows lack."""

from collections.abc import Iterator

import polars as pl

from analytics.contracts.quality_checks import check_id_of
from analytics.simulator.faults.fault import Change, Fault, KnownPeople, original_and_copy
from analytics.simulator.faults.ground import Ground

PLANTED_ELSEWHERE = ("observation_period", "cdm_source")
NEVER_MISSING = ("person.person_id",)
"""A person without an id stops every run, so it belongs to the structural faults."""


def missing_values(ground: Ground) -> Iterator[Fault]:
    """One fault for each required column: the value is gone.

    Where other tables refer to the value, a copy of the row loses it, so that they still find it.
    """
    for table in ground.columns:
        if table in PLANTED_ELSEWHERE:
            continue
        for column in ground.contracts[table].columns:
            place = f"{table}.{column.name}"
            required = check_id_of("isRequired", table, column.name)
            if not ground.asks(required) or place in NEVER_MISSING:
                continue
            breaks = {required: 1}
            if column.name == "person_id" and ground.asks(f"{table}.inside_observation"):
                # Nobody's event lies in nobody's observation period.
                breaks[f"{table}.inside_observation"] = 1
            is_key = place in ground.referenced or column.name in _pair(ground, table)
            yield Fault(
                name="missing_value",
                table=table,
                column=column.name,
                change=_lost_in_a_copy(column.name) if is_key else _lost(column.name),
                breaks=breaks,
            )


def second_source(ground: Ground) -> Iterator[Fault]:
    """`cdm_source` gets a second row, of a source that says nothing about itself."""
    table = "cdm_source"
    if table not in ground.columns:
        return
    required = [
        column.name
        for column in ground.contracts[table].columns
        if ground.asks(check_id_of("isRequired", table, column.name))
    ]

    def _added(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        unknown = [pl.lit(None).cast(rows.schema[name]).alias(name) for name in required]
        return original_and_copy(rows, rows.with_columns(unknown))

    yield Fault(
        name="unnamed_source",
        table=table,
        column=None,
        change=_added,
        breaks={check_id_of("isRequired", table, name): 1 for name in required},
    )


def _pair(ground: Ground, table: str) -> tuple[str, ...]:
    """The columns of a key that is made of several."""
    grain = ground.contracts[table].grain
    return grain if len(grain) > 1 else ()


def _lost(column: str) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        return rows.with_columns(pl.lit(None).cast(rows.schema[column]).alias(column))

    return _change


def _lost_in_a_copy(column: str) -> Change:
    lost = _lost(column)

    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        return original_and_copy(rows, lost(rows, known))

    return _change
