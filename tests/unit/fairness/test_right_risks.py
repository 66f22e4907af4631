"""What right risks would show, against adding up pair by pair and person by person."""

import numpy as np
import pytest

from analytics.evaluation import predictions_of
from analytics.fairness.resampling import SortedGroups
from analytics.fairness.right_risks import (
    JUDGED_AGAINST_RIGHT_RISKS,
    AtOtherRates,
    RightRisks,
)

THRESHOLD = 0.25


def plainly(risk, threshold=THRESHOLD, weight=None):
    """Metrics in the order of `JUDGED_AGAINST_RIGHT_RISKS` when outcomes come at these risks."""
    weight = np.ones(len(risk)) if weight is None else weight
    with_outcome = [w * r for w, r in zip(weight, risk, strict=True)]
    without = [w * (1 - r) for w, r in zip(weight, risk, strict=True)]
    pairs = 0.0
    for here, n_with in zip(risk, with_outcome, strict=True):
        for there, n_without in zip(risk, without, strict=True):
            pairs += n_with * n_without * (1.0 if here > there else 0.5 if here == there else 0.0)
    flagged = [r >= threshold for r in risk]
    return [
        pairs / (sum(with_outcome) * sum(without)),
        sum(n for n, f in zip(with_outcome, flagged, strict=True) if f) / sum(with_outcome),
        sum(n for n, f in zip(without, flagged, strict=True) if f) / sum(without),
    ]


def moved(risk, shift):
    return 1 / (1 + np.exp(-(np.log(risk / (1 - risk)) + shift)))


def groups_of(had_outcome, risk, group):
    predictions = predictions_of(range(len(risk)), had_outcome, risk)
    sorted_groups = SortedGroups.of(predictions, group, threshold=THRESHOLD)
    return RightRisks.of(sorted_groups, predictions.risk)


@pytest.fixture
def people():
    generator = np.random.default_rng(3)
    risk = np.round(generator.beta(2, 6, 80), 2).clip(0.01, 0.95)
    return generator.random(80) < 1.4 * risk, risk, ["b"] * 50 + ["a"] * 30


def test_right_risks_add_up_to_the_outcomes_of_each_group(people):
    had_outcome, risk, group = people
    right = groups_of(had_outcome, risk, group)

    for number, name in enumerate(("a", "b")):
        is_member = np.array([each == name for each in group])
        assert moved(risk[is_member], right.shift[number]).sum() == pytest.approx(
            had_outcome[is_member].sum()
        )


def test_right_risks_show_what_adding_up_shows(people):
    had_outcome, risk, group = people
    right = groups_of(had_outcome, risk, group)
    found = right.metrics(np.ones(80))

    assert JUDGED_AGAINST_RIGHT_RISKS == ("auroc", "true_positive_rate", "false_positive_rate")
    for number, name in enumerate(("a", "b")):
        is_member = np.array([each == name for each in group])
        assert found[number] == pytest.approx(
            plainly(moved(risk[is_member], right.shift[number])), abs=1e-9
        )


def test_a_replicate_follows_its_own_outcomes():
    """Weights are people drawn once, twice, or not: as if they stood there so often."""
    generator = np.random.default_rng(3)
    risk = generator.beta(2, 6, 2_000)
    had_outcome, group = generator.random(2_000) < risk, ["b"] * 1_000 + ["a"] * 1_000
    weights = generator.integers(0, 3, 2_000)
    drawn = np.repeat(np.arange(2_000), weights)

    weighed = groups_of(had_outcome, risk, group).metrics(weights.astype(float))
    again = groups_of(had_outcome[drawn], risk[drawn], [group[each] for each in drawn])

    # One Newton step instead of many.
    assert weighed == pytest.approx(again.metrics(np.ones(len(drawn))), abs=0.01)


def test_another_outcome_rate_moves_every_risk_and_keeps_their_order(people):
    _, risk, _ = people
    at = AtOtherRates.of(risk, THRESHOLD)

    for shift in (-1.0, 0.0, 0.5):
        expected = plainly(moved(risk, shift))
        rate = np.array([moved(risk, shift).mean()])
        found = [at.at(metric, rate)[0] for metric in JUDGED_AGAINST_RIGHT_RISKS]
        assert found == pytest.approx(expected, abs=1e-6)


def test_a_group_without_the_outcome_has_no_right_risks(people):
    _, risk, group = people
    right = groups_of([False] * 80, risk, group)

    assert np.isnan(right.shift).all()
    assert np.isnan(right.metrics(np.ones(80))).all()
