"""How much each covariate moved each row's log-odds, so that they add up to the risk given.

For trees, Shapley values (Lundberg et al. 2020, TreeSHAP); for a linear model, coefficient
times distance from the mean, which is the same thing there.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import xgboost

from analytics.evaluation.predictions import Floats

CELLS_AT_ONCE = 8_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Contributions:
    """One row for each population row, one column for each covariate, in log-odds.

    A row's `baseline` plus its contributions is its log-odds. Contributions of 0 are not
    stored; a covariate with nothing recorded may well contribute.
    """

    values: sp.csr_matrix
    baseline: Floats

    def log_odds(self) -> Floats:
        """What the contributions add up to."""
        return np.asarray(self.baseline + np.asarray(self.values.sum(axis=1)).ravel())

    def rescaled(self, *, intercept: float, slope: float) -> "Contributions":
        """The contributions to `intercept + slope × log-odds`."""
        return Contributions(
            values=sp.csr_matrix(self.values * slope), baseline=intercept + slope * self.baseline
        )


def tree_contributions(booster: xgboost.Booster, covariates: sp.csr_matrix) -> Contributions:
    """Shapley values of a boosted-tree model, worked out some rows at a time.

    The explainer answers densely (rows × covariates), so rows go in by blocks and only what
    is not 0 is kept.
    """
    import shap  # a second to import; only explanations need it

    explainer = shap.TreeExplainer(booster)
    rows_at_once = max(1, CELLS_AT_ONCE // max(1, covariates.shape[1]))
    blocks = [
        sp.csr_matrix(
            explainer.shap_values(covariates[first : first + rows_at_once]), dtype=np.float64
        )
        for first in range(0, covariates.shape[0], rows_at_once)
    ]
    values = sp.vstack(blocks, format="csr") if blocks else sp.csr_matrix(covariates.shape)
    baseline = float(np.ravel(explainer.expected_value)[0])
    return Contributions(values=values, baseline=np.full(covariates.shape[0], baseline))


def linear_contributions(
    covariates: sp.csr_matrix, *, intercept: float, coefficients: Floats, means: Floats
) -> Contributions:
    """Coefficient × (value − mean among the people learned from); nothing recorded is 0."""
    used = np.flatnonzero(coefficients)
    moved = covariates[:, used].toarray().astype(np.float64) - means[used]
    entries = sp.coo_matrix(moved * coefficients[used])
    values = sp.csr_matrix(
        (entries.data, (entries.row, used[entries.col])), shape=covariates.shape, dtype=np.float64
    )
    baseline = intercept + float(means @ coefficients)
    return Contributions(values=values, baseline=np.full(covariates.shape[0], baseline))
