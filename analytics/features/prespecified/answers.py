"""Concepts with the concept they were answered by: `value_as_concept_id`.

Covariate ids are hashes, and two pairs may share one. FeatureExtraction then keeps, among the
pairs of one analysis, the lowest concept with the lowest answer and drops the others; where these
two are not one pair, nothing is left.
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import by_window
from analytics.features.prespecified.ids import answer_id

PAIR = ("concept_id", "value_as_concept_id")
OF_ANALYSIS = ("analysis_id", "covariate_id")


def answers_by_window(
    read: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis], end_day: int
) -> AnyLazyFrame:
    """One row for each (row_id, concept, answer) and analysis, with its hash as `covariate_id`."""
    latest = (
        read.filter(nw.col("value_as_concept_id") != 0)
        .group_by("row_id", *PAIR)
        .agg(days=nw.col("days").max())
    )
    found = by_window(latest, analyses, end_day, index=("row_id", *PAIR))
    return found.with_columns(
        covariate_id=answer_id(
            nw.col("concept_id"), nw.col("value_as_concept_id"), nw.col("analysis_id")
        )
    )


def kept_pairs(found: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each covariate: its lowest concept and answer, and how many pairs more."""
    return (
        found.select(*OF_ANALYSIS, *PAIR)
        .unique()
        .group_by(*OF_ANALYSIS)
        .agg(
            concept_id=nw.col("concept_id").min(),
            value_as_concept_id=nw.col("value_as_concept_id").min(),
            collisions=nw.len() - 1,
        )
    )


def without_clashes(found: AnyLazyFrame, kept: AnyLazyFrame) -> AnyLazyFrame:
    """The rows of `found` whose pair was kept; ids that would leave 64 bits stay, to be refused."""
    unclashed = found.join(kept, on=[*OF_ANALYSIS, *PAIR], how="semi")
    return nw.concat([unclashed, found.filter(nw.col("covariate_id").is_null())])
