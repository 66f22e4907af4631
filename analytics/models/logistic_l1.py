"""Logistic regression that drops most covariates (lasso): the simple model to beat."""

import json
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from analytics.evaluation.predictions import Bools, Floats
from analytics.models.contributions import Contributions, linear_contributions
from analytics.models.rows import PopulationRows

# From few covariates to many; chosen by people who were not learned from.
STRENGTHS = (0.03, 0.1, 0.3)


@dataclass(frozen=True, kw_only=True, eq=False)
class LogisticL1Model:
    """Coefficients on the covariates as they come; nothing recorded counts as 0.

    `means` are those of the rows learned from: what contributions are measured against.
    """

    intercept: float
    coefficients: Floats
    means: Floats
    strength: float
    name = "logistic_l1"

    def log_odds(self, rows: PopulationRows) -> Floats:
        """Log-odds for each row."""
        return np.asarray(self.intercept + rows.covariates @ self.coefficients, dtype=np.float64)

    def contributions(self, rows: PopulationRows) -> Contributions:
        """Coefficient × distance from the mean; they add up to `log_odds`."""
        return linear_contributions(
            rows.covariates,
            intercept=self.intercept,
            coefficients=self.coefficients,
            means=self.means,
        )

    def to_json(self) -> str:
        """Column positions with their coefficients; the others are 0."""
        used = np.flatnonzero(self.coefficients)
        content = {
            "intercept": self.intercept,
            "strength": self.strength,
            "n_columns": len(self.coefficients),
            "columns": used.tolist(),
            "coefficients": self.coefficients[used].tolist(),
            "means": self.means[used].tolist(),
        }
        return json.dumps(content, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "LogisticL1Model":
        """Read what `to_json` wrote."""
        content = json.loads(text)
        coefficients = np.zeros(content["n_columns"])
        means = np.zeros(content["n_columns"])
        coefficients[content["columns"]] = content["coefficients"]
        means[content["columns"]] = content["means"]
        return cls(
            intercept=content["intercept"],
            coefficients=coefficients,
            means=means,
            strength=content["strength"],
        )


def learn_logistic_l1(
    rows: PopulationRows, had_outcome: Bools, *, strength: float, seed: int
) -> LogisticL1Model:
    """Fit with the inverse penalty `strength` on covariates divided by their largest value.

    Dividing, not centring, keeps the matrix sparse; the coefficients are then put back onto
    the covariates as they come, so that a prediction needs no scaling.
    """
    largest = np.asarray(abs(rows.covariates).max(axis=0).todense()).ravel()
    scale = 1 / np.where(largest > 0, largest, 1).astype(np.float64)
    fitted = LogisticRegression(
        l1_ratio=1,
        C=strength,
        solver="liblinear",
        # liblinear penalises the intercept too; a large column for it makes that negligible.
        intercept_scaling=10,
        tol=1e-3,
        max_iter=500,
        random_state=seed,
    ).fit(sp.csr_matrix(rows.covariates @ sp.diags(scale)), had_outcome)
    coefficients = fitted.coef_.ravel() * scale
    means = np.asarray(rows.covariates.mean(axis=0)).ravel().astype(np.float64)
    return LogisticL1Model(
        intercept=float(fitted.intercept_[0]),
        coefficients=coefficients,
        means=np.where(coefficients != 0, means, 0.0),
        strength=strength,
    )
