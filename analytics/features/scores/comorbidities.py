"""Points for comorbidity, from condition eras that began any time up to the last day.

Categories are FeatureExtraction's, of OHDSI's concepts with their descendants; the points of each
score, and which graver category silences a milder one, are data (`charlson_weights.csv`).
"""

from functools import cache
from pathlib import Path

import narwhals as nw
import polars as pl

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.score_concepts import concepts_of_scores
from analytics.features.prespecified.tables import Cdm

CHARLSON = 901
BY_ROW = ("row_id", "category")


@cache
def comorbidity_points(analysis_id: int) -> pl.DataFrame:
    """One row for each category that gives points in the score: `points`, and `unless`."""
    return (
        pl.read_csv(Path(__file__).with_name("charlson_weights.csv"), comment_prefix="#")
        .filter(pl.col("analysis_id") == analysis_id)
        .select("category", pl.col("points").cast(pl.Int64), pl.col("unless").fill_null(""))
    )


def add_up_comorbidity(cdm: Cdm, eras: AnyLazyFrame, analysis_id: int) -> AnyLazyFrame:
    """One row for each row_id with points: `points`. `eras` has row_id and concept_id."""
    categories = (
        concepts_of_scores(cdm)
        .filter(nw.col("analysis_id") == CHARLSON)
        .select("category", "concept_id")
        .unique()
    )
    hit = eras.join(categories, on="concept_id", how="inner").select(*BY_ROW).unique()
    given = hit.join(cdm.lift(comorbidity_points(analysis_id)), on="category", how="inner")
    graver = hit.select("row_id", unless=nw.col("category"))
    return (
        given.join(graver, on=["row_id", "unless"], how="anti")
        .group_by("row_id")
        .agg(points=nw.col("points").sum())
    )
