"""Which covariates enough people have for a model to learn from."""

from collections.abc import Iterable

import polars as pl

from analytics.features.matrix import CovariateMatrix


def select_covariates(
    matrix: CovariateMatrix, training_rows: Iterable[int], min_people: int
) -> tuple[int, ...]:
    """Covariate ids that at least `min_people` people in the training rows have, in order.

    Only rows whose `row_id` is in `training_rows` are looked at: what test people have changes
    nothing. People are counted, not rows.
    """
    training = matrix.rows.select("row_id", "person_id").join(
        pl.DataFrame({"row_id": list(training_rows)}, schema={"row_id": pl.Int64}),
        on="row_id",
        how="semi",
    )
    kept = (
        matrix.values.lazy()
        .join(training.lazy(), on="row_id")
        .group_by("covariate_id")
        .agg(n_people=pl.col("person_id").n_unique())
        .filter(pl.col("n_people") >= min_people)
        .sort("covariate_id")
        .collect(engine="streaming")
    )
    return tuple(kept["covariate_id"])
