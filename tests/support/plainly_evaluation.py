"""Evaluation's numbers a second time: slow, obvious, written from the definitions.

Nothing here uses `analytics.evaluation`, `analytics.fairness`, NumPy's tricks or Fairlearn.
"""

import math
from collections.abc import Sequence

Outcomes = Sequence[bool]
Risks = Sequence[float]


def auroc(had_outcome: Outcomes, risk: Risks) -> float:
    """Take every pair of a row with and a row without: how often is the first one higher?"""
    won = 0.0
    pairs = 0
    for had, high in zip(had_outcome, risk, strict=True):
        for had_not, low in zip(had_outcome, risk, strict=True):
            if had and not had_not:
                pairs += 1
                won += 1.0 if high > low else 0.5 if high == low else 0.0
    return won / pairs


def auprc(had_outcome: Outcomes, risk: Risks, slices: int = 20_000) -> float:
    """Walk down the distinct risks and add up precision in thin slices of true positives."""
    true, false, area = 0.0, 0.0, 0.0
    for level in sorted(set(risk), reverse=True):
        gained = sum(had for had, r in zip(had_outcome, risk, strict=True) if r == level)
        wrong = sum(not had for had, r in zip(had_outcome, risk, strict=True) if r == level)
        for number in range(slices if gained else 0):
            share = (number + 0.5) / slices
            found, false_found = true + share * gained, false + share * wrong
            area += found / (found + false_found) * gained / slices
        true, false = true + gained, false + wrong
    return area / true


def brier(had_outcome: Outcomes, risk: Risks) -> float:
    """The mean of the squared distances."""
    return sum((had - r) ** 2 for had, r in zip(had_outcome, risk, strict=True)) / len(risk)


def observed_expected_ratio(had_outcome: Outcomes, risk: Risks) -> float:
    """Outcomes counted over risks added up."""
    return sum(had_outcome) / sum(risk)


def calibration_intercept(had_outcome: Outcomes, risk: Risks) -> float:
    """Shift all log-odds until expected outcomes equal those seen, by halving an interval."""
    lower, upper = -20.0, 20.0
    for _ in range(200):
        middle = (lower + upper) / 2
        expected = sum(1 / (1 + math.exp(-(math.log(r / (1 - r)) + middle))) for r in risk)
        lower, upper = (middle, upper) if expected < sum(had_outcome) else (lower, middle)
    return (lower + upper) / 2


def net_benefit(had_outcome: Outcomes, risk: Risks, threshold: float) -> float:
    """Count those flagged rightly and wrongly."""
    true = sum(had and r >= threshold for had, r in zip(had_outcome, risk, strict=True))
    false = sum(not had and r >= threshold for had, r in zip(had_outcome, risk, strict=True))
    return true / len(risk) - false / len(risk) * threshold / (1 - threshold)


def share(part: int, whole: int) -> float | None:
    """A share, or None of nothing."""
    return part / whole if whole else None


def group_metrics(had_outcome: Outcomes, risk: Risks, threshold: float) -> dict[str, float | None]:
    """Every metric of the audit for one group, by counting; None where it does not exist."""
    rows = list(zip(had_outcome, risk, strict=True))
    flagged = [(had, r) for had, r in rows if r >= threshold]
    n_with = sum(had for had, _ in rows)
    n_without = len(rows) - n_with
    true = sum(had for had, _ in flagged)
    return {
        "outcome_rate": n_with / len(rows),
        "mean_risk": sum(r for _, r in rows) / len(rows),
        "observed_expected_ratio": observed_expected_ratio(had_outcome, risk),
        "auroc": auroc(had_outcome, risk) if n_with and n_without else None,
        "brier": brier(had_outcome, risk),
        "selection_rate": len(flagged) / len(rows),
        "true_positive_rate": share(true, n_with),
        "false_positive_rate": share(len(flagged) - true, n_without),
        "positive_predictive_value": share(true, len(flagged)),
        "net_benefit": net_benefit(had_outcome, risk, threshold),
    }
