"""Scores of rows: the points of their concepts, and those of age and sex."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.native.parts import Part
from analytics.features.native.prespecified_tables import ScorePoints
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.score_concepts import THOUSANDTHS
from analytics.features.prespecified.scores import UNSTRATIFIED, points_of_people
from analytics.features.prespecified.tables import Cdm


@dataclass(frozen=True, kw_only=True)
class PointsOfPeople:
    """For each index date and score (by rising analysis id): points of age and sex, if any."""

    scores: NDArray[np.int64]
    points: NDArray[np.int64]
    is_known: NDArray[np.bool_]

    @staticmethod
    def of(
        cdm: Cdm, dates: pl.DataFrame, scores: Sequence[PrespecifiedAnalysis]
    ) -> "PointsOfPeople":
        """The points of the people of these index dates."""
        ids = np.array(sorted(each.analysis_id for each in scores), np.int64)
        points = np.zeros((dates.height, len(ids)), np.int64)
        is_known = np.zeros(points.shape, np.bool_)
        numbered = dates.with_columns(row_id=pl.int_range(pl.len(), dtype=pl.Int64))
        for frame in points_of_people(cdm, cdm.lift(numbered), scores):
            found = cdm.collect(frame)
            row = found["row_id"].to_numpy()
            score = np.searchsorted(ids, found["analysis_id"].to_numpy())
            np.add.at(points, (row, score), found["points"].to_numpy())
            is_known[row, score] = True
        return PointsOfPeople(scores=ids, points=points, is_known=is_known)

    def with_concepts(self, row: NDArray[np.int64], of_concepts: ScorePoints) -> Part:
        """The scores of the index dates at `row`, whose concepts give these points."""
        points, is_there = self.points[row], self.is_known[row]
        place = np.searchsorted(self.scores, of_concepts.scores)
        points[:, place] += of_concepts.points
        is_there[:, place] |= of_concepts.is_hit
        nth, score = np.nonzero(is_there)
        return Part(
            n_of_row=is_there.sum(axis=1).astype(np.int32),
            column=score.astype(np.int32),
            value=points[nth, score] / float(THOUSANDTHS),
            covariate_id=UNSTRATIFIED * 1000 + self.scores,
        )
