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
