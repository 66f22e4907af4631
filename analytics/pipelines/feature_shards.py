"""Shards of people: as many at a time as the memory ceiling allows.

Tables are done one after another, so what counts is the table with the most records to look at: a
record is looked at once for each index date of its person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.errors import BadInputError
from analytics.features.prespecified.groups import groups_of
from analytics.features.prespecified.tables import EVENT_TABLES, Cdm
from analytics.features.settings import FeatureSettings

# Measured on simulated people: what the process takes before any record is read, and what one
# record adds at the peak.
GIB_BEFORE_RECORDS = 0.55
BYTES_A_RECORD = 260
BYTES_A_VALUE = 200
LEAST_GIB = 0.75


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Rows `start` to `stop` of the cohort rows: of people `first_person` to `last_person`."""

    start: int
    stop: int
    first_person: int
    last_person: int
    n_people: int


def records_at_once(memory_gib: float) -> int:
    """How many records may be looked at in one shard.

    Raises `BadInputError` where the ceiling is below what the program needs for itself.
    """
    if not memory_gib >= LEAST_GIB:
        raise BadInputError(
            f"--memory {memory_gib:g} is too little: give at least {LEAST_GIB:g} (GiB)."
        )
    return int((memory_gib - GIB_BEFORE_RECORDS) * 2**30 / BYTES_A_RECORD)


def values_at_once(memory_gib: float) -> int:
    """How many covariate values may be put in order at once."""
    return int((memory_gib - GIB_BEFORE_RECORDS) * 2**30 / BYTES_A_VALUE)


def count_records(cdm: Cdm, table: str, settings: FeatureSettings) -> pl.DataFrame:
    """One row for each `person_id` with `n`: the records of a table, and their groups.

    A concept that was recorded counts once more for each group that it belongs to, where groups
    are asked for.
    """
    event = EVENT_TABLES.get(table)
    if event is None:
        records = cdm.table(table).select(person_id=nw.col("subject_id"))
        return cdm.collect(records.group_by("person_id").agg(n=nw.len().cast(nw.Int64)))
    records = cdm.table(table).select("person_id", concept_id=nw.col(event.concept))
    counted = records.group_by("person_id", "concept_id").agg(n=nw.len())
    if any(
        each.table == table and each.measure == "concept_group" for each in settings.prespecified
    ):
        groups = groups_of(cdm, table).group_by("concept_id").agg(n_groups=nw.len())
        counted = counted.join(groups, on="concept_id", how="left").with_columns(
            n=nw.col("n") + nw.col("n_groups").fill_null(0)
        )
    return cdm.collect(counted.group_by("person_id").agg(n=nw.col("n").sum().cast(nw.Int64)))


def spread_records(people: pl.DataFrame, n_records: int) -> pl.DataFrame:
    """One row for each of `people` with `n`: twice its share of the records, were they even.

    For tables that the native pass reads, which keeps to its own number of people at a time:
    counting by person would cost more than the pass.
    """
    share = -(-2 * n_records // max(people.height, 1))
    return people.select("person_id", n=pl.lit(share, pl.Int64))


def cut_shards(
    rows: pl.DataFrame, n_records: Mapping[str, pl.DataFrame], most_records: int | None
) -> tuple[Shard, ...]:
    """The fewest shards, in the order of `rows`, with at most `most_records` of any table each.

    `rows` is sorted by `subject_id`; `n_records` gives for each table one row for each `person_id`
    with `n`. None as `most_records`: one shard. A person is never divided.
    """
    people = rows.group_by("subject_id", maintain_order=True).agg(n_rows=pl.len().cast(pl.Int64))
    row_ends = people["n_rows"].cum_sum().to_numpy()
    looked_at = [_cumulated(people, counted) for counted in n_records.values()]
    shards = []
    begun = 0
    while begun < people.height:
        ended = people.height
        if most_records is not None:
            for sums in looked_at:
                before = sums[begun - 1] if begun else 0
                fitting = int(np.searchsorted(sums, before + most_records, side="right"))
                ended = min(ended, max(fitting, begun + 1))
        shards.append(
            Shard(
                start=int(row_ends[begun - 1]) if begun else 0,
                stop=int(row_ends[ended - 1]),
                first_person=int(people["subject_id"][begun]),
                last_person=int(people["subject_id"][ended - 1]),
                n_people=ended - begun,
            )
        )
        begun = ended
    return tuple(shards)


def _cumulated(people: pl.DataFrame, counted: pl.DataFrame) -> NDArray[np.int64]:
    joined = people.join(
        counted, left_on="subject_id", right_on="person_id", how="left", maintain_order="left"
    )
    return joined.select((pl.col("n").fill_null(0) * pl.col("n_rows")).cum_sum())["n"].to_numpy()
