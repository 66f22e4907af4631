"""The covariates of a population: long form with its reference, and as a sparse matrix."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analytics.features.units import UNIT_COUNTS


@dataclass(frozen=True, kw_only=True)
class CovariateMatrix:
    """What is known of each row before its index date.

    `rows`: one row for each index date: `row_id`, `person_id`, `index_day`, sorted by `row_id`.
    `covariate_ref`: one row for each covariate: `covariate_id`, `covariate_name` (plain words),
    `analysis_id`, `domain`, `concept_id`, `window_first_day` (null: any time),
    `window_last_day`, `missing_means_zero`, sorted by `covariate_id`.
    `values`: one row for each (row_id, covariate_id) that is present, with `value`, sorted by both.
    `latest_days`: one row for each analysis: the latest event day that was read for it.
    `unit_counts`: one row for each concept and unit of the measured values that were read: what
    became of them (`count_values`); empty where values were taken as they were recorded.
    `warnings`: what was left out, in words.
    """

    rows: pl.DataFrame
    covariate_ref: pl.DataFrame
    values: pl.DataFrame
    latest_days: pl.DataFrame = field(default_factory=pl.DataFrame)
    unit_counts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNIT_COUNTS))
    warnings: tuple[str, ...] = ()

    def to_csr(
        self, covariates: Sequence[int] | None = None
    ) -> tuple[csr_matrix, NDArray[np.int64]]:
        """The values as a sparse matrix (float32), and the covariate id of each column.

        Row i is row i of `rows`. Columns are `covariates` in the order given (one that nobody
        has is an empty column), or all of `covariate_ref`. A value of 0 that is present is
        stored as 0; what is absent is not stored: XGBoost tells the two apart.
        """
        if covariates is None:
            ids = self.covariate_ref["covariate_id"].to_numpy().astype(np.int64)
        else:
            ids = np.asarray(covariates, dtype=np.int64)
        row_ids = self.rows["row_id"].to_numpy()
        row = np.searchsorted(row_ids, self.values["row_id"].to_numpy())
        covariate_id = self.values["covariate_id"].to_numpy()
        value = self.values["value"].to_numpy().astype(np.float32)

        order = np.argsort(ids, kind="stable")
        position = np.searchsorted(ids[order], covariate_id)
        position = np.minimum(position, max(len(ids) - 1, 0))
        is_column = ids[order][position] == covariate_id if len(ids) else np.zeros(len(row), bool)
        column = order[position[is_column]] if len(ids) else np.empty(0, np.int64)
        matrix = csr_matrix(
            (value[is_column], column, _row_starts(row[is_column], len(row_ids))),
            shape=(len(row_ids), len(ids)),
        )
        matrix.sort_indices()
        return matrix, ids


def _row_starts(row: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """Where each row begins in values that are sorted by row."""
    return np.searchsorted(row, np.arange(n_rows + 1))
