"""FeatureExtraction's analyses of one table, in one thread: the portable meaning, by kernels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.native.codes import known
from analytics.features.native.covariate_ids import (
    N_RANGE_GROUPS,
    answer_ids,
    plain_ids,
    range_ids,
)
from analytics.features.native.in_windows import Reach, count_codes, count_read, flag
from analytics.features.native.latest import Latest, find_latest, roll_up
from analytics.features.native.parts import Part
from analytics.features.native.person_sorted import PersonSortedTable
from analytics.features.native.record_tables import RecordReader
from analytics.features.native.records import NO_DAY, People, Taken
from analytics.features.native.scoring import add_up_points
from analytics.features.native.shards import Shard
from analytics.features.native.vocabulary import TableVocabulary
from analytics.features.prespecified.catalogue import Measure, PrespecifiedAnalysis
from analytics.features.prespecified.scores import UNSTRATIFIED
from analytics.features.prespecified.windows import first_day

SERVED: tuple[Measure, ...] = (
    "concept",
    "concept_group",
    "range_group",
    "value_as_concept",
    "distinct_concepts",
    "score",
)
FORMED_BY: Mapping[Measure, Callable[..., NDArray[np.int64]]] = {
    "range_group": range_ids,
    "value_as_concept": answer_ids,
}
LOW_BITS = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Covariates of concepts with their answers, and both for each column of the part."""

    part: Part
    concept_id: NDArray[np.int64]
    answer_id: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ScorePoints:
    """For each row and score (by its analysis id), its points, and whether it has any."""

    scores: NDArray[np.int64]
    points: NDArray[np.int64]
    is_hit: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class TableFound:
    """What one table gives for one shard.

    `points`: for each row of the shard and score, its points. `read`: one row for each analysis:
    `n_rows_read` and their `latest_day`.
    """

    parts: tuple[Part, ...]
    answered: Answered | None
    points: ScorePoints | None
    read: pl.DataFrame


