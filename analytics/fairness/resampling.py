"""The audit's metrics in every bootstrap replicate of people, all groups in one pass.

Fairlearn's own bootstrap resamples rows, takes minutes, and skips replicates in which a metric
does not exist. This one draws people (`evaluation.draw_people`) and sums weights over rows
sorted by group and risk; its value with all weights 1 equals MetricFrame's (a test compares).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.evaluation import Predictions, flag
from analytics.evaluation.predictions import Floats, Ints
from analytics.fairness.metrics import METRICS


@dataclass(frozen=True, kw_only=True, eq=False)
class SortedGroups:
    """The rows sorted by group and then risk, ready to be weighed again and again.

    `first_row` and `first_step` say where each group starts among the sorted rows and among
    the runs of one risk within a group (`step_first_row`).
    """

    groups: tuple[str, ...]
    order: Ints
    first_row: Ints
    step_first_row: Ints
    first_step: Ints
    outcome: Floats
    facts: Floats
    threshold: float

    @classmethod
    def of(
        cls, predictions: Predictions, group_of_row: list[str], *, threshold: float
    ) -> "SortedGroups":
        """Sort once."""
        groups, code = np.unique(np.asarray(group_of_row, dtype=object), return_inverse=True)
        order = np.lexsort((predictions.risk, code)).astype(np.int64)
        code, risk = code[order], predictions.risk[order]
        outcome = predictions.outcome[order]
        flagged = flag(risk, threshold).astype(np.float64)
        is_first_of_group = np.concatenate(([True], code[1:] != code[:-1]))
        is_first_of_step = is_first_of_group | np.concatenate(([True], risk[1:] != risk[:-1]))
        first_row = np.flatnonzero(is_first_of_group).astype(np.int64)
        step_first_row = np.flatnonzero(is_first_of_step).astype(np.int64)
        facts = np.stack(
            [
                np.ones(len(risk)),
                outcome,
                risk,
                (outcome - risk) ** 2,
                flagged,
                flagged * outcome,
            ]
        )
        return cls(
            groups=tuple(str(group) for group in groups),
            order=order,
            first_row=first_row,
            step_first_row=step_first_row,
            first_step=np.searchsorted(step_first_row, first_row).astype(np.int64),
            outcome=outcome,
            facts=facts,
            threshold=threshold,
        )

    def metrics(self, weights: Floats) -> Floats:
        """A row for each group and a column for each of `METRICS`, with row weights."""
        amount = weights[self.order]
        n, outcomes, expected, squared, flagged, true_positive = np.add.reduceat(
            self.facts * amount, self.first_row, axis=1
        )
        false_positive = flagged - true_positive
        exchange = self.threshold / (1 - self.threshold) if self.threshold < 1 else np.nan
        with_outcome = amount * self.outcome
        concordant = self.concordant(with_outcome, amount - with_outcome)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = {
                "outcome_rate": outcomes / n,
                "mean_risk": expected / n,
                "observed_expected_ratio": outcomes / expected,
                "auroc": concordant / (outcomes * (n - outcomes)),
                "brier": squared / n,
                "selection_rate": flagged / n,
                "true_positive_rate": true_positive / outcomes,
                "false_positive_rate": false_positive / (n - outcomes),
                "positive_predictive_value": true_positive / flagged,
                "net_benefit": (true_positive - false_positive * exchange) / n,
            }
        return np.column_stack([found[metric] for metric in METRICS])

    def concordant(self, with_outcome: Floats, without: Floats) -> Floats:
        """For each group, pairs in which the row with the outcome has the higher risk.

        Both are weights of the sorted rows; pairs of one risk count as half.
        """
        higher = np.add.reduceat(with_outcome, self.step_first_row)
        lower = np.add.reduceat(without, self.step_first_row)
        below = np.cumsum(lower) - lower
        n_steps = np.diff(np.append(self.first_step, len(lower)))
        below_in_group = below - np.repeat(below[self.first_step], n_steps)
        pairs = higher * (below_in_group + lower / 2)
        return np.asarray(np.add.reduceat(pairs, self.first_step), dtype=np.float64)

    def total(self, amount: Floats) -> Floats:
        """The sum over each group of an amount for each sorted row."""
        return np.asarray(np.add.reduceat(amount, self.first_row), dtype=np.float64)

    def spread(self, of_group: Floats) -> Floats:
        """For each sorted row, what belongs to its group."""
        n_rows = np.diff(np.append(self.first_row, len(self.order)))
        return np.repeat(of_group, n_rows)


class Weighed(Protocol):
    """Groups whose metrics can be computed with weights for the rows."""

    def metrics(self, weights: Floats) -> Floats:
        """A row for each group and a column for each metric."""


def resample_metrics(
    groups_by_key: Mapping[tuple[str, str], Weighed], draws: Iterable[Floats]
) -> dict[tuple[str, str], Floats]:
    """For each key an array of replicates × groups × metrics.

    Each draw of people weighs all of them, so they rest on the same luck.
    """
    drawn: dict[tuple[str, str], list[Floats]] = {key: [] for key in groups_by_key}
    for weights in draws:
        for key, groups in groups_by_key.items():
            drawn[key].append(groups.metrics(weights))
    return {key: np.stack(each) for key, each in drawn.items()}
