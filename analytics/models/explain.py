"""Reasons for a risk, person by person, and which covariates matter over all.

A reason is a concept, not a column: three windows of one diagnosis are one reason. Race and
ethnicity are never a reason, whatever the model uses.
"""

import numpy as np
import polars as pl
import scipy.sparse as sp

from analytics.errors import RunFailedError
from analytics.evaluation.predictions import Ints
from analytics.features.demographics import RACE_AND_ETHNICITY_CONCEPTS
from analytics.models.contributions import Contributions

N_REASONS = 5

# Besides the concepts that tell of race or ethnicity: any name or domain that says so.
RACE_AND_ETHNICITY_WORDS = r"(?i)\b(race|races|racial|ethnic\w*)\b"
REFERENCE_COLUMNS = ("covariate_id", "covariate_name", "domain", "concept_id")

REASON_SCHEMA = {
    "row_number": pl.Int64,
    "reason_rank": pl.Int32,
    "covariate_id": pl.Int64,
    "covariate_name": pl.String,
    "domain": pl.String,
    "concept_id": pl.Int64,
    "covariate_value": pl.Float64,
    "contribution": pl.Float64,
}


def top_reasons(
    contributions: Contributions,
    *,
    covariates: sp.csr_matrix,
    covariate_reference: pl.DataFrame,
    n_reasons: int = N_REASONS,
) -> pl.DataFrame:
    """One row for each (row_number, reason_rank): what raises that row's risk, most first.

    `covariate_reference` has one row for each column of `covariates`, in column order, with
    `covariate_id`, `covariate_name`, `domain` and `concept_id` (null where there is none).
    Covariates of one domain and concept are one reason: `contribution` is their sum in
    log-odds; the name and value are those of the covariate that adds most. A null
    `covariate_value` means that nothing is recorded: its absence raises the risk. Only
    reasons that raise the risk are given, so a row may have fewer than `n_reasons`.
    """
    reference = _by_position(covariate_reference, covariates.shape[1])
    entries = sp.coo_matrix(contributions.values)
    shares = pl.DataFrame(
        {
            "row_number": entries.row.astype(np.int64),
            "position": entries.col.astype(np.int64),
            "share": entries.data.astype(np.float64),
        }
    ).join(reference, on="position")
    shown = shares.filter(~_tells_race_or_ethnicity())
    reasons = (
        shown.sort("row_number", "share", "position", descending=[False, True, False])
        .group_by("row_number", "reason", maintain_order=True)
        .agg(
            pl.col("position", "covariate_id", "covariate_name", "domain", "concept_id").first(),
            contribution=pl.col("share").sum(),
        )
        .filter(pl.col("contribution") > 0)
        .sort("row_number", "contribution", "position", descending=[False, True, False])
        .with_columns(reason_rank=pl.int_range(1, pl.len() + 1).over("row_number"))
        .filter(pl.col("reason_rank") <= n_reasons)
    )
    values = _values_at(
        covariates, reasons["row_number"].to_numpy(), reasons["position"].to_numpy()
    )
    return reasons.with_columns(covariate_value=values).select(
        pl.col(name).cast(dtype) for name, dtype in REASON_SCHEMA.items()
    )


def covariate_importance(
    contributions: Contributions,
    *,
    covariates: sp.csr_matrix,
    person_id: Ints,
    covariate_reference: pl.DataFrame,
) -> pl.DataFrame:
    """One row for each covariate the model uses on these rows, the most important first.

    `covariate_rank` (from 1), `covariate_id`, `covariate_name`, `domain`,
    `mean_absolute_contribution` over the rows (log-odds), and `n_people` with a value other
    than 0.
    """
    reference = _by_position(covariate_reference, covariates.shape[1])
    mean_absolute = np.asarray(abs(contributions.values).mean(axis=0)).ravel()
    _, person_of_row = np.unique(person_id, return_inverse=True)
    n_rows = len(person_id)
    rows_of_person = sp.csr_matrix((np.ones(n_rows), (person_of_row, np.arange(n_rows))))
    people_with_value = sp.csr_matrix(rows_of_person @ (covariates != 0))
    return (
        reference.with_columns(
            mean_absolute_contribution=mean_absolute,
            n_people=pl.Series(people_with_value.getnnz(axis=0).astype(np.int64)),
        )
        .filter(pl.col("mean_absolute_contribution") > 0)
        .sort("mean_absolute_contribution", "position", descending=[True, False])
        .with_columns(covariate_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))
        .select(
            "covariate_rank",
            "covariate_id",
            "covariate_name",
            "domain",
            "mean_absolute_contribution",
            "n_people",
        )
    )


def _tells_race_or_ethnicity() -> pl.Expr:
    return (
        pl.col("concept_id").is_in(RACE_AND_ETHNICITY_CONCEPTS).fill_null(value=False)
        | pl.col("covariate_name").str.contains(RACE_AND_ETHNICITY_WORDS)
        | pl.col("domain").str.contains(RACE_AND_ETHNICITY_WORDS)
    )


def _by_position(covariate_reference: pl.DataFrame, n_columns: int) -> pl.DataFrame:
    missing = [name for name in REFERENCE_COLUMNS if name not in covariate_reference.columns]
    if missing or covariate_reference.height != n_columns:
        raise RunFailedError(
            f"the covariate reference has {covariate_reference.height} rows for {n_columns} "
            f"columns of the matrix, and lacks {missing or 'no column'}. It must describe each "
            "column of the matrix, in order."
        )
    has_concept = pl.col("concept_id").is_not_null() & (pl.col("concept_id") != 0)
    return covariate_reference.select(REFERENCE_COLUMNS).with_columns(
        position=pl.int_range(pl.len(), dtype=pl.Int64),
        reason=pl.when(has_concept)
        .then(pl.concat_str("domain", pl.col("concept_id").cast(pl.String), separator=" "))
        .otherwise(pl.concat_str(pl.lit("covariate"), pl.col("covariate_id"), separator=" ")),
    )


def _values_at(covariates: sp.csr_matrix, rows: Ints, positions: Ints) -> pl.Series:
    """The stored value at each (row, column), null where nothing is stored."""
    csr = sp.csr_matrix(covariates)
    found: list[float | None] = []
    for row, position in zip(rows.tolist(), positions.tolist(), strict=True):
        start, end = csr.indptr[row], csr.indptr[row + 1]
        at = np.flatnonzero(csr.indices[start:end] == position)
        found.append(float(csr.data[start + at[0]]) if len(at) else None)
    return pl.Series("covariate_value", found, dtype=pl.Float64)
