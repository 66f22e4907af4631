"""Each group of each attribute with its counts and metrics, before anything is compared."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation import Counts, Predictions, draw_people, flag
from analytics.evaluation.predictions import Bools
from analytics.fairness.comparison import Measured
from analytics.fairness.groups import UNKNOWN, in_fixed_order
from analytics.fairness.limits import FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE
from analytics.fairness.metrics import METRICS, metrics_by_group
from analytics.fairness.resampling import SortedGroups, resample_metrics


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredGroup:
    """A group of an attribute: who is in it and who is flagged, and each metric in it."""

    attribute: str
    name: str
    counts: Counts
    flagged: Counts
    measured: Mapping[str, Measured]

    def can_be_shown(self, smallest_cell: int) -> bool:
        """Whether enough people have, and enough have not, the outcome to give a number."""
        fewest = min(self.counts.n_people_with_outcome, self.counts.n_people_without_outcome)
        return fewest >= smallest_cell

    def can_be_judged(self, smallest_cell: int) -> bool:
        """Whether enough people have the outcome to call a difference small or large."""
        return (
            self.can_be_shown(smallest_cell)
            and self.counts.n_people_with_outcome >= FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE
        )


def measure_groups(
    predictions: Predictions,
    attributes: Mapping[str, list[str]],
    threshold: float,
    replicates: int,
    generator: np.random.Generator,
) -> dict[str, list[MeasuredGroup]]:
    """For each attribute its groups, in their fixed order."""
    sorted_groups = {
        attribute: SortedGroups.of(predictions, group_of_row, threshold=threshold)
        for attribute, group_of_row in attributes.items()
    }
    draws = draw_people(predictions.person_id, replicates=replicates, generator=generator)
    drawn = resample_metrics(sorted_groups, draws)
    flagged = flag(predictions.risk, threshold)
    found: dict[str, list[MeasuredGroup]] = {}
    for attribute, group_of_row in attributes.items():
        value = metrics_by_group(predictions, group_of_row, threshold=threshold)
        name_of_row = np.asarray(group_of_row, dtype=object)
        found[attribute] = [
            _group(
                attribute=attribute,
                name=name,
                predictions=predictions,
                is_member=np.asarray(name_of_row == name, dtype=np.bool_),
                flagged=flagged,
                values={metric: value[name, metric] for metric in METRICS},
                drawn=drawn[attribute][:, sorted_groups[attribute].groups.index(name)],
            )
            for name in in_fixed_order(attribute, list(sorted_groups[attribute].groups))
        ]
    return found


def _group(
    *,
    attribute: str,
    name: str,
    predictions: Predictions,
    is_member: Bools,
    flagged: Bools,
    values: Mapping[str, float],
    drawn: NDArray[np.float64],
) -> MeasuredGroup:
    had = predictions.had_outcome
    denominators = {
        "true_positive_rate": is_member & had,
        "false_positive_rate": is_member & ~had,
        "positive_predictive_value": is_member & flagged,
    }
    return MeasuredGroup(
        attribute=attribute,
        name=name,
        counts=predictions.count(is_member),
        flagged=predictions.count(is_member & flagged),
        measured={
            metric: Measured(
                metric=metric,
                value=values[metric],
                drawn=drawn[:, position],
                n_people=predictions.count(denominators.get(metric, is_member)).n_people,
            )
            for position, metric in enumerate(METRICS)
        },
    )


def choose_reference(members: list[MeasuredGroup], named: str | None) -> MeasuredGroup:
    """The group others are compared with: the one named, if anybody evaluated is in it.

    Otherwise the one with the most people; Unknown only if there is no other.
    """
    for group in members:
        if group.name == named:
            return group
    return max(members, key=lambda group: (group.name != UNKNOWN, group.counts.n_people))
