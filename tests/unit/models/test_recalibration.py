import numpy as np
import pytest

from analytics.models.recalibration import Recalibration, fit_recalibration


def test_a_model_too_sure_of_itself_is_toned_down():
    generator = np.random.default_rng(1)
    truth = generator.normal(-2, 1, 20_000)
    had_outcome = generator.random(20_000) < 1 / (1 + np.exp(-truth))

    found = fit_recalibration(3 * truth + 1, had_outcome)

    assert found.slope == pytest.approx(1 / 3, abs=0.02)
    assert found.to_risk(3 * truth + 1).mean() == pytest.approx(had_outcome.mean(), abs=1e-3)


def test_ranks_stay_as_they_are_even_when_the_model_is_worse_than_chance():
    generator = np.random.default_rng(1)
    log_odds = generator.normal(0, 1, 2_000)
    had_outcome = generator.random(2_000) < 1 / (1 + np.exp(log_odds))

    found = fit_recalibration(log_odds, had_outcome)

    assert found.slope == 0.05
    assert (np.argsort(found.to_risk(log_odds)) == np.argsort(log_odds)).all()
    assert found.to_risk(log_odds).mean() == pytest.approx(had_outcome.mean(), abs=1e-3)


def test_few_outcomes_that_happen_to_be_separated_give_a_finite_slope():
    found = fit_recalibration(np.linspace(-3, 3, 30), np.arange(30) >= 25)

    assert 0.05 <= found.slope < 10
    assert np.isfinite(found.intercept)


def test_no_recalibration_changes_nothing():
    as_it_is = Recalibration(intercept=0.0, slope=1.0)

    assert as_it_is.to_risk(np.array([0.0])) == pytest.approx([0.5])
