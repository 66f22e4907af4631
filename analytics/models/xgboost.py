"""Gradient-boosted trees on the sparse covariates (Chen and Guestrin 2016)."""

from dataclasses import dataclass

import numpy as np
import xgboost
from numpy.typing import NDArray

from analytics.evaluation.predictions import Bools, Floats
from analytics.models.contributions import Contributions, tree_contributions
from analytics.models.cut_points import learn_cut_points
from analytics.models.rows import PopulationRows

ROUNDS = 200
BINS = 64

SETTINGS: dict[str, str | float | int] = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_bin": BINS,
    "max_depth": 4,
    "learning_rate": 0.08,
    # A row weighs risk × (1 − risk) in a leaf, at most 1/4, so 2.75 means at least 11 rows: no
    # leaf of a published model describes fewer.
    "min_child_weight": 2.75,
    "reg_lambda": 5.0,
    "colsample_bytree": 0.3,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class XGBoostModel:
    """Boosted trees; a cell with nothing recorded goes the way each split learned for it."""

    booster: xgboost.Booster
    name = "xgboost"

    def log_odds(self, rows: PopulationRows) -> Floats:
        """Log-odds for each row, from the sparse matrix itself.

        Never from a QuantileDMatrix (forty times the work) and never from a dense copy, where
        "nothing recorded" would become the value 0.
        """
        found: NDArray[np.float32] = self.booster.inplace_predict(
            rows.covariates, predict_type="margin"
        )
        return found.astype(np.float64)

    def contributions(self, rows: PopulationRows) -> Contributions:
        """Shapley values; they add up to `log_odds`."""
        return tree_contributions(self.booster, rows.covariates)

    def to_json(self) -> str:
        """XGBoost's own JSON, readable by any XGBoost from 1.0 on."""
        return bytes(self.booster.save_raw("json")).decode()

    @classmethod
    def from_json(cls, text: str) -> "XGBoostModel":
        """Read what `to_json` wrote."""
        booster = xgboost.Booster()
        booster.load_model(bytearray(text.encode()))
        return cls(booster=booster)


def learn_xgboost(
    rows: PopulationRows,
    had_outcome: Bools,
    *,
    seed: int,
    threads: int,
    rounds: int = ROUNDS,
) -> XGBoostModel:
    """Boost `rounds` trees. Same rows, seed and library: same model, on any number of threads.

    Values are cut into bins first (`cut_points.py`): the order of rows decides nothing.
    """
    cuts = learn_cut_points(rows.covariates, n_bins=BINS)
    matrix = xgboost.QuantileDMatrix(
        cuts.to_lower_edges(rows.covariates),
        label=had_outcome.astype(np.float32),
        max_bin=BINS,
        nthread=threads,
    )
    settings = {
        **SETTINGS,
        "base_score": float(had_outcome.mean()),
        "seed": seed,
        "nthread": threads,
    }
    return XGBoostModel(booster=xgboost.train(settings, matrix, num_boost_round=rounds))
