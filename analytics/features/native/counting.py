"""Counts of records in windows over several tables, in one pass over each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analytics.days import Window
from analytics.features.native.codes import known
from analytics.features.native.parts import Part
from analytics.features.native.record_tables import RecordReader, open_records
from analytics.features.native.records import NO_DAY, People
from analytics.features.native.shards import PEOPLE_IN_A_SHARD, Shard, in_threads, shards_of
from analytics.features.native.sparse_rows import as_matrix
from analytics.features.native.windowed_counts import Stretches, count_in_windows


@dataclass(frozen=True, kw_only=True)
class CountedTable:
    """A person-sorted table whose records are counted, in the window of each analysis id."""

    files: tuple[Path, ...]
    concept: str
    start: str
    windows: Mapping[int, Window]


def count_records(
    rows: pl.DataFrame,
    tables: Sequence[CountedTable],
    *,
    threads: int,
    people_in_a_shard: int = PEOPLE_IN_A_SHARD,
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """How many records of each concept start in each window before the index dates.

    Row i of the matrix is row i of `rows` (`person_id`, `index_day`); beside it the covariate id,
    `concept * 1000 + analysis`, of each column. Both are sorted, and 0 is not stored.
    """
    opened = [
        open_records(table.files, {"concept": table.concept, "start": table.start})
        for table in tables
    ]
    asked = [Stretches.of(table.windows) for table in tables]
    workers = [[RecordReader(table) for table in opened] for _ in range(threads)]

    def count(reader: RecordReader, stretches: Stretches, shard: Shard) -> Part:
        taken = reader.take(_people(shard, stretches))
        return count_in_windows(shard.rows, taken, known(reader.codes.concepts), stretches)

    def make(readers: list[RecordReader], shard: Shard) -> tuple[NDArray[np.int64], list[Part]]:
        parts = [count(*asked_of, shard) for asked_of in zip(readers, asked, strict=True)]
        return shard.row, parts

    shards = list(shards_of(rows, people_in_a_shard))
    return as_matrix(list(in_threads(shards, workers, make)), rows.height)


def _people(shard: Shard, stretches: Stretches) -> People:
    """The shard's people, with the days between which any window lies."""
    first, after = int(stretches.first_day[0]), int(stretches.first_day[-1])
    from_the_first = np.maximum(shard.earliest.astype(np.int64) + first, NO_DAY)
    return People(
        person_id=shard.person_id,
        first_day=from_the_first.astype(np.int32),
        last_day=shard.latest + np.int32(after - 1),
    )
