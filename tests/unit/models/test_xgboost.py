import json

import numpy as np
import pytest
import scipy.sparse as sp

from analytics.models import PopulationRows
from analytics.models.xgboost import XGBoostModel, learn_xgboost
from tests.support.planted_risks import planted_population


@pytest.fixture(scope="module")
def planted():
    return planted_population(800)


@pytest.fixture(scope="module")
def model(planted):
    return learn_xgboost(planted.rows, planted.had_outcome, seed=3, threads=2, rounds=30)


def test_one_thread_and_two_give_the_same_model(planted, model):
    again = learn_xgboost(planted.rows, planted.had_outcome, seed=3, threads=1, rounds=30)

    assert (again.log_odds(planted.rows) == model.log_odds(planted.rows)).all()


def test_another_seed_gives_another_model(planted, model):
    other = learn_xgboost(planted.rows, planted.had_outcome, seed=4, threads=2, rounds=30)

    assert (other.log_odds(planted.rows) != model.log_odds(planted.rows)).any()


def test_no_leaf_describes_fewer_than_eleven_rows(planted, model):
    """Count the rows in every leaf of every tree."""
    import xgboost

    leaves = model.booster.predict(xgboost.DMatrix(planted.rows.covariates), pred_leaf=True)

    fewest = min(
        np.unique(leaves[:, tree], return_counts=True)[1].min() for tree in range(leaves.shape[1])
    )
    assert fewest >= 11


def test_nothing_recorded_is_not_the_value_zero():
    """Here, the value 0 is recorded for those with the outcome and nothing for the others."""
    had_outcome = np.arange(400) < 200
    recorded = np.flatnonzero(had_outcome)
    zeros = sp.csr_matrix(
        (np.zeros(200, np.float32), (recorded, np.zeros(200, np.int64))), shape=(400, 1)
    )
    rows = PopulationRows(covariates=zeros, age=np.full(400, 50.0), sex=np.full(400, "Male"))

    log_odds = learn_xgboost(rows, had_outcome, seed=1, threads=1).log_odds(rows)

    assert log_odds[:200].min() > 1
    assert log_odds[200:].max() < -1


def test_contributions_add_up_to_the_log_odds(planted, model):
    found = model.contributions(planted.rows)

    assert found.values.shape == planted.rows.covariates.shape
    assert found.log_odds() == pytest.approx(model.log_odds(planted.rows), abs=1e-4)


def test_contributions_worked_out_in_blocks_are_the_same(planted, model, monkeypatch):
    at_once = model.contributions(planted.rows)
    monkeypatch.setattr("analytics.models.contributions.CELLS_AT_ONCE", 60 * 100)

    in_blocks = model.contributions(planted.rows)

    assert abs(at_once.values - in_blocks.values).max() < 1e-6
    assert (at_once.baseline == in_blocks.baseline).all()


def test_contributions_of_one_tree_are_shapley_values():
    """By hand: with one covariate, it contributes the whole distance from the mean."""
    had_outcome = np.concatenate([np.arange(100) < 80, np.arange(100) < 20])
    recorded = sp.csr_matrix(
        np.concatenate([np.ones(100), np.zeros(100)])[:, None], dtype=np.float32
    )
    rows = PopulationRows(covariates=recorded, age=np.full(200, 50.0), sex=np.full(200, "Male"))
    model = learn_xgboost(rows, had_outcome, seed=1, threads=1, rounds=1)

    contributed = model.contributions(rows).values.toarray().ravel()

    log_odds = model.log_odds(rows)
    assert contributed == pytest.approx(log_odds - log_odds.mean(), abs=1e-6)


def test_a_saved_model_gives_the_same_log_odds(planted, model):
    text = model.to_json()

    again = XGBoostModel.from_json(text)

    assert "learner" in json.loads(text)
    assert (again.log_odds(planted.rows) == model.log_odds(planted.rows)).all()
    assert again.to_json() == text
