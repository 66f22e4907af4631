"""What evaluation promises, checked by counting and by published rules."""

import numpy as np
import pytest

from analytics.errors import RunFailedError
from analytics.evaluation import (
    METRICS,
    auprc,
    auroc,
    brier,
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    decision_curve,
    estimate,
    flag,
    measure_performance,
    net_benefit,
    observed_expected_ratio,
    predictions_of,
    threshold_for_capacity,
)
from tests.support import plainly_evaluation as plainly


def some_predictions(n=300, *, seed=1, n_people=None, ties=True):
    generator = np.random.default_rng(seed)
    risk = generator.beta(1, 4, n) * 0.98 + 0.01
    if ties:
        risk = np.round(risk, 2).clip(0.01, 0.98)
    had_outcome = generator.random(n) < risk
    person_id = generator.integers(0, n_people or n, n)
    return predictions_of(person_id, had_outcome, risk)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("metric", "plain", "tolerance"),
    [
        (auroc, plainly.auroc, 1e-12),
        # The plain way adds thin slices; its error is of the order of one over their number.
        (auprc, plainly.auprc, 1e-6),
        (brier, plainly.brier, 1e-12),
        (observed_expected_ratio, plainly.observed_expected_ratio, 1e-12),
        (calibration_intercept, plainly.calibration_intercept, 1e-8),
    ],
)
def test_each_metric_is_what_counting_by_hand_gives(metric, plain, tolerance, seed):
    some = some_predictions(150, seed=seed)

    by_hand = plain(some.had_outcome.tolist(), some.risk.tolist())

    assert metric(some) == pytest.approx(by_hand, abs=tolerance)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_a_weight_of_two_is_the_same_as_the_row_twice(metric):
    some = some_predictions(200)
    times = np.random.default_rng(5).integers(0, 4, 200)
    repeated = predictions_of(
        np.repeat(some.person_id, times),
        np.repeat(some.had_outcome, times),
        np.repeat(some.risk, times),
    )

    assert metric(some, times.astype(float)) == pytest.approx(metric(repeated, None), abs=1e-9)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_the_order_of_rows_does_not_matter(metric):
    some = some_predictions(200)
    shuffled = np.random.default_rng(2).permutation(200)
    other = predictions_of(
        some.person_id[shuffled], some.had_outcome[shuffled], some.risk[shuffled]
    )

    assert metric(some, None) == pytest.approx(metric(other, None), abs=1e-10)


def test_a_perfect_ranking_has_auroc_1_and_a_reversed_one_0():
    had_outcome = [False, False, True, True]

    assert auroc(predictions_of([1, 2, 3, 4], had_outcome, [0.1, 0.2, 0.3, 0.4])) == 1
    assert auroc(predictions_of([1, 2, 3, 4], had_outcome, [0.4, 0.3, 0.2, 0.1])) == 0
    assert auroc(predictions_of([1, 2, 3, 4], had_outcome, [0.5, 0.5, 0.5, 0.5])) == 0.5


def test_discrimination_of_one_class_is_no_number():
    nobody = predictions_of([1, 2], [False, False], [0.1, 0.2])
    everybody = predictions_of([1, 2], [True, True], [0.1, 0.2])

    assert np.isnan(auroc(nobody))
    assert np.isnan(auroc(everybody))
    assert np.isnan(auprc(nobody))
    assert np.isnan(calibration_intercept(everybody))
    assert np.isnan(calibration_slope(nobody))


def test_a_perfectly_separating_risk_has_no_calibration_slope():
    separated = predictions_of(range(6), [False] * 3 + [True] * 3, [0.1, 0.2, 0.3, 0.6, 0.7, 0.8])

    assert np.isnan(calibration_slope(separated))


def test_calibration_finds_a_planted_shift_and_stretch():
    generator = np.random.default_rng(3)
    log_odds = generator.normal(-1.5, 1.2, 60_000)
    had_outcome = generator.random(60_000) < 1 / (1 + np.exp(-log_odds))
    people = np.arange(60_000)
    too_low = predictions_of(people, had_outcome, 1 / (1 + np.exp(-(log_odds - 0.7))))
    too_extreme = predictions_of(people, had_outcome, 1 / (1 + np.exp(-(2 * log_odds))))

    assert calibration_intercept(too_low) == pytest.approx(0.7, abs=0.04)
    assert observed_expected_ratio(too_low) > 1.4
    assert calibration_slope(too_low) == pytest.approx(1.0, abs=0.04)
    assert calibration_slope(too_extreme) == pytest.approx(0.5, abs=0.02)


def test_net_benefit_is_counted_as_published():
    """Vickers and Elkin 2006: true positives less false positives at the odds of the threshold."""
    some = some_predictions(200)
    curve = decision_curve(some, replicates=20, generator=np.random.default_rng(1))

    for row in curve.iter_rows(named=True):
        by_hand = plainly.net_benefit(
            some.had_outcome.tolist(), some.risk.tolist(), row["threshold"]
        )
        assert row["net_benefit"] == pytest.approx(by_hand, abs=1e-12)
        assert row["n_flagged_rows"] == (some.risk >= row["threshold"]).sum()
        assert row["n_flagged_people"] == len(set(some.person_id[some.risk >= row["threshold"]]))
        caught = (some.risk >= row["threshold"]) & some.had_outcome
        assert row["n_flagged_outcomes"] == caught.sum()
        assert row["n_flagged_people_with_outcome"] == len(set(some.person_id[caught]))
        assert row["net_benefit_lower"] <= row["net_benefit"] <= row["net_benefit_upper"]


