"""A Table 1 in plain Python, written from what FeatureExtraction's documentation and SQL say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One covariate in one group."""

    n_rows: int
    mean: float | None
    sd: float | None
    quartiles: tuple[float, float, float] | None = None
    ends: tuple[float, float] | None = None


def binary(rows: Sequence[int], having: set[int]) -> Summary:
    """Rows that have it over rows; the deviation of a coin with that share."""
    n_rows = len(having & set(rows))
    share = n_rows / len(rows)
    return Summary(n_rows=n_rows, mean=share, sd=math.sqrt(share * (1 - share)))


def continuous(
    rows: Sequence[int], values: Mapping[int, float], *, missing_is_zero: bool
) -> Summary:
    """Over all rows, or over those with a value; quartiles as R's quantile of type 1 has them."""
    there = [values[row] for row in rows if row in values]
    if not there:
        return Summary(n_rows=0, mean=0.0 if missing_is_zero else None, sd=None)
    n_missing = len(rows) - len(there) if missing_is_zero else 0
    everyone = sorted([0.0] * n_missing + there)
    n = len(everyone)
    mean = sum(everyone) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in everyone) / (n - 1)) if n > 1 else None
    return Summary(
        n_rows=len(there),
        mean=mean,
        sd=sd,
        quartiles=tuple(_quantile(sorted(there), n_missing, p) for p in (0.25, 0.5, 0.75)),
        ends=(0.0 if n_missing else min(there), max(there)),
    )


def _quantile(there: list[float], n_missing: int, share: float) -> float:
    """0 while fewer rows than the missing are asked for, else the first value that reaches them."""
    wanted = share * (len(there) + n_missing)
    if wanted < n_missing:
        return 0.0
    return next(x for place, x in enumerate(there, start=1) if place + n_missing >= wanted)


def difference(first: Summary, second: Summary) -> float | None:
    """`computeStandardizedDifference` of FeatureExtraction: the first less the second here."""
    if None in (first.mean, second.mean):
        return None
    spread = math.sqrt(((first.sd or 0.0) ** 2 + (second.sd or 0.0) ** 2) / 2)
    return (first.mean - second.mean) / spread if spread else None
