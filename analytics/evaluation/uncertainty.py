"""How sure we are: a bootstrap that draws people, never rows.

A person with five admissions is one draw of luck. Each replicate draws as many people as
there are, with replacement, so a person's rows enter together and as often as the person was
drawn; a metric sees those counts as weights.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.evaluation.predictions import Floats, Ints, Predictions

Metric = Callable[[Predictions, Floats | None], float]

LARGEST_UNDEFINED_SHARE = 0.05


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value and the ends of its 95% interval; None where there is no such number."""

    value: float | None
    lower: float | None
    upper: float | None


def estimate(
    predictions: Predictions,
    metrics: Mapping[str, Metric],
    *,
    replicates: int,
    generator: np.random.Generator,
) -> dict[str, Estimate]:
    """Each metric with its percentile interval over bootstrap replicates of people."""
    point = {name: metric(predictions, None) for name, metric in metrics.items()}
    drawn = {name: np.empty(replicates) for name in metrics}
    draws = draw_people(predictions.person_id, replicates=replicates, generator=generator)
    for number, weights in enumerate(draws):
        for name, metric in metrics.items():
            drawn[name][number] = metric(predictions, weights)
    return {name: summarise(point[name], drawn[name]) for name in metrics}


def draw_people(
    person_id: Ints, *, replicates: int, generator: np.random.Generator
) -> Iterator[Floats]:
    """For each replicate, how often each row's person was drawn (one weight for each row)."""
    people, person_of_row = np.unique(person_id, return_inverse=True)
    for _ in range(replicates):
        drawn = generator.integers(0, len(people), size=len(people))
        yield np.bincount(drawn, minlength=len(people)).astype(np.float64)[person_of_row]


def summarise(value: float, drawn: Floats) -> Estimate:
    """Percentiles 2.5 and 97.5 of the replicates.

    A replicate in which the metric does not exist (nobody drawn with the outcome) is no
    evidence of anything. When more than one in twenty are like that, leaving them out would
    feign certainty, so there is no interval.
    """
    if not np.isfinite(value):
        return Estimate(value=None, lower=None, upper=None)
    defined = drawn[np.isfinite(drawn)]
    if len(drawn) == 0 or len(defined) < (1 - LARGEST_UNDEFINED_SHARE) * len(drawn):
        return Estimate(value=value, lower=None, upper=None)
    lower, upper = np.quantile(defined, [0.025, 0.975])
    return Estimate(value=value, lower=float(lower), upper=float(upper))