def test_flagging_everybody_is_worth_what_treating_all_is():
    some = some_predictions(200)

    curve = decision_curve(
        some, replicates=20, generator=np.random.default_rng(1), thresholds=(0.005,)
    )

    assert curve["net_benefit"][0] == pytest.approx(curve["net_benefit_treat_all"][0])


def test_a_risk_on_the_threshold_is_flagged():
    assert flag(np.array([0.2, 0.1]), 0.2).tolist() == [True, False]
    on_it = predictions_of([1, 2], [True, False], [0.2, 0.1])
    assert net_benefit(on_it, 0.2) == pytest.approx(0.5)


def test_capacity_is_used_but_never_exceeded():
    risk = np.round(np.random.default_rng(1).random(1_000), 2)

    for share in (0.01, 0.10, 0.25, 1.0):
        n_flagged = flag(risk, threshold_for_capacity(risk, share)).sum()
        assert n_flagged <= share * 1_000
        # With two decimals about ten rows share a risk: no more than that is left unused.
        assert n_flagged > share * 1_000 - 30


def test_when_more_people_share_the_highest_risk_than_can_be_seen_nobody_is_flagged():
    risk = np.array([0.3] * 50 + [0.1] * 50)

    assert not flag(risk, threshold_for_capacity(risk, 0.10)).any()
    assert flag(risk, threshold_for_capacity(risk, 0.50)).sum() == 50


def test_a_capacity_share_of_zero_is_refused():
    with pytest.raises(RunFailedError, match="capacity_share is 0"):
        threshold_for_capacity(np.array([0.1]), 0.0)


def test_every_bin_of_the_calibration_curve_has_enough_people_with_and_without_the_outcome():
    some = some_predictions(2_000, n_people=900)

    curve = calibration_curve(some)

    assert curve["n_rows"].sum() == 2_000
    assert curve["n_outcomes"].sum() == some.had_outcome.sum()
    assert curve["n_people_with_outcome"].min() >= 11
    assert (curve["n_people"] - curve["n_people_with_outcome"]).min() >= 11
    assert curve["mean_risk"].is_sorted()
    assert 3 <= curve.height <= 10


def test_a_calibration_bin_says_what_is_in_it():
    risk = [0.1] * 40 + [0.6] * 60
    had_outcome = [i % 2 == 0 for i in range(40)] + [i % 3 == 0 for i in range(60)]

    curve = calibration_curve(predictions_of(range(100), had_outcome, risk))

    assert curve["mean_risk"].to_list() == pytest.approx([0.1, 0.6])
    assert curve["outcome_rate"].to_list() == pytest.approx([0.5, 1 / 3])
    # Wilson's interval of 20 of 40, worked out by hand: 0.5 ± 1.7883 × √(0.00625 + 0.0006).
    assert curve["outcome_rate_lower"][0] == pytest.approx(0.3520, abs=1e-4)
    assert curve["outcome_rate_upper"][0] == pytest.approx(0.6480, abs=1e-4)


def test_an_interval_is_wider_when_the_rows_are_of_fewer_people():
    """Ten copies of a person's row tell no more than one."""
    some = some_predictions(300, n_people=300, ties=False)
    of_many = predictions_of(
        np.arange(3_000), np.repeat(some.had_outcome, 10), np.repeat(some.risk, 10)
    )
    of_few = predictions_of(
        np.repeat(np.arange(300), 10), np.repeat(some.had_outcome, 10), np.repeat(some.risk, 10)
    )

    def width(predictions):
        found = estimate(
            predictions, {"auroc": auroc}, replicates=200, generator=np.random.default_rng(1)
        )["auroc"]
        return found.upper - found.lower

    # Ten times fewer people: the interval is about √10 = 3.2 times as wide.
    assert 2.5 < width(of_few) / width(of_many) < 4.0


def test_there_is_no_interval_where_most_draws_have_nobody_with_the_outcome():
    rare = predictions_of(range(200), [True] + [False] * 199, np.linspace(0.5, 0.1, 200))

    found = estimate(rare, {"auroc": auroc}, replicates=100, generator=np.random.default_rng(1))

    assert found["auroc"].value == 1.0
    assert found["auroc"].lower is None
    assert found["auroc"].upper is None


def test_the_same_seed_gives_the_same_intervals():
    some = some_predictions(200, n_people=120)

    first, second = (
        measure_performance(some, replicates=30, generator=np.random.default_rng(9))
        for _ in range(2)
    )

    assert first.equals(second)
    assert set(first["metric"]) == set(METRICS)
    assert (first["value_lower"] <= first["value_upper"]).all()
    assert first["n_people"].unique().to_list() == [len(set(some.person_id.tolist()))]


@pytest.mark.parametrize("wrong", [1.2, -0.1, float("nan")])
def test_a_risk_that_is_none_is_refused(wrong):
    with pytest.raises(RunFailedError, match="not numbers within 0 and 1"):
        predictions_of([1, 2], [True, False], [0.5, wrong])


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(RunFailedError, match="do not belong together"):
        predictions_of([1, 2, 3], [True, False], [0.5, 0.4])


def test_no_rows_at_all_are_refused():
    with pytest.raises(RunFailedError, match="no rows to evaluate"):
        predictions_of([], [], [])


def test_an_outcome_nobody_thought_possible_has_no_interval_and_no_warning():
    impossible = predictions_of([1, 2], [True, False], [5e-324, 0.0])

    found = measure_performance(impossible, replicates=10, generator=np.random.default_rng(1))

    ratio = found.filter(found["metric"] == "observed_expected_ratio").row(0, named=True)
    assert ratio["value"] is None
