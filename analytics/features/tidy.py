"""Which covariates a model learns from, and on which scale: learned from training people only.

What is learned here is kept with the model, so that people of any later day are treated the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from analytics.features.matrix import CovariateMatrix

RARE, REDUNDANT = "rare", "redundant"


@dataclass(frozen=True, kw_only=True)
class TidyRules:
    """What is asked for: how many training people a covariate needs at least, and what else."""

    min_people: int = 1
    removes_redundant: bool = False
    scales: bool = False

    def __post_init__(self) -> None:
        if self.min_people < 1:
            raise ValueError(f"min_people is {self.min_people}, and must be 1 or more")


@dataclass(frozen=True, kw_only=True, eq=False)
class Tidying:
    """What was learned of training people.

    `kept`: one row for each covariate that stays, sorted: `covariate_id`, `divided_by` (1 where
    nothing is scaled). `removed`: one row for each that goes, sorted: `covariate_id`, `why`
    (rare or redundant).
    """

    kept: pl.DataFrame
    removed: pl.DataFrame


def learn_tidying(
    matrix: CovariateMatrix, training_rows: Iterable[int], rules: TidyRules
) -> Tidying:
    """Learn from the rows whose `row_id` is in `training_rows`; nothing else is looked at.

    *Redundant* as FeatureExtraction's `tidyCovariateData` has it, among covariates whose only
    value is 1: one that every row has; and where every row has exactly one of the covariates of
    an analysis (sex, say), the most frequent of them, of equally frequent ones that of the lowest
    id. It compares sums, and so takes covariates that overlap for such a group where they happen
    to add up; we look at the rows.

    *Rare*: of fewer than `min_people` people (not rows), also in such a group.

    *Scaled*: divided by the largest value, where that is above 0.
    """
    rows = matrix.rows.select("row_id", "person_id").join(
        pl.DataFrame({"row_id": list(training_rows)}, schema={"row_id": pl.Int64}).unique(),
        on="row_id",
        how="semi",
    )
    values = matrix.values.lazy().join(rows.lazy(), on="row_id")
    found = (
        values.group_by("covariate_id")
        .agg(
            n_rows=pl.len(),
            n_people=pl.col("person_id").n_unique(),
            lowest=pl.col("value").min(),
            highest=pl.col("value").max(),
        )
        .sort("covariate_id")
        .collect(engine="streaming")
    )
    redundant = _find_redundant(matrix, found, rows) if rules.removes_redundant else []
    judged = found.with_columns(
        why=pl.when(pl.col("covariate_id").is_in(redundant))
        .then(pl.lit(REDUNDANT))
        .when(pl.col("n_people") < rules.min_people)
        .then(pl.lit(RARE)),
        divided_by=pl.when(rules.scales & (pl.col("highest") > 0))
        .then("highest")
        .otherwise(1.0)
        .cast(pl.Float64),
    )
    return Tidying(
        kept=judged.filter(pl.col("why").is_null()).select("covariate_id", "divided_by"),
        removed=judged.drop_nulls("why").select("covariate_id", "why"),
    )


def tidy_csr(matrix: CovariateMatrix, kept: pl.DataFrame) -> csr_matrix:
    """The covariates of anybody as a model was given those it learned from.

    Row i is row i of `matrix.rows`, column j row j of `kept` (`covariate_id`, `divided_by`); a
    covariate that nobody here has is an empty column, and one that was not kept is none.
    """
    sparse, _ = matrix.to_csr(kept["covariate_id"].to_list())
    # In place of a product of matrices, which would drop the zeros that are stored.
    sparse.data /= kept["divided_by"].to_numpy().astype(np.float32)[sparse.indices]
    return sparse


def _find_redundant(matrix: CovariateMatrix, found: pl.DataFrame, rows: pl.DataFrame) -> list[int]:
    """The covariates that say nothing which the others do not."""
    binary = found.filter((pl.col("lowest") == 1) & (pl.col("highest") == 1)).join(
        matrix.covariate_ref.select("covariate_id", "analysis_id"), on="covariate_id"
    )
    of_all = binary.filter(pl.col("n_rows") == rows.height)
    others = binary.join(of_all, on="covariate_id", how="anti")
    adding_up = others.filter(pl.col("n_rows").sum().over("analysis_id") == rows.height)
    one_each = (
        matrix.values.lazy()
        .join(adding_up.lazy().select("covariate_id", "analysis_id"), on="covariate_id")
        .join(rows.lazy(), on="row_id", how="semi")
        .group_by("analysis_id")
        .agg(n_rows_reached=pl.col("row_id").n_unique())
        .filter(pl.col("n_rows_reached") == rows.height)
        .collect(engine="streaming")
    )
    most_frequent = (
        adding_up.join(one_each, on="analysis_id", how="semi")
        .sort("n_rows", "covariate_id", descending=[True, False])
        .unique("analysis_id", keep="first", maintain_order=True)
    )
    return [*of_all["covariate_id"], *most_frequent["covariate_id"]]
