"""Scores of comorbidity and frailty, from condition eras that start any time up to the end day.

In each category the highest points count, and categories add up; Charlson has no hierarchy, so
mild and severe forms of a disease both count. CHADS2 and CHA2DS2-VASc add points for age and sex,
and so everybody has them, often as 0; the others are absent where no category is hit.
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import with_id
from analytics.features.prespecified.score_concepts import (
    CATEGORY,
    THOUSANDTHS,
    concepts_of_scores,
)
from analytics.features.prespecified.tables import Cdm

CHADS2, CHADS2_VASC = 903, 904
FEMALE = 8532
UNSTRATIFIED = 1


def score_people(
    cdm: Cdm,
    rows: AnyLazyFrame,
    latest: AnyLazyFrame,
    analyses: Sequence[PrespecifiedAnalysis],
) -> AnyLazyFrame:
    """One row for each row_id and score that it has."""
    hit = (
        latest.select("row_id", "concept_id")
        .join(concepts_asked_for(cdm, analyses), on="concept_id", how="inner")
        .group_by("row_id", *CATEGORY)
        .agg(points=nw.col("points").max())
        .select("row_id", "analysis_id", "points")
    )
    total = (
        nw.concat([hit, *points_of_people(cdm, rows, analyses)])
        .group_by("row_id", "analysis_id")
        .agg(points=nw.col("points").sum())
        .with_columns(covariate_value=_whole_points())
    )
    return with_id(total, nw.lit(UNSTRATIFIED * 1000, nw.Int64) + nw.col("analysis_id"))


def concepts_asked_for(cdm: Cdm, analyses: Sequence[PrespecifiedAnalysis]) -> AnyLazyFrame:
    """One row for each (analysis_id, category, concept_id) of these scores, with `points`."""
    asked_for = [analysis.analysis_id for analysis in analyses]
    return concepts_of_scores(cdm).filter(nw.col("analysis_id").is_in(asked_for))


def points_of_people(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """For each score that counts age or sex, one row for each row_id of a known person."""
    people = rows.join(cdm.table("person"), on="person_id", how="inner")
    return [
        people.select(
            "row_id",
            analysis_id=nw.lit(analysis.analysis_id, nw.Int64),
            points=_points_of_person(analysis.analysis_id),
        )
        for analysis in analyses
        if analysis.analysis_id in (CHADS2, CHADS2_VASC)
    ]


def _whole_points() -> nw.Expr:
    # Polars divides by a constant through its reciprocal, and so misses the nearest double; a
    # divisor that is a column is divided by exactly, as on Spark.
    divisor = nw.col("points") * 0 + THOUSANDTHS
    return nw.col("points").cast(nw.Float64) / divisor.cast(nw.Float64)


def _points_of_person(score: int) -> nw.Expr:
    age = nw.col("index_year") - nw.col("year_of_birth")
    if score == CHADS2:
        return _one_if(age >= 75)
    return _one_if(age >= 75) + _one_if(age >= 65) + _one_if(nw.col("gender_concept_id") == FEMALE)


def _one_if(condition: nw.Expr) -> nw.Expr:
    points = nw.when(condition).then(nw.lit(THOUSANDTHS)).otherwise(nw.lit(0))
    return points.cast(nw.Int64)