class TableAnalyses:
    """The analyses of one table, as one thread makes them."""

    def __init__(
        self,
        table: PersonSortedTable,
        analyses: Sequence[PrespecifiedAnalysis],
        end_day: int,
        vocabulary: TableVocabulary,
    ) -> None:
        self._reader = RecordReader(table)
        self._reach = {
            measure: _reach([each for each in analyses if each.measure == measure], end_day)
            for measure in SERVED
        }
        self._reach_of_all = _reach(analyses, end_day)
        self._end_day = end_day
        self._latest_day_used = NO_DAY
        self._vocabulary = vocabulary
        self._group_ids = vocabulary.group_ids
        self._formed: dict[Measure, tuple[int, NDArray[np.int64]]] = {}
        self._groups = vocabulary.groups_of_codes(np.empty(0, np.int64))
        self._points = vocabulary.points_of_codes(np.empty(0, np.int64))

    def find(self, shard: Shard) -> TableFound:
        """What the records of the shard's people give."""
        taken = self._reader.take(self._people(shard))
        concepts = known(self._reader.codes.concepts)
        if len(concepts) >= len(self._groups.begin):
            self._groups = self._vocabulary.groups_of_codes(concepts)
            self._points = self._vocabulary.points_of_codes(concepts)
        self._latest_day_used = NO_DAY
        latest = self._latest(shard, taken, taken.concept, len(concepts))
        parts = []
        if reach := self._asked("concept"):
            parts.append(flag(latest, reach, self._ids("concept", concepts)))
        if reach := self._asked("concept_group"):
            rolled = roll_up(latest, self._groups, len(self._group_ids))
            parts.append(flag(rolled, reach, self._ids("concept_group", self._group_ids)))
        if reach := self._asked("distinct_concepts"):
            parts.append(count_codes(latest, reach, UNSTRATIFIED * 1000 + reach.analysis_id))
        if reach := self._asked("range_group"):
            n_keys = N_RANGE_GROUPS * len(concepts)
            of_key = self._latest(shard, taken, taken.range_key, n_keys)
            parts.append(flag(of_key, reach, self._ids("range_group", concepts)))
        return TableFound(
            parts=tuple(parts),
            answered=self._answered(shard, taken),
            points=self._add_up(latest) if self._asked("score") else None,
            read=self._read(shard, taken),
        )

    def _latest(self, shard: Shard, taken: Taken, code: NDArray[np.int32], n_codes: int) -> Latest:
        """The latest day of each code of each row; remembers the latest of all for `_read`."""
        latest = find_latest(shard.rows, taken, code, n_codes, self._end_day)
        self._latest_day_used = int(latest.day.max(initial=self._latest_day_used))
        return latest

    def _ids(self, measure: Measure, *of_code: NDArray[np.int64]) -> NDArray[np.int64]:
        """Covariate ids of the codes and analyses, formed anew when there are more codes."""
        n_codes, formed = self._formed.get(measure, (-1, np.empty(0, np.int64)))
        if n_codes != len(of_code[0]):
            form = FORMED_BY.get(measure, plain_ids)
            formed = form(*of_code, self._reach[measure].analysis_id)
            self._formed[measure] = (len(of_code[0]), formed)
        return formed

    def _asked(self, measure: Measure) -> Reach | None:
        reach = self._reach[measure]
        return reach if len(reach.analysis_id) else None

    def _people(self, shard: Shard) -> People:
        first = int(self._reach_of_all.first_day.min())
        from_the_first = np.maximum(shard.earliest.astype(np.int64) + first, NO_DAY)
        return People(
            person_id=shard.person_id,
            first_day=from_the_first.astype(np.int32),
            last_day=shard.latest + np.int32(self._end_day),
        )

    def _answered(self, shard: Shard, taken: Taken) -> Answered | None:
        reach = self._asked("value_as_concept")
        if reach is None:
            return None
        pairs = known(self._reader.codes.answers)
        concepts = pairs >> 32
        answers = (pairs & LOW_BITS).astype(np.uint32).view(np.int32).astype(np.int64)
        latest = self._latest(shard, taken, taken.answer, len(pairs))
        n_analyses = len(reach.analysis_id)
        return Answered(
            part=flag(latest, reach, self._ids("value_as_concept", concepts, answers)),
            concept_id=np.repeat(concepts, n_analyses),
            answer_id=np.repeat(answers, n_analyses),
        )

    def _add_up(self, latest: Latest) -> ScorePoints:
        scores = self._vocabulary.scores
        points, is_hit = add_up_points(latest, self._points, len(scores))
        return ScorePoints(scores=scores, points=points, is_hit=is_hit)

    def _read(self, shard: Shard, taken: Taken) -> pl.DataFrame:
        """One row for each analysis: how many records its window reaches, and their latest day.

        `count_read` leaves later records out by itself. What covariates were made of is looked at
        too: a day after the end day in it stands in the certificate of all these analyses.
        """
        n_rows, latest_day = count_read(shard.rows, taken, self._reach_of_all, self._end_day)
        if self._latest_day_used > self._end_day:
            latest_day = np.full_like(latest_day, self._latest_day_used)
            n_rows = np.maximum(n_rows, 1)
        return pl.DataFrame(
            {
                "analysis_id": self._reach_of_all.analysis_id,
                "n_rows_read": n_rows,
                "latest_day": latest_day,
            }
        ).with_columns(latest_day=pl.when(pl.col("n_rows_read") > 0).then("latest_day"))


def _reach(analyses: Sequence[PrespecifiedAnalysis], end_day: int) -> Reach:
    firsts = [first_day(each.window, end_day) for each in analyses]
    return Reach(
        analysis_id=np.array([each.analysis_id for each in analyses], np.int64),
        first_day=np.array([NO_DAY if first is None else first for first in firsts], np.int32),
        is_by_end=np.array([each.matched_by == "overlap" for each in analyses], np.bool_),
    )
