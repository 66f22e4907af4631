"""Concepts with the concept they were answered by, in the windows of one's own settings.

Ids are FeatureExtraction's hash of the two, and two pairs that share one are settled as it does
(`prespecified/answers.py`).
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.analysis import Analysis
from analytics.features.definition import AnyLazyFrame
from analytics.features.measures import is_inside
from analytics.features.prespecified.answers import PAIR
from analytics.features.prespecified.ids import answer_id


def answers_in_windows(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    """One row for each (row_id, concept, answer) and analysis, with its hash as `covariate_id`."""
    latest = (
        read.filter(~nw.col("answer").is_null(), nw.col("answer") != 0)
        .group_by("row_id", "concept_id", "answer")
        .agg(days=nw.col("days").max())
        .with_columns(value_as_concept_id=nw.col("answer"))
    )
    return nw.concat([_in_window(latest, analysis) for analysis in analyses])


def _in_window(latest: AnyLazyFrame, analysis: Analysis) -> AnyLazyFrame:
    inside = is_inside(analysis)
    found = latest if inside is None else latest.filter(inside)
    analysis_id = nw.lit(analysis.analysis_id, nw.Int64)
    return found.select(
        "row_id",
        *PAIR,
        analysis_id=analysis_id,
        covariate_id=answer_id(nw.col("concept_id"), nw.col("value_as_concept_id"), analysis_id),
        covariate_value=nw.lit(1.0),
    )
