import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from analytics.evaluation.logistic_fit import expit, fit_logistic, logit


def test_coefficients_are_those_of_scikit_learn():
    generator = np.random.default_rng(1)
    values = generator.normal(size=(400, 3)) * [1, 5, 0.2]
    had_outcome = generator.random(400) < expit(values @ [1.0, -0.3, 4.0] - 1)
    design = np.column_stack([np.ones(400), values])

    ours = fit_logistic(design, had_outcome)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(values, had_outcome)

    assert ours == pytest.approx([theirs.intercept_[0], *theirs.coef_[0]], abs=1e-4)


def test_a_far_away_start_still_arrives():
    generator = np.random.default_rng(2)
    values = generator.normal(size=300)
    had_outcome = generator.random(300) < expit(values)
    design = np.column_stack([np.ones(300), values])

    near = fit_logistic(design, had_outcome)
    far = fit_logistic(design, had_outcome, start=np.array([4.0, -6.0]))

    assert far == pytest.approx(near, abs=1e-7)


def test_one_class_has_no_finite_fit():
    assert fit_logistic(np.ones((5, 1)), np.ones(5)) is None


def test_a_ridge_makes_a_separated_fit_finite():
    design = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 3.0]])
    had_outcome = np.array([False, False, True, True])

    assert fit_logistic(design, had_outcome) is None
    assert fit_logistic(design, had_outcome, ridge=np.array([0.0, 1.0])) is not None


def test_log_odds_of_0_and_1_are_finite_and_come_back():
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()
    assert expit(logit(np.array([0.2, 0.7]))) == pytest.approx([0.2, 0.7])
