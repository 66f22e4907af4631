"""The audit's metrics in every bootstrap replicate of people, all groups in one pass.

Fairlearn's own bootstrap resamples rows, takes minutes, and skips replicates in which a metric
does not exist. This one draws people (`evaluation.draw_people`) and sums weights over rows
sorted by group and risk; its value with all weights 1 equals MetricFrame's (a test compares).
"""

from collections.abc import Iterable
from dataclasses import dataclass

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
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = {
                "outcome_rate": outcomes / n,
                "mean_risk": expected / n,
                "observed_expected_ratio": outcomes / expected,
                "auroc": self._concordant(amount) / (outcomes * (n - outcomes)),
                "brier": squared / n,
                "selection_rate": flagged / n,
                "true_positive_rate": true_positive / outcomes,
                "false_positive_rate": false_positive / (n - outcomes),
                "positive_predictive_value": true_positive / flagged,
                "net_benefit": (true_positive - false_positive * exchange) / n,
            }
        return np.column_stack([found[metric] for metric in METRICS])

    def _concordant(self, amount: Floats) -> Floats:
        """For each group, pairs in which the row with the outcome has the higher risk."""
        with_outcome = np.add.reduceat(amount * self.outcome, self.step_first_row)
        without = np.add.reduceat(amount * (1 - self.outcome), self.step_first_row)
        below = np.cumsum(without) - without
        n_steps = np.diff(np.append(self.first_step, len(without)))
        below_in_group = below - np.repeat(below[self.first_step], n_steps)
        pairs = with_outcome * (below_in_group + without / 2)
        return np.asarray(np.add.reduceat(pairs, self.first_step), dtype=np.float64)


def resample_metrics(
    sorted_groups: dict[str, SortedGroups], draws: Iterable[Floats]
) -> dict[str, Floats]:
    """For each attribute an array of replicates × groups × `METRICS`.

    Each draw of people weighs every attribute, so all of them rest on the same luck.
    """
    drawn: dict[str, list[Floats]] = {attribute: [] for attribute in sorted_groups}
    for weights in draws:
        for attribute, groups in sorted_groups.items():
            drawn[attribute].append(groups.metrics(weights))
    return {attribute: np.stack(each) for attribute, each in drawn.items()}
