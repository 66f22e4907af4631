"""Each group of each attribute with its counts and metrics, before anything is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation import Counts, Predictions, draw_people, flag
from analytics.evaluation.predictions import Bools, Floats
from analytics.fairness.comparison import Measured
from analytics.fairness.groups import UNKNOWN, in_fixed_order
from analytics.fairness.limits import FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE
from analytics.fairness.metrics import METRICS, metrics_by_group
from analytics.fairness.resampling import SortedGroups, resample_metrics
from analytics.fairness.right_risks import (
    JUDGED_AGAINST_RIGHT_RISKS,
    AtOtherRates,
    RightRisks,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredGroup:
    """A group of an attribute: who is in it and who is flagged, and each metric in it.

    `beyond_right_risks` is what `measured` has beyond what its own risks would give, were they
    right. `risk` has one entry for each of its rows.
    """

    attribute: str
    name: str
    counts: Counts
    flagged: Counts
    measured: Mapping[str, Measured]
    beyond_right_risks: Mapping[str, Measured]
    risk: Floats
    threshold: float

    @cached_property
    def at_other_rates(self) -> AtOtherRates:
        """What the group would show if the outcome were more, or less, frequent in it."""
        return AtOtherRates.of(self.risk, self.threshold)

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
    right_risks = {
        attribute: RightRisks.of(groups, predictions.risk)
        for attribute, groups in sorted_groups.items()
    }
    draws = draw_people(predictions.person_id, replicates=replicates, generator=generator)
    drawn = resample_metrics(
        {("seen", attribute): groups for attribute, groups in sorted_groups.items()}
        | {("if right", attribute): groups for attribute, groups in right_risks.items()},
        draws,
    )
    everybody_once = np.ones(len(predictions.risk))
    flagged = flag(predictions.risk, threshold)
    found: dict[str, list[MeasuredGroup]] = {}
    for attribute, group_of_row in attributes.items():
        value = metrics_by_group(predictions, group_of_row, threshold=threshold)
        name_of_row = np.asarray(group_of_row, dtype=object)
        if_right = right_risks[attribute].metrics(everybody_once)
        position_of = {name: at for at, name in enumerate(sorted_groups[attribute].groups)}
        found[attribute] = [
            _group(
                attribute=attribute,
                name=name,
                predictions=predictions,
                is_member=np.asarray(name_of_row == name, dtype=np.bool_),
                flagged=flagged,
                threshold=threshold,
                values={metric: value[name, metric] for metric in METRICS},
                drawn=drawn["seen", attribute][:, position_of[name]],
                if_right=if_right[position_of[name]],
                drawn_if_right=drawn["if right", attribute][:, position_of[name]],
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
    threshold: float,
    values: Mapping[str, float],
    drawn: NDArray[np.float64],
    if_right: NDArray[np.float64],
    drawn_if_right: NDArray[np.float64],
) -> MeasuredGroup:
    had = predictions.had_outcome
    denominators = {
        "true_positive_rate": is_member & had,
        "false_positive_rate": is_member & ~had,
        "positive_predictive_value": is_member & flagged,
    }
    measured = {
        metric: Measured(
            metric=metric,
            value=values[metric],
            drawn=drawn[:, position],
            n_people=predictions.count(denominators.get(metric, is_member)).n_people,
        )
        for position, metric in enumerate(METRICS)
    }
    return MeasuredGroup(
        attribute=attribute,
        name=name,
        counts=predictions.count(is_member),
        flagged=predictions.count(is_member & flagged),
        measured=measured,
        beyond_right_risks={
            metric: Measured(
                metric=f"{metric} beyond right risks",
                value=measured[metric].value - if_right[position],
                drawn=measured[metric].drawn - drawn_if_right[:, position],
                n_people=measured[metric].n_people,
            )
            for position, metric in enumerate(JUDGED_AGAINST_RIGHT_RISKS)
        },
        risk=predictions.risk[is_member],
        threshold=threshold,
    )


def beyond_outcome_rate(
    group: MeasuredGroup, reference: MeasuredGroup, metric: str
) -> tuple[Measured, Measured]:
    """The group's and the reference group's metric less what their outcome rates explain.

    That is what the reference group would show at the one outcome rate and at the other.
    """

    def less_explained(here: MeasuredGroup) -> Measured:
        seen, rate = here.measured[metric], here.measured["outcome_rate"]
        explained = reference.at_other_rates.at(metric, np.array([rate.value]))[0]
        return Measured(
            metric=f"{metric} beyond outcome rate",
            value=seen.value - explained,
            drawn=seen.drawn - reference.at_other_rates.at(metric, rate.drawn),
            n_people=seen.n_people,
        )

    return less_explained(group), less_explained(reference)


def choose_reference(members: list[MeasuredGroup], named: str | None) -> MeasuredGroup:
    """The group others are compared with: the one named, if anybody evaluated is in it.

    Otherwise the one with the most people; Unknown only if there is no other.
    """
    for group in members:
        if group.name == named:
            return group
    return max(members, key=lambda group: (group.name != UNKNOWN, group.counts.n_people))
