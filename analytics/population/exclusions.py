"""The rules that leave index dates out of a study, in the order of PatientLevelPrediction 6.6.0.

Ours differ from PLP where PLP surprises: a lookback includes its last day (there it does not),
a minimum of N days at risk means N days (there N + 1), and index dates on which a person is dead
or not observed are removed here, with a line in the attrition.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from analytics.population.index_dates import observed_and_alive_on
from analytics.population.labels import find_prior_outcomes
from analytics.studies import PopulationRules, Study

Frame = pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A rule in words, and how it keeps the rows that obey it (their order is kept).

    A rule that `is_a_repair` mends what a cohort should not hold; it is shown only where it
    removed something.
    """

    rule: str
    keep: Callable[[Frame], Frame]
    is_a_repair: bool = False


def exclusions_of(study: Study, outcomes: pl.DataFrame) -> list[Exclusion]:
    """The exclusions a study asks for, in the order in which they are applied."""
    rules = study.population
    found = [
        Exclusion(
            rule="Observed and alive on the index date",
            keep=lambda rows: rows.filter(observed_and_alive_on(pl.col("index_day"))),
        ),
        Exclusion(
            rule="One row for each person and index date",
            keep=keep_one_row_each,
            is_a_repair=True,
        ),
    ]
    if rules.first_index_only:
        found.append(Exclusion(rule="First index date of each person", keep=keep_first_index_dates))
    if rules.washout_days > 0:
        found.append(
            Exclusion(
                rule=f"At least {rules.washout_days} days of observation before the index date",
                keep=lambda rows: rows.filter(
                    pl.col("days_of_prior_observation") >= rules.washout_days
                ),
            )
        )
    if rules.remove_prior_outcome:
        found.append(
            Exclusion(
                rule=_prior_outcome_in_words(rules),
                keep=lambda rows: drop_prior_outcomes(
                    rows,
                    outcomes,
                    lookback_days=rules.prior_outcome_lookback_days,
                    last_day=study.time_at_risk.first_day - 1,
                ),
            )
        )
    found.append(
        Exclusion(
            rule=_time_at_risk_in_words(rules),
            keep=lambda rows: rows.filter(has_time_at_risk(rules)),
        )
    )
    return found


def keep_one_row_each(rows: Frame) -> Frame:
    """Keep one row for each person and index date; a cohort may hold the same date twice."""
    return rows.unique(["person_id", "index_day"], keep="first", maintain_order=True)


def keep_first_index_dates(rows: Frame) -> Frame:
    """Keep each person's earliest index date.

    This comes before the washout: whoever is new only because earlier use was not observed
    long enough is left out, not moved to a later date.
    """
    return rows.filter(pl.col("index_day") == pl.col("index_day").min().over("person_id"))


def drop_prior_outcomes(
    rows: Frame, outcomes: Frame, *, lookback_days: int | None, last_day: int
) -> Frame:
    """Leave out index dates with an outcome in the lookback; ends as in `find_prior_outcomes`."""
    had_before = find_prior_outcomes(rows, outcomes, lookback_days=lookback_days, last_day=last_day)
    return rows.join(had_before, on=["person_id", "index_date"], how="anti", maintain_order="left")


def has_time_at_risk(rules: PopulationRules) -> pl.Expr:
    """Was the person observed for the days at risk that the study asks for?

    One day is always needed. Reads `n_days_at_risk` (observed), `had_outcome` and
    `died_at_risk` (observed until death within the time at risk).
    """
    has_one_day = pl.col("n_days_at_risk") >= 1
    if not rules.require_time_at_risk:
        return has_one_day
    is_long_enough = pl.col("n_days_at_risk") >= rules.min_time_at_risk_days
    if rules.include_all_outcomes:
        is_long_enough |= pl.col("had_outcome")
    if rules.death_completes_time_at_risk:
        is_long_enough |= pl.col("died_at_risk")
    return has_one_day & is_long_enough


def _prior_outcome_in_words(rules: PopulationRules) -> str:
    days = rules.prior_outcome_lookback_days
    since = "" if days is None else f" from {days} days before the index date on"
    return f"No outcome before the time at risk{since}"


def _time_at_risk_in_words(rules: PopulationRules) -> str:
    if not rules.require_time_at_risk:
        return "Observed on the first day at risk"
    alternatives = [f"Observed for at least {rules.min_time_at_risk_days} days at risk"]
    if rules.death_completes_time_at_risk:
        alternatives.append("until death")
    if rules.include_all_outcomes:
        alternatives.append("with the outcome")
    return ", or ".join(alternatives)
