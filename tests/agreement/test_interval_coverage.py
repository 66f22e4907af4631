"""Over many made-up populations, a 95% interval should hold the truth about 95 times in 100."""

import numpy as np
import pytest

from analytics.evaluation import auroc, brier, estimate, predictions_of

pytestmark = pytest.mark.agreement

N_POPULATIONS = 300


def population(seed, n_people=250):
    """People with 1 to 6 rows each, whose rows share their fate: rows are far from independent."""
    generator = np.random.default_rng(seed)
    n_rows = generator.integers(1, 7, n_people)
    person = np.repeat(np.arange(n_people), n_rows)
    known = generator.normal(0, 1, n_people)[person]
    unknown = generator.normal(0, 1.5, n_people)[person]
    had_outcome = generator.random(len(person)) < 1 / (1 + np.exp(-(-1.5 + known + unknown)))
    return predictions_of(person, had_outcome, 1 / (1 + np.exp(-(-1.2 + known))))


def test_intervals_hold_the_truth_as_often_as_they_say():
    metrics = {"auroc": auroc, "brier": brier}
    truth = {name: metric(population(99, 100_000), None) for name, metric in metrics.items()}
    held = dict.fromkeys(metrics, 0)
    for seed in range(N_POPULATIONS):
        found = estimate(
            population(1_000 + seed),
            metrics,
            replicates=300,
            generator=np.random.default_rng(seed),
        )
        for name, each in found.items():
            held[name] += each.lower <= truth[name] <= each.upper

    # 95% of 300 is 285, give or take 2 × 3.8; percentile intervals run a little short.
    for name, n_held in held.items():
        assert 270 <= n_held <= 297, (name, n_held)
