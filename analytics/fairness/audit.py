"""The fairness audit: every metric in every group, beside a reference group, with a verdict."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.errors import RunFailedError
from analytics.evaluation import Estimate, Predictions
from analytics.fairness.comparison import compare, is_beyond_chance
from analytics.fairness.groups import UNKNOWN
from analytics.fairness.limits import AS_RISKS_DO, LIMITS, Limit, Verdict
from analytics.fairness.measured_groups import (
    MeasuredGroup,
    beyond_outcome_rate,
    choose_reference,
    measure_groups,
)
from analytics.fairness.metrics import AT_THE_THRESHOLD, METRICS
from analytics.fairness.right_risks import JUDGED_AGAINST_RIGHT_RISKS
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
    "n_flagged_rows": pl.Int64,
    "n_flagged_people": pl.Int64,
    "n_flagged_outcomes": pl.Int64,
    "n_flagged_people_with_outcome": pl.Int64,
    "threshold": pl.Float64,
}

NOTHING = Estimate(value=None, lower=None, upper=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditReport:
    """One row for each (attribute, group_name, metric), groups in their fixed order.

    `n_comparisons` is the number of verdicts (group against reference, metric by metric) over
    which the chance of a false alarm was spread. An alarm is a disparity (see `limits.py`).
    """

    rows: pl.DataFrame
    threshold: float
    n_comparisons: int

    def disparities(self) -> pl.DataFrame:
        """One row for each (attribute, group_name, metric) whose verdict is `disparity`."""
        return self.rows.filter(pl.col("verdict") == "disparity")

    def in_words(self) -> str:
        """How many comparisons show a disparity, and what was allowed for."""
        n_disparities = self.disparities().height
        n_as_risks_do = self.rows.filter(pl.col("verdict") == AS_RISKS_DO).height
        said = (
            f"{n_disparities} of {self.n_comparisons} comparisons show a disparity after allowance "
            "for the number of groups and measures"
        )
        return f"{said}; {n_as_risks_do} differ as risks do" if n_as_risks_do else said


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
    seen_by_model: Collection[str] = (),
) -> AuditReport:
    """Measure each group of each attribute and compare it with the reference group.

    `groups` has a row for each prediction, in order, and a column for each attribute (see
    `group_people`). The reference group of an attribute is the one named in
    `reference_groups`, or the largest if that is not given or nobody evaluated is in it.
    `seen_by_model` are the attributes among the model's covariates. Intervals resample people.

    Verdicts, the first that applies: *too few to show* (fewer than `smallest_cell` people with,
    or without, the outcome: no number is given); *too few to judge* (fewer than 25 people
    with the outcome in the group or in its reference group, or no interval); *reference*;
    *not judged* (the metric has no limit, or the group is Everyone); *disparity* (the
    difference is beyond its limit, beyond chance, and more than follows from who is at risk);
    *differs as risks do* (it follows from who is at risk); else *within limit*.
    """
    _check_rows(predictions, groups, threshold)
    attributes = {OVERALL: [EVERYONE] * len(predictions.risk)} | {
        name: groups[name].to_list() for name in groups.columns
    }
    found = measure_groups(predictions, attributes, threshold, replicates, generator)
    reference_of = {
        attribute: choose_reference(members, (reference_groups or {}).get(attribute))
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
            is_seen_by_model=attribute in seen_by_model,
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


def _describe(
    *,
    group: MeasuredGroup,
    reference: MeasuredGroup | None,
    metric: str,
    smallest_cell: int,
    limit: Limit | None,
    is_seen_by_model: bool,
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
        _verdict(group, reference, metric, smallest_cell, limit, is_seen_by_model, n_comparisons),
        group.counts.n_rows,
        group.counts.n_people,
        group.counts.n_outcomes,
        group.counts.n_people_with_outcome,
        group.counts.n_people_without_outcome,
        group.flagged.n_rows,
        group.flagged.n_people,
        group.flagged.n_outcomes,
        group.flagged.n_people_with_outcome,
        threshold if metric in AT_THE_THRESHOLD else None,
    )


def _verdict(
    group: MeasuredGroup,
    reference: MeasuredGroup | None,
    metric: str,
    smallest_cell: int,
    limit: Limit | None,
    is_seen_by_model: bool,
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
    if not (is_real and limit.is_beyond(here.value, there.value)):
        return "within limit"
    is_unexplained = _is_unexplained(group, reference, metric, is_seen_by_model, n_comparisons)
    return "disparity" if is_unexplained else AS_RISKS_DO


def _is_unexplained(
    group: MeasuredGroup,
    reference: MeasuredGroup,
    metric: str,
    is_seen_by_model: bool,
    n_comparisons: int,
) -> bool:
    """Whether it is more than follows from who is at risk; so, too, where nobody can tell."""
    if metric not in JUDGED_AGAINST_RIGHT_RISKS:
        return True
    if is_seen_by_model:
        here, there = group.beyond_right_risks[metric], reference.beyond_right_risks[metric]
    else:
        here, there = beyond_outcome_rate(group, reference, metric)
    is_real = is_beyond_chance(
        here, there, limit=Limit(kind="difference", most=0.0), n_comparisons=n_comparisons
    )
    return is_real is not False


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
