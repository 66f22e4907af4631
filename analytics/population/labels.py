"""Which people had the outcome while at risk, and which had it before."""

import polars as pl

from analytics.studies import TimeAtRisk


def label_outcomes(
    population: pl.DataFrame, outcomes: pl.DataFrame, time_at_risk: TimeAtRisk
) -> pl.DataFrame:
    """Say, for each person and index date, whether the outcome came while at risk.

    One row for each (person_id, index_date) of `population`, in its order, with
    `had_outcome` and `days_to_outcome` (days from index to the first outcome in the time at
    risk; null when there was none). `outcomes` has `person_id` and `outcome_date`.

    Both ends of the time at risk are inclusive. Outcomes before it are not looked at: who is
    dropped for a prior outcome is decided once, in `exclusions.py`.
    """
    days_to_outcome = (pl.col("outcome_date") - pl.col("index_date")).dt.total_days()
    first_at_risk = (
        population.select("person_id", "index_date")
        .unique()
        .join(outcomes.select("person_id", "outcome_date"), on="person_id")
        .with_columns(days_to_outcome=days_to_outcome.cast(pl.Int32))
        .filter(pl.col("days_to_outcome").is_between(time_at_risk.first_day, time_at_risk.last_day))
        .group_by("person_id", "index_date")
        .agg(pl.col("days_to_outcome").min())
    )
    return population.join(
        first_at_risk, on=["person_id", "index_date"], how="left", maintain_order="left"
    ).with_columns(had_outcome=pl.col("days_to_outcome").is_not_null())


def find_prior_outcomes(
    index_dates: pl.DataFrame,
    outcomes: pl.DataFrame,
    *,
    lookback_days: int | None,
    last_day: int,
) -> pl.DataFrame:
    """The index dates with an outcome from `lookback_days` before index to `last_day` after it.

    One row for each (person_id, index_date) that has such an outcome. Both ends are inclusive;
    a lookback of 0 begins on the index day, of None is ever. Outcomes recorded outside the
    observation period count: what is known of the past is known.
    """
    days_to_outcome = (pl.col("outcome_date") - pl.col("index_date")).dt.total_days()
    is_recent = pl.lit(True) if lookback_days is None else days_to_outcome >= -lookback_days
    return (
        index_dates.select("person_id", "index_date")
        .join(outcomes.select("person_id", "outcome_date"), on="person_id")
        .filter(is_recent & (days_to_outcome <= last_day))
        .select("person_id", "index_date")
        .unique()
    )
