"""Risk from age and sex alone: whoever offers a model must do better than this."""

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation.logistic_fit import fit_logistic
from analytics.evaluation.predictions import Bools, Floats
from analytics.models.rows import PopulationRows

# Harrell's four knots: where a restricted cubic spline of age may bend.
KNOT_QUANTILES = (0.05, 0.35, 0.65, 0.95)
RIDGE = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class AgeAndSexModel:
    """A restricted cubic spline of age (straight beyond its outer knots), and sex."""

    knots: tuple[float, ...]
    coefficients: Floats
    name = "age_and_sex"

    def log_odds(self, rows: PopulationRows) -> Floats:
        """Log-odds for each row."""
        return np.asarray(
            _design(rows.age, rows.sex, self.knots) @ self.coefficients, dtype=np.float64
        )

    def to_json(self) -> str:
        """Knots and coefficients."""
        content = {"knots": list(self.knots), "coefficients": self.coefficients.tolist()}
        return json.dumps(content, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "AgeAndSexModel":
        """Read what `to_json` wrote."""
        content = json.loads(text)
        return cls(
            knots=tuple(content["knots"]), coefficients=np.array(content["coefficients"], float)
        )


def learn_age_and_sex(rows: PopulationRows, had_outcome: Bools) -> AgeAndSexModel:
    """Fit by maximum likelihood with a slight ridge, for the case that all of one sex are well."""
    knots = tuple(sorted({float(each) for each in np.quantile(rows.age, KNOT_QUANTILES)}))
    design = _design(rows.age, rows.sex, knots)
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 0.0
    coefficients = fit_logistic(design, had_outcome, ridge=ridge)
    if coefficients is None:
        raise ArithmeticError("the age-and-sex model needs rows with and without the outcome")
    return AgeAndSexModel(knots=knots, coefficients=coefficients)


def _design(age: Floats, sex: NDArray[np.str_], knots: tuple[float, ...]) -> Floats:
    columns = [np.ones(len(age)), (age - 50) / 20, *_bends(age, knots), sex == "Male"]
    is_neither = ~np.isin(sex, ["Female", "Male"])
    return np.column_stack([*columns, is_neither]).astype(np.float64)


def _bends(age: Floats, knots: tuple[float, ...]) -> list[Floats]:
    """The curved columns of Harrell's restricted cubic spline, in units of (age range)."""
    if len(knots) < 3:
        return []
    *inner, before_last, last = knots

    def cubed(knot: float) -> Floats:
        return np.maximum(age - knot, 0.0) ** 3

    return [
        (
            cubed(knot)
            - cubed(before_last) * (last - knot) / (last - before_last)
            + cubed(last) * (before_last - knot) / (last - before_last)
        )
        / (last - knots[0]) ** 2
        / 20
        for knot in inner
    ]
