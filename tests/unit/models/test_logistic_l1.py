import numpy as np
import pytest

from analytics.models.logistic_l1 import LogisticL1Model, learn_logistic_l1
from tests.support.planted_risks import DRIVERS, planted_population


@pytest.fixture(scope="module")
def planted():
    return planted_population(3_000)


@pytest.fixture(scope="module")
def model(planted):
    return learn_logistic_l1(planted.rows, planted.had_outcome, strength=0.1, seed=1)


def test_it_keeps_the_drivers_and_drops_most_of_the_rest(model):
    used = np.flatnonzero(model.coefficients)

    assert set(DRIVERS) <= set(used.tolist())
    assert len(used) < 40
    others = np.delete(model.coefficients, DRIVERS)
    assert np.abs(model.coefficients[list(DRIVERS)]).min() > 3 * np.abs(others).max()


def test_contributions_add_up_and_are_measured_from_the_mean(planted, model):
    found = model.contributions(planted.rows)

    assert found.log_odds() == pytest.approx(model.log_odds(planted.rows), abs=1e-5)
    means = np.asarray(found.values.mean(axis=0)).ravel()
    assert means == pytest.approx(np.zeros(len(means)), abs=1e-4)


def test_a_saved_model_gives_the_same_log_odds(planted, model):
    again = LogisticL1Model.from_json(model.to_json())

    assert (again.log_odds(planted.rows) == model.log_odds(planted.rows)).all()
    assert again.to_json() == model.to_json()
