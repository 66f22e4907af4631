"""What a model may look at: the covariates of each population row, and age and sex."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analytics.errors import RunFailedError
from analytics.evaluation.predictions import Bools, Floats, Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class PopulationRows:
    """One row for each person and index date, in the order of the study population.

    `covariates` is a CSR matrix of float32. A cell that is not stored means that nothing was
    recorded; a stored 0 is the value 0. `age` is in years at index; `sex` is Female, Male or
    Unknown. Outcomes are not here: a model that only predicts never sees them.
    """

    covariates: sp.csr_matrix
    age: Floats
    sex: NDArray[np.str_]

    def __post_init__(self) -> None:
        lengths = (self.covariates.shape[0], len(self.age), len(self.sex))
        if len(set(lengths)) != 1:
            raise RunFailedError(
                f"population rows: covariates of {lengths[0]} rows, ages of {lengths[1]} and sex "
                f"of {lengths[2]} do not belong together. Build all three from one population."
            )
        if not np.all(np.isfinite(self.age)):
            raise RunFailedError(
                f"population rows: {int((~np.isfinite(self.age)).sum())} rows have no age. "
                "Every person needs a year of birth."
            )

    def __len__(self) -> int:
        return len(self.age)

    def take(self, rows: Bools | Ints) -> "PopulationRows":
        """The same for the rows chosen, by truth or by position."""
        return PopulationRows(
            covariates=sp.csr_matrix(self.covariates[rows]), age=self.age[rows], sex=self.sex[rows]
        )


def align_covariates(
    covariates: sp.csr_matrix, covariate_id: Ints, *, wanted_covariate_id: Ints
) -> sp.csr_matrix:
    """Put the columns of a matrix in the order a model was trained on.

    `covariate_id` names the columns given, `wanted_covariate_id` the columns wanted, each at
    most once. A wanted covariate that nobody here has becomes a column with nothing recorded;
    one that the model does not know is left out.
    """
    position_of = {covariate: at for at, covariate in enumerate(wanted_covariate_id.tolist())}
    to = np.array([position_of.get(each, -1) for each in covariate_id.tolist()], dtype=np.int64)
    entries = sp.coo_matrix(covariates)
    moved = to[entries.col] if len(to) else np.empty(0, dtype=np.int64)
    known = moved >= 0
    aligned = sp.csr_matrix(
        (entries.data[known], (entries.row[known], moved[known])),
        shape=(covariates.shape[0], len(wanted_covariate_id)),
        dtype=np.float32,
    )
    aligned.sort_indices()
    return aligned
