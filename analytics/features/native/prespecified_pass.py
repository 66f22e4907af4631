"""FeatureExtraction's analyses over person-sorted Parquet: one pass over each table, in shards.

Which analyses it serves is asked first (`NativePass.served`); the portable definition makes the
others, and can make these, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.native.parts import Part
from analytics.features.native.person_sorted import NotServedError, PersonSortedTable
from analytics.features.native.prespecified_tables import (
    SERVED,
    Answered,
    TableAnalyses,
    TableFound,
)
from analytics.features.native.record_tables import open_records
from analytics.features.native.score_values import PointsOfPeople
from analytics.features.native.shards import PEOPLE_IN_A_SHARD, Shard, in_threads, shards_of
from analytics.features.native.vocabulary import TableVocabulary
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.settling import ANSWERED, MADE, PAIRS, READ, Found
from analytics.features.prespecified.tables import EVENT_TABLES, Cdm

PRESENT = {name: MADE[name] for name in ("covariate_id", "analysis_id")}
COLUMNS_OF_MEASURE: Mapping[str, Mapping[str, str]] = {
    "range_group": {"value": "value_as_number", "low": "range_low", "high": "range_high"},
    "value_as_concept": {"answer": "value_as_concept_id"},
}

Analyses = Sequence[PrespecifiedAnalysis]


def native_analyses(analyses: Analyses) -> tuple[PrespecifiedAnalysis, ...]:
    """Those that the native pass can serve, where their tables lie as it needs them."""
    return tuple(each for each in analyses if each.table and each.measure in SERVED)


@dataclass(frozen=True, kw_only=True)
class ShardFound:
    """What all tables give for the index dates `row_id` of a shard, whose places are `row`."""

    row: NDArray[np.int64]
    row_id: NDArray[np.int64]
    parts: tuple[Part, ...]
    answered: tuple[Answered, ...]
    read: pl.DataFrame

    def covariates(self) -> pl.DataFrame:
        """One row for each covariate value but those of answers, in columns `MADE`."""
        frames = [_long(self.row_id, part) for part in self.parts]
        return pl.concat([pl.DataFrame(schema=MADE), *frames])

    def answers(self) -> pl.DataFrame:
        """One row for each covariate value of an answer, in columns `ANSWERED`."""
        frames = [
            _long(self.row_id, one.part).with_columns(
                concept_id=one.concept_id[one.part.column],
                value_as_concept_id=one.answer_id[one.part.column],
            )
            for one in self.answered
        ]
        return pl.concat([pl.DataFrame(schema=ANSWERED), *frames])

    def found(self) -> Found:
        """Which covariates the shard has, whoever has them, and what was read for them."""
        present = [_present(part) for part in self.parts]
        pairs = [
            _present(one.part, concept_id=one.concept_id, value_as_concept_id=one.answer_id)
            for one in self.answered
        ]
        return Found(
            present=pl.concat([pl.DataFrame(schema=PRESENT), *present]),
            pairs=pl.concat([pl.DataFrame(schema=PAIRS), *pairs]),
            read=self.read,
        )


class NativePass:
    """The analyses that it serves of one CDM, whose tables lie in these Parquet files.

    `left` says why the analyses of a table are not served. `threads` shards are made at a time.
    """

    def __init__(
        self,
        cdm: Cdm,
        files: Mapping[str, Sequence[Path]],
        analyses: Analyses,
        end_day: int,
        *,
        threads: int,
        people_in_a_shard: int = PEOPLE_IN_A_SHARD,
    ) -> None:
        self.left: dict[str, str] = {}
        self._cdm, self._people_in_a_shard = cdm, people_in_a_shard
        tables: dict[str, tuple[PersonSortedTable, Analyses, TableVocabulary]] = {}
        asked = native_analyses(analyses)
        for table in dict.fromkeys(each.table for each in asked if each.table in files):
            of_table = [each for each in asked if each.table == table]
            try:
                opened = open_records(files[table], _columns(table, of_table))
            except NotServedError as reason:
                self.left[table] = str(reason)
                continue
            tables[table] = (opened, of_table, TableVocabulary.of(cdm, table, of_table))
        self.served = tuple(each for _, of_table, _ in tables.values() for each in of_table)
        self._workers = [
            [
                TableAnalyses(opened, of_table, end_day, vocabulary)
                for opened, of_table, vocabulary in tables.values()
            ]
            for _ in range(threads)
        ]

    def find(self, dates: pl.DataFrame) -> Iterator[ShardFound]:
        """What each shard of these index dates gives, in the order of people.

        Raises NotServedError where a concept id is met that is beyond 32 bits.
        """
        scores = [each for each in self.served if each.measure == "score"]
        of_people = PointsOfPeople.of(self._cdm, dates, scores)
        row_id = dates["row_id"].to_numpy()

        def make(worker: list[TableAnalyses], shard: Shard) -> ShardFound:
            tables = [analyses.find(shard) for analyses in worker]
            return ShardFound(
                row=shard.row,
                row_id=row_id[shard.row],
                parts=(
                    *(part for table in tables for part in table.parts),
                    *(
                        of_people.with_concepts(shard.row, table.points)
                        for table in tables
                        if table.points is not None
                    ),
                ),
                answered=tuple(table.answered for table in tables if table.answered is not None),
                read=_read(tables),
            )

        if self.served:
            shards = list(shards_of(dates, self._people_in_a_shard))
            yield from in_threads(shards, self._workers, make)


def _read(tables: Sequence[TableFound]) -> pl.DataFrame:
    return pl.concat(
        table.read.select(pl.col(name).cast(kind) for name, kind in READ.items())
        for table in tables
    )


def _present(part: Part, **of_column: NDArray[np.int64]) -> pl.DataFrame:
    """One row for each column of the part that has an entry."""
    is_present = np.zeros(len(part.covariate_id), np.bool_)
    is_present[part.column] = True
    return pl.DataFrame(
        {
            "covariate_id": part.covariate_id[is_present],
            "analysis_id": part.covariate_id[is_present] % 1000,
            **{name: values[is_present] for name, values in of_column.items()},
        }
    )


def _long(row_id: NDArray[np.int64], part: Part) -> pl.DataFrame:
    value = part.value if len(part.value) else np.ones(len(part.column))
    return pl.DataFrame(
        {
            "row_id": np.repeat(row_id, part.n_of_row),
            "covariate_id": part.covariate_id[part.column],
            "covariate_value": value.astype(np.float64, copy=False),
            "analysis_id": (part.covariate_id % 1000)[part.column],
        }
    )


def _columns(table: str, analyses: Analyses) -> dict[str, str]:
    event = EVENT_TABLES[table]
    columns = {"concept": event.concept, "start": event.start}
    if event.end and any(each.matched_by == "overlap" for each in analyses):
        columns["end"] = event.end
    for analysis in analyses:
        columns.update(COLUMNS_OF_MEASURE.get(analysis.measure, {}))
    return columns
