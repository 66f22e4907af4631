"""Points of scores: the highest of each category that a row has a concept of, added up."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled
from analytics.features.native.latest import Latest


class Points(NamedTuple):
    """The categories of each code, from `begin[code]` on, with points; and each one's score."""

    begin: NDArray[np.int64]
    category: NDArray[np.int32]
    points: NDArray[np.int64]
    score: NDArray[np.int32]


def add_up_points(
    latest: Latest, points: Points, n_scores: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each row and score, the sum of its points, and whether any category was hit."""
    shape = (len(latest.n_of_row), n_scores)
    sums, is_hit = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    _add_up(latest, points, sums, is_hit)
    return sums, is_hit


@compiled
def _add_up(
    latest: Latest, points: Points, sums: NDArray[np.int64], is_hit: NDArray[np.bool_]
) -> None:
    n_categories = len(points.score)
    met_in = np.full(n_categories, -1, np.int32)
    highest = np.zeros(n_categories, np.int64)
    entry = 0
    for row in range(len(latest.n_of_row)):
        for _ in range(latest.n_of_row[row]):
            code = latest.code[entry]
            for nth in range(points.begin[code], points.begin[code + 1]):
                category, given = points.category[nth], points.points[nth]
                score = points.score[category]
                if met_in[category] != row:
                    met_in[category] = row
                    highest[category] = given
                    sums[row, score] += given
                    is_hit[row, score] = True
                elif given > highest[category]:
                    sums[row, score] += given - highest[category]
                    highest[category] = given
            entry += 1
