"""One group against its reference group on one metric: the difference, and how sure of it."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from analytics.evaluation import Estimate, summarise
from analytics.evaluation.predictions import Floats
from analytics.evaluation.proportions import wilson_interval
from analytics.fairness.limits import Limit

RATES = frozenset(
    {
        "outcome_rate",
        "selection_rate",
        "true_positive_rate",
        "false_positive_rate",
        "positive_predictive_value",
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """A metric in a group: its value, its replicates, and the people its denominator rests on."""

    metric: str
    value: float
    drawn: Floats
    n_people: int

    @property
    def is_at_an_end(self) -> bool:
        """Whether it is a rate of exactly 0 or 1, of which a bootstrap would be certain."""
        return self.metric in RATES and self.value in (0.0, 1.0)

    def estimate(self) -> Estimate:
        """The value with its 95% interval: Wilson's, people as rows, for a rate of 0 or 1."""
        if self.is_at_an_end:
            lower, upper = wilson_interval(self.value, self.n_people)
            return Estimate(value=self.value, lower=lower, upper=upper)
        return summarise(self.value, self.drawn)


def compare(group: Measured, reference: Measured) -> Estimate:
    """The group's value less the reference group's, with a 95% interval.

    Percentiles of the replicates' differences; where either rate is 0 or 1, the two
    intervals are put together instead (Newcombe 1998, method 10).
    """
    difference = group.value - reference.value
    if not (group.is_at_an_end or reference.is_at_an_end):
        return summarise(difference, group.drawn - reference.drawn)
    here, there = group.estimate(), reference.estimate()
    if here.lower is None or here.upper is None or there.lower is None or there.upper is None:
        return Estimate(
            value=difference if np.isfinite(difference) else None, lower=None, upper=None
        )
    below = np.hypot(group.value - here.lower, there.upper - reference.value)
    above = np.hypot(here.upper - group.value, reference.value - there.lower)
    return Estimate(
        value=difference, lower=float(difference - below), upper=float(difference + above)
    )


def is_beyond_chance(
    group: Measured, reference: Measured, *, limit: Limit, n_comparisons: int
) -> bool | None:
    """Whether the difference would rarely come by luck, however many groups are looked at.

    The interval is widened by Bonferroni so that, with nothing there, all comparisons of a
    model together give a false alarm in at most about one audit in twenty. Five hundred
    replicates have no percentiles that far out, so it is the normal one, from the spread of
    the replicates (of the logarithm for a ratio). None where there is no such interval.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if limit.kind == "ratio":
            difference = np.log(group.value) - np.log(reference.value)
            drawn = np.log(group.drawn) - np.log(reference.drawn)
        else:
            difference = group.value - reference.value
            drawn = group.drawn - reference.drawn
    if not np.isfinite(difference) or summarise(float(difference), drawn).lower is None:
        return None
    spread = max(float(np.std(drawn[np.isfinite(drawn)], ddof=1)), _least_spread(group))
    return bool(abs(difference) > norm.isf(0.025 / n_comparisons) * spread)


def _least_spread(group: Measured) -> float:
    """A rate near 0 or 1 hardly varies in a bootstrap: the spread with two of each added."""
    if group.metric not in RATES:
        return 0.0
    n = group.n_people
    rate = (group.value * n + 2) / (n + 4)
    return float(np.sqrt(rate * (1 - rate) / (n + 4)))
