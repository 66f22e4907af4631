"""What the vocabulary tells of a table's concepts, by the codes that a thread has given them.

Asked of the portable definition: which groups a concept belongs to, and its points in scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.native.latest import Groups
from analytics.features.native.scoring import Points
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.groups import groups_of
from analytics.features.prespecified.scores import concepts_asked_for
from analytics.features.prespecified.tables import Cdm

GROUPS = ("concept_id", "group_id")
POINTS = ("concept_id", "analysis_id", "category", "points")


@dataclass(frozen=True, kw_only=True)
class TableVocabulary:
    """`groups`: one row for each (concept_id, group_id). `points`: one row for each concept and
    category of a score that it has `points` in. Both by concept.
    """

    groups: pl.DataFrame
    points: pl.DataFrame

    @staticmethod
    def of(cdm: Cdm, table: str, analyses: Sequence[PrespecifiedAnalysis]) -> "TableVocabulary":
        """What these analyses of the table need to know."""
        groups = pl.DataFrame(schema=dict.fromkeys(GROUPS, pl.Int64))
        points = pl.DataFrame(schema=dict.fromkeys(POINTS, pl.Int64))
        if any(analysis.measure == "concept_group" for analysis in analyses):
            groups = cdm.collect(groups_of(cdm, table).select(*GROUPS))
        if scores := [analysis for analysis in analyses if analysis.measure == "score"]:
            points = cdm.collect(concepts_asked_for(cdm, scores).select(*POINTS))
        return TableVocabulary(groups=groups.sort(GROUPS), points=points.sort(POINTS))

    @property
    def group_ids(self) -> NDArray[np.int64]:
        """The groups, of which the first has code 0."""
        return self.groups["group_id"].unique().sort().to_numpy()

    @property
    def scores(self) -> NDArray[np.int64]:
        """The analysis ids of scores, by code."""
        return self.points["analysis_id"].unique().sort().to_numpy()

    def groups_of_codes(self, concept_ids: NDArray[np.int64]) -> Groups:
        """The groups of the concepts that codes stand for."""
        place, begin = _rows_of(self.groups["concept_id"].to_numpy(), concept_ids)
        group = np.searchsorted(self.group_ids, self.groups["group_id"].to_numpy())
        return Groups(begin=begin, group=group.astype(np.int32)[place])

    def points_of_codes(self, concept_ids: NDArray[np.int64]) -> Points:
        """The points of the concepts that codes stand for."""
        categories = self.points.select("analysis_id", "category").unique(maintain_order=True)
        numbered = self.points.join(
            categories.with_row_index("number"),
            on=["analysis_id", "category"],
            how="left",
            maintain_order="left",
        )
        place, begin = _rows_of(self.points["concept_id"].to_numpy(), concept_ids)
        score = np.searchsorted(self.scores, categories["analysis_id"].to_numpy())
        return Points(
            begin=begin,
            category=numbered["number"].to_numpy().astype(np.int32)[place],
            points=self.points["points"].to_numpy()[place],
            score=score.astype(np.int32),
        )


def _rows_of(
    sorted_ids: NDArray[np.int64], ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of each id in turn among the sorted ones, and where each id's places begin."""
    first = np.searchsorted(sorted_ids, ids, side="left")
    n = np.searchsorted(sorted_ids, ids, side="right") - first
    begin = np.concatenate([[0], np.cumsum(n)])
    place = np.arange(begin[-1]) + np.repeat(first - begin[:-1], n)
    return place, begin
