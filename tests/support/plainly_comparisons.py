"""Comparisons of two treatments a slow, obvious way, from their textbook definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

Z = 1.959964
Followed = Sequence[tuple[int, bool]]
"""One (days followed, had the event at their end) for each person."""
Counted = tuple[int, int]
"""Events and days of person-time."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its standard error; ratios are kept as logarithms by whoever makes them."""

    value: float
    error: float

    @property
    def lower(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - Z * self.error

    @property
    def upper(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + Z * self.error

    def covers(self, value: float) -> bool:
        """Whether the 95 % interval holds the value."""
        return self.lower <= value <= self.upper

    def is_compatible_with(self, value: float) -> bool:
        """Whether the value lies within three standard errors.

        A 95 % interval misses the truth one time in twenty, too often for a claim that a right
        method is right; 99.7 % of the time it lies within three.
        """
        return abs(value - self.value) <= 3 * self.error


def risk_by(day: int, followed: Followed) -> Estimate:
    """Kaplan-Meier's risk of the event by a day, with Greenwood's standard error."""
    at_risk, survival, greenwood = len(followed), 1.0, 0.0
    counts: dict[int, list[int]] = {}
    for days, had_event in followed:
        counts.setdefault(days, [0, 0])[had_event] += 1
    for days in sorted(counts):
        if days > day:
            break
        n_left, n_events = counts[days]
        if n_events:
            survival *= 1 - n_events / at_risk
            greenwood += n_events / (at_risk * (at_risk - n_events))
        at_risk -= n_left + n_events
    return Estimate(value=1 - survival, error=survival * sqrt(greenwood))


def risk_difference(day: int, treated: Followed, others: Followed) -> Estimate:
    """Risk by a day in the treated minus that in the others."""
    one, other = risk_by(day, treated), risk_by(day, others)
    return Estimate(value=one.value - other.value, error=sqrt(one.error**2 + other.error**2))


def standardised_difference(day: int, strata: Mapping[str, tuple[Followed, Followed]]) -> Estimate:
    """The difference inside each stratum (treated, others), averaged over everybody's strata."""
    n_all = sum(len(treated) + len(others) for treated, others in strata.values())
    value, variance = 0.0, 0.0
    for treated, others in strata.values():
        share = (len(treated) + len(others)) / n_all
        inside = risk_difference(day, treated, others)
        value += share * inside.value
        variance += (share * inside.error) ** 2
    return Estimate(value=value, error=sqrt(variance))


def log_rate_ratio(treated: Followed, others: Followed) -> Estimate:
    """Logarithm of events by person-time in the treated against that in the others."""
    n_treated, n_others = (sum(had for _, had in each) for each in (treated, others))
    time_treated, time_others = (sum(days for days, _ in each) for each in (treated, others))
    ratio = (n_treated / time_treated) / (n_others / time_others)
    return Estimate(value=log(ratio), error=sqrt(1 / n_treated + 1 / n_others))


def stratified_log_rate_ratio(strata: Mapping[str, tuple[Followed, Followed]]) -> Estimate:
    """Log rate ratios of the strata, weighted by the inverse of their variances."""
    inside = [log_rate_ratio(treated, others) for treated, others in strata.values()]
    weights = [1 / each.error**2 for each in inside]
    value = sum(w * each.value for w, each in zip(weights, inside, strict=True)) / sum(weights)
    return Estimate(value=value, error=1 / sqrt(sum(weights)))


def pooled_log_rate_ratio(bands: Sequence[tuple[Counted, Counted]]) -> Estimate:
    """Mantel-Haenszel's log rate ratio over bands (Greenland and Robins 1985, Biometrics 41:55)."""
    above = below = variance = 0.0
    for (events, time), (other_events, other_time) in bands:
        total = time + other_time
        if total == 0:
            continue
        above += events * other_time / total
        below += other_events * time / total
        variance += (events + other_events) * time * other_time / total**2
    return Estimate(value=log(above / below), error=sqrt(variance / (above * below)))


def ratio_of(estimate: Estimate) -> tuple[float, float, float]:
    """A log ratio as a ratio, with its interval."""
    return exp(estimate.value), exp(estimate.lower), exp(estimate.upper)
