"""The fairness audit: every metric in every group, beside a reference group, with a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.errors import BadInputError, RunFailedError, near_miss
from analytics.evaluation import Counts, Estimate, Predictions, draw_people, flag
from analytics.evaluation.predictions import Bools
from analytics.fairness.comparison import Measured, compare, is_beyond_chance
from analytics.fairness.groups import UNKNOWN, in_fixed_order
from analytics.fairness.limits import (
    FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE,
    LIMITS,
    Limit,
    Verdict,
)
from analytics.fairness.metrics import AT_THE_THRESHOLD, METRICS, metrics_by_group
from analytics.fairness.resampling import SortedGroups, resample_metrics
from analytics.settings import SMALLEST_CELL

OVERALL = "overall"
EVERYONE = "Everyone"

AUDIT_SCHEMA = {
    "attribute": pl.String,
    "group_name": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "value_lower": pl.Float64,
    "value_upper": pl.Float64,
    "reference_group": pl.String,
    "difference": pl.Float64,
    "difference_lower": pl.Float64,
    "difference_upper": pl.Float64,
    "verdict": pl.String,
    "n_rows": pl.Int64,
    "n_people": pl.Int64,
    "n_outcomes": pl.Int64,
    "n_people_with_outcome": pl.Int64,
    "n_people_without_outcome": pl.Int64,
    "n_flagged_people": pl.Int64,
    "threshold": pl.Float64,
}

NOTHING = Estimate(value=None, lower=None, upper=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditReport:
    """One row for each (attribute, group_name, metric), groups in their fixed order.

    `n_comparisons` is the number of verdicts (group against reference, metric by metric) over
    which the chance of a false alarm was spread.
    """

    rows: pl.DataFrame
    threshold: float
    n_comparisons: int

    def disparities(self) -> pl.DataFrame:
        """The rows whose verdict is `disparity`."""
        return self.rows.filter(pl.col("verdict") == "disparity")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Group:
    """A group of an attribute: who is in it, and each metric in it."""

    attribute: str
    name: str
    counts: Counts
    n_flagged_people: int
    measured: Mapping[str, Measured]

    def can_be_shown(self, smallest_cell: int) -> bool:
        fewest = min(self.counts.n_people_with_outcome, self.counts.n_people_without_outcome)
        return fewest >= smallest_cell

    def can_be_judged(self, smallest_cell: int) -> bool:
        return (
            self.can_be_shown(smallest_cell)
            and self.counts.n_people_with_outcome >= FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE
        )


def audit(
    *,
    predictions: Predictions,
    groups: pl.DataFrame,
    threshold: float,
    replicates: int,
    generator: np.random.Generator,
    reference_groups: Mapping[str, str] | None = None,
    smallest_cell: int = SMALLEST_CELL,
    limits: Mapping[str, Limit] = LIMITS,
) -> AuditReport:
    """Measure each group of each attribute and compare it with the reference group.

    `groups` has a row for each prediction, in order, and a column for each attribute (see
    `group_people`). The reference group of an attribute is the one named, else the one with
    the most people, Unknown only if there is no other. Intervals resample people.

    Verdicts, the first that applies: *too few to show* (fewer than `smallest_cell` people with,
    or without, the outcome: no number is given); *too few to judge* (fewer than 25 people
    with the outcome in the group or in its reference group, or no interval); *reference*;
    *not judged* (the metric has no limit, or the group is Everyone); *disparity* (the
    difference is beyond its limit and beyond chance); else *within limit*.
    """
    _check_rows(predictions, groups, threshold)
    attributes = {OVERALL: [EVERYONE] * len(predictions.risk)} | {
        name: groups[name].to_list() for name in groups.columns
    }
    found = _measure(predictions, attributes, threshold, replicates, generator)
    reference_of = {
        attribute: _reference(attribute, members, (reference_groups or {}).get(attribute))
        for attribute, members in found.items()
        if attribute != OVERALL
    }
    n_comparisons = len(limits) * sum(
        group is not reference_of[attribute]
        and group.can_be_judged(smallest_cell)
        and reference_of[attribute].can_be_judged(smallest_cell)
        for attribute, members in found.items()
        if attribute != OVERALL
        for group in members
    )
    rows = [
        _describe(
            group=group,
            reference=reference_of.get(attribute),
            metric=metric,
            smallest_cell=smallest_cell,
            limit=limits.get(metric),
            n_comparisons=max(1, n_comparisons),
            threshold=threshold,
        )
        for attribute, members in found.items()
        for group in members
        for metric in METRICS
    ]
    return AuditReport(
        rows=pl.DataFrame(rows, schema=AUDIT_SCHEMA, orient="row"),
        threshold=threshold,
        n_comparisons=n_comparisons,
    )


def _measure(
    predictions: Predictions,
    attributes: Mapping[str, list[str]],
    threshold: float,
    replicates: int,
    generator: np.random.Generator,
) -> dict[str, list[_Group]]:
    sorted_groups = {
        attribute: SortedGroups.of(predictions, group_of_row, threshold=threshold)
        for attribute, group_of_row in attributes.items()
    }
    draws = draw_people(predictions.person_id, replicates=replicates, generator=generator)
    drawn = resample_metrics(sorted_groups, draws)
    flagged = flag(predictions.risk, threshold)
    found: dict[str, list[_Group]] = {}
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
    drawn: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> _Group:
    had = predictions.had_outcome
    denominators = {
        "true_positive_rate": is_member & had,
        "false_positive_rate": is_member & ~had,
        "positive_predictive_value": is_member & flagged,
    }
    return _Group(
        attribute=attribute,
        name=name,
        counts=predictions.count(is_member),
        n_flagged_people=predictions.count(is_member & flagged).n_people,
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


def _reference(attribute: str, members: list[_Group], named: str | None) -> _Group:
    names = [group.name for group in members]
    if named is not None:
        if named not in names:
            raise BadInputError(
                f"the study's audit names '{named}' as the reference group of {attribute}, but "
                f"nobody evaluated is in it.{near_miss(named, names)} Groups here: "
                f"{', '.join(names)}. Change the study, or leave it out to take the largest."
            )
        return members[names.index(named)]
    return max(members, key=lambda group: (group.name != UNKNOWN, group.counts.n_people))


def _describe(
    *,
    group: _Group,
    reference: _Group | None,
    metric: str,
    smallest_cell: int,
    limit: Limit | None,
    n_comparisons: int,
    threshold: float,
) -> tuple[object, ...]:
    here = group.measured[metric]
    is_compared = reference is not None and reference is not group
    value = here.estimate() if group.can_be_shown(smallest_cell) else NOTHING
    difference = NOTHING
    if (
        is_compared
        and reference is not None
        and value is not NOTHING
        and reference.can_be_shown(smallest_cell)
    ):
        difference = compare(here, reference.measured[metric])
    return (
        group.attribute,
        group.name,
        metric,
        value.value,
        value.lower,
        value.upper,
        None if reference is None else reference.name,
        difference.value,
        difference.lower,
        difference.upper,
        _verdict(group, reference, metric, smallest_cell, limit, n_comparisons),
        group.counts.n_rows,
        group.counts.n_people,
        group.counts.n_outcomes,
        group.counts.n_people_with_outcome,
        group.counts.n_people_without_outcome,
        group.n_flagged_people,
        threshold if metric in AT_THE_THRESHOLD else None,
    )


def _verdict(
    group: _Group,
    reference: _Group | None,
    metric: str,
    smallest_cell: int,
    limit: Limit | None,
    n_comparisons: int,
) -> Verdict:
    if not group.can_be_shown(smallest_cell):
        return "too few to show"
    if not group.can_be_judged(smallest_cell):
        return "too few to judge"
    if group is reference:
        return "reference"
    if reference is None or limit is None:
        return "not judged"
    if not reference.can_be_judged(smallest_cell):
        return "too few to judge"
    here, there = group.measured[metric], reference.measured[metric]
    is_real = is_beyond_chance(here, there, limit=limit, n_comparisons=n_comparisons)
    if is_real is None:
        return "too few to judge"
    return "disparity" if is_real and limit.is_beyond(here.value, there.value) else "within limit"


def _check_rows(predictions: Predictions, groups: pl.DataFrame, threshold: float) -> None:
    if groups.height != len(predictions.risk):
        raise RunFailedError(
            f"the audit got {len(predictions.risk)} predictions and groups for {groups.height} "
            "rows. Hand in one row of groups for each prediction, in the same order."
        )
    n_missing = sum(groups.null_count().row(0)) if groups.width else 0
    if n_missing:
        raise RunFailedError(
            f"the audit got {n_missing} empty group names. Pass people through "
            f"`group_people`, which makes them '{UNKNOWN}'."
        )
    if not np.isfinite(threshold):
        raise RunFailedError(f"the audit's threshold is {threshold}, not a risk.")
