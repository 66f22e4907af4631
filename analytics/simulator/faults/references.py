"""References to people, visits, concepts and places that are not there, and unmapped concepts."""

from collections.abc import Iterator

import polars as pl

from analytics.contracts.quality_checks import check_id_of
from analytics.simulator.faults.fault import (
    Change,
    Fault,
    KnownPeople,
    nowhere,
    original_and_copy,
)
from analytics.simulator.faults.ground import UNMAPPED, Ground

PLANTED_ELSEWHERE = ("observation_period",)
SHARES = {"visit_occurrence": 0.02, "concept": 0.0005}
UNMAPPED_SHARE = 0.02
LOCAL_CONCEPT = 2_000_000_001
"""Concepts above two billion are a site's own."""


def dangling_references(ground: Ground) -> Iterator[Fault]:
    """One fault for each reference: the row that it names is not there."""
    for table in ground.columns:
        if table in PLANTED_ELSEWHERE:
            continue
        for column in ground.contracts[table].columns:
            if not column.references:
                continue
            other = column.references.split(".")[0]
            check_id = check_id_of("isForeignKey", table, column.name)
            if not ground.asks(check_id):
                continue
            breaks = {check_id: 1}
            of_nobody = other == "person"
            if of_nobody and ground.asks(f"{table}.inside_observation"):
                breaks[f"{table}.inside_observation"] = 1
            in_a_copy = f"{table}.{column.name}" in ground.referenced or table == "death"
            yield Fault(
                name=f"{other}_not_there",
                table=table,
                column=column.name,
                change=_dangling(table, column.name, in_a_copy=in_a_copy),
                breaks=breaks,
                share=SHARES.get(other, 0.001),
            )


def unmapped_concepts(ground: Ground) -> Iterator[Fault]:
    """One fault for each event table: the concept is 0, as the source's code has no mapping."""
    for table in ground.columns:
        column = ground.concept_of(table) or ""
        check_id = check_id_of(UNMAPPED, table, column)
        if ground.asks(check_id):
            yield Fault(
                name="unmapped_concept",
                table=table,
                column=column,
                change=_set_to(column, 0),
                breaks={check_id: 1},
                share=UNMAPPED_SHARE,
            )


def local_concepts(ground: Ground) -> Iterator[Fault]:
    """Concepts that are not standard; no clause looks for them.

    The concept itself is added to the table `concept`, so that it is found there.
    """
    if "concept" not in ground.columns:
        return

    def _added(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        local = rows.with_columns(
            pl.lit(LOCAL_CONCEPT).alias("concept_id"),
            pl.lit("Local code without a standard concept").alias("concept_name"),
            pl.lit("None").alias("vocabulary_id"),
            pl.lit("LOCAL-1").alias("concept_code"),
            pl.lit(None, pl.String).alias("standard_concept"),
        )
        return original_and_copy(rows, local)

    yield Fault(
        name="local_concept", table="concept", column="concept_id", change=_added, at_most=1
    )
    for table in ("condition_occurrence", "procedure_occurrence", "measurement"):
        if table in ground.columns:
            column = f"{table.removesuffix('_occurrence')}_concept_id"
            yield Fault(
                name="not_a_standard_concept",
                table=table,
                column=column,
                change=_set_to(column, LOCAL_CONCEPT),
            )


def _dangling(table: str, column: str, *, in_a_copy: bool) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        spoiled = rows.with_columns(nowhere(table).alias(column))
        return original_and_copy(rows, spoiled) if in_a_copy else spoiled

    return _change


def _set_to(column: str, value: int) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        return rows.with_columns(pl.lit(value).cast(rows.schema[column]).alias(column))

    return _change
