import numpy as np
import pytest

from analytics.fairness import LIMITS, Limit
from analytics.fairness.comparison import Measured, compare, is_beyond_chance
from analytics.fairness.groups import in_fixed_order


def rate(value, n_people, spread=0.01, metric="true_positive_rate"):
    drawn = value + spread * np.random.default_rng(1).normal(size=500)
    return Measured(metric=metric, value=value, drawn=drawn, n_people=n_people)


def reference_rate(value, n_people, spread=0.01):
    drawn = value + spread * np.random.default_rng(2).normal(size=500)
    return Measured(metric="true_positive_rate", value=value, drawn=drawn, n_people=n_people)


@pytest.mark.parametrize(
    ("value", "reference", "is_beyond"),
    [(0.50, 0.46, False), (0.50, 0.44, True), (0.44, 0.50, True), (0.25, 0.25, False)],
)
def test_rates_may_differ_by_five_in_a_hundred(value, reference, is_beyond):
    assert LIMITS["true_positive_rate"].is_beyond(value, reference) == is_beyond


@pytest.mark.parametrize(
    ("value", "is_beyond"), [(1.25, False), (1.26, True), (0.80, False), (0.79, True)]
)
def test_a_ratio_may_go_from_four_fifths_to_five_quarters(value, is_beyond):
    assert LIMITS["observed_expected_ratio"].is_beyond(value, 1.0) == is_beyond


def test_exactly_on_the_limit_is_within_it():
    assert not Limit(kind="difference", most=0.25).is_beyond(0.75, 0.5)


def test_more_comparisons_ask_for_more_certainty():
    """A difference of 2.5 standard errors: beyond chance alone, not among a hundred."""
    limit = LIMITS["true_positive_rate"]
    here, there = rate(0.50, 100_000), reference_rate(0.50 - 2.5 * 0.01 * 2**0.5, 100_000)

    assert is_beyond_chance(here, there, limit=limit, n_comparisons=1) is True
    assert is_beyond_chance(here, there, limit=limit, n_comparisons=100) is False


def test_a_rate_of_zero_in_few_people_is_not_certain():
    """Nobody of 8 was flagged: every replicate says 0, yet 0.3 may well be the truth."""
    limit = LIMITS["true_positive_rate"]
    nobody = Measured(metric="true_positive_rate", value=0.0, drawn=np.zeros(500), n_people=8)

    assert nobody.estimate().upper > 0.3
    assert not is_beyond_chance(nobody, reference_rate(0.3, 5_000), limit=limit, n_comparisons=10)


def test_there_is_no_verdict_where_too_many_replicates_have_no_number():
    drawn = np.where(np.arange(500) < 50, np.nan, 0.5)
    here = Measured(metric="auroc", value=0.5, drawn=drawn, n_people=50)
    there = Measured(metric="auroc", value=0.8, drawn=np.full(500, 0.8), n_people=500)

    assert is_beyond_chance(here, there, limit=LIMITS["auroc"], n_comparisons=1) is None
    assert compare(here, there).value == pytest.approx(-0.3)
    assert compare(here, there).lower is None


def test_intervals_at_an_end_are_put_together_as_published():
    """Newcombe 1998 (differences), method 10, table II (f): 10 of 10 against 0 of 20."""
    everybody = Measured(metric="true_positive_rate", value=1.0, drawn=np.ones(500), n_people=10)
    nobody = Measured(metric="true_positive_rate", value=0.0, drawn=np.zeros(500), n_people=20)

    found = compare(everybody, nobody)

    assert (found.value, found.lower, found.upper) == pytest.approx((1.0, 0.6791, 1.0), abs=5e-5)


def test_groups_keep_their_order_and_unforeseen_ones_come_last():
    assert in_fixed_order("age_band", ["80+", "0-17", "18-34"]) == ["0-17", "18-34", "80+"]
    assert in_fixed_order("sex", ["Unknown", "Other", "Male", "Female"]) == [
        "Female",
        "Male",
        "Unknown",
        "Other",
    ]
