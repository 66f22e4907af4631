"""The population of a study, with the outcome of each index date and the attrition."""

from dataclasses import dataclass

import polars as pl

from analytics.errors import StudyError
from analytics.population.attrition import RuleOutcome, count_attrition
from analytics.population.exclusions import exclusions_of
from analytics.population.index_dates import add_observation, find_index_dates, find_outcomes
from analytics.population.labels import label_outcomes
from analytics.studies import Study

ROW_COLUMNS = (
    "row_id",
    "person_id",
    "index_day",
    "index_date",
    "days_of_prior_observation",
    "days_observed_after",
    "risk_window_first_day",
    "risk_window_last_day",
    "had_outcome",
    "days_to_outcome",
)


@dataclass(frozen=True, kw_only=True)
class Population:
    """Target rows that remain for a study after its exclusions.

    `rows`: one row for each person and index date, ordered so, with `row_id` dense from 0,
    the risk window as days since 1970 (inclusive; its last day is cut at the end of
    observation), `had_outcome` and `days_to_outcome` (from index, null without).
    `attrition`: one row for each rule (see `count_attrition`).
    `cohort_rules`: one row for each rule of the target cohort, with what remained after it.
    """

    rows: pl.DataFrame
    attrition: pl.DataFrame
    cohort_rules: pl.DataFrame


def build_population(
    study: Study,
    *,
    cohort: pl.DataFrame,
    observation_period: pl.DataFrame,
    person: pl.DataFrame,
    rule_counts: pl.DataFrame,
) -> Population:
    """Apply a study's exclusions to its target cohort and label the outcome.

    The first line of the attrition is the target cohort, with the outcomes in the time at risk
    before any exclusion (cut at the end of observation where the index date is observed). Then
    each exclusion in order, then a note on index dates that stay though not observed for the
    whole time at risk. `rule_counts` are the rules inside the cohorts, as dbt counted them.

    Raises `StudyError` when the target cohort is empty, or nobody in the population has the
    outcome.
    """
    cohort_rules = rule_counts.filter(pl.col("cohort_name") == study.target).sort("rule_number")
    outcomes = find_outcomes(study, cohort)
    labelled = _label(study, find_index_dates(study, cohort), outcomes, observation_period, person)
    _check_target(study, labelled, cohort_rules)

    steps = [RuleOutcome(rule=f"Target cohort: {study.target}", remaining=labelled)]
    for exclusion in exclusions_of(study, outcomes):
        before = steps[-1].remaining
        remaining = exclusion.keep(before)
        if exclusion.is_a_repair and remaining.height == before.height:
            continue
        steps.append(RuleOutcome(rule=exclusion.rule, remaining=remaining))
    kept = steps[-1].remaining
    steps.append(
        RuleOutcome(
            rule="Note: observed for less than the whole time at risk, and kept",
            remaining=kept.filter(pl.col("n_days_at_risk") < study.time_at_risk.n_days),
            is_applied=False,
        )
    )
    attrition = count_attrition(steps)
    _check_outcomes(study, kept, attrition, outcomes)
    return Population(
        rows=kept.with_row_index("row_id")
        .with_columns(pl.col("row_id").cast(pl.Int64))
        .select(ROW_COLUMNS),
        attrition=attrition,
        cohort_rules=cohort_rules,
    )


def _label(
    study: Study,
    index_dates: pl.DataFrame,
    outcomes: pl.DataFrame,
    observation_period: pl.DataFrame,
    person: pl.DataFrame,
) -> pl.DataFrame:
    """The index dates with their risk window, its observed days, death and outcome."""
    at_risk = study.time_at_risk
    last_observed = pl.col("index_day") + pl.col("days_observed_after")
    planned_last_day = pl.col("index_day") + at_risk.last_day
    days_to_outcome = pl.when(
        pl.col("index_day") + pl.col("days_to_outcome") <= pl.col("risk_window_last_day")
    ).then("days_to_outcome")
    return (
        label_outcomes(add_observation(index_dates, observation_period, person), outcomes, at_risk)
        .with_columns(
            risk_window_first_day=pl.col("index_day") + at_risk.first_day,
            risk_window_last_day=pl.min_horizontal(planned_last_day, last_observed),
        )
        .with_columns(
            days_to_outcome=days_to_outcome,
            had_outcome=days_to_outcome.is_not_null(),
            n_days_at_risk=pl.col("risk_window_last_day") - pl.col("risk_window_first_day") + 1,
            # Observation may end on the day before death is recorded, not earlier.
            died_at_risk=(
                (pl.col("death_day") <= planned_last_day)
                & (last_observed >= pl.col("death_day") - 1)
            ).fill_null(False),
        )
    )


def _check_target(study: Study, index_dates: pl.DataFrame, cohort_rules: pl.DataFrame) -> None:
    if index_dates.height:
        return
    rules = "; ".join(
        f"'{rule}' leaves {n_rows}" for rule, n_rows in cohort_rules.select("rule", "n_rows").rows()
    )
    raise StudyError(
        f"{study.name}: nobody is in the target cohort '{study.target}'. "
        f"{f'Its rules: {rules}. ' if rules else ''}"
        "Look at its model in dbt_project/models/cohorts/ and at what this CDM records."
    )


def _check_outcomes(
    study: Study, kept: pl.DataFrame, attrition: pl.DataFrame, outcomes: pl.DataFrame
) -> None:
    if kept["had_outcome"].any():
        return
    at_risk = study.time_at_risk
    steps = "\n".join(
        f"  {rule}: {n_rows} rows, {n_outcomes} with the outcome"
        for rule, n_rows, n_outcomes in attrition.filter("is_applied")
        .select("rule", "n_rows", "n_outcomes")
        .rows()
    )
    raise StudyError(
        f"{study.name}: nobody in the population has the outcome '{study.outcome}' on days "
        f"{at_risk.first_day} to {at_risk.last_day} after the index date "
        f"(the outcome cohort has {outcomes.height} rows in all).\nWhat each rule left:\n{steps}\n"
        "Look at the outcome's model in dbt_project/models/cohorts/, "
        f"or loosen the rules in {study.name}.yaml."
    )
