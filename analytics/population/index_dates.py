"""Index dates of a target cohort, and how each stands to the person's observation and death."""

import polars as pl

from analytics.studies import Study


def find_index_dates(study: Study, cohort: pl.DataFrame) -> pl.DataFrame:
    """The index dates of the study's target cohort.

    One row for each row of the target cohort, ordered by person and day, with `person_id`,
    `index_day` and `index_date`.
    """
    index_day = "start_day" if study.index == "start" else "end_day"
    return (
        cohort.filter(pl.col("cohort_name") == study.target)
        .select("person_id", index_day=pl.col(index_day).cast(pl.Int32))
        .with_columns(index_date=pl.col("index_day").cast(pl.Date))
        .sort("person_id", "index_day")
    )


def find_outcomes(study: Study, cohort: pl.DataFrame) -> pl.DataFrame:
    """One row for each entry into the outcome cohort, with `person_id` and `outcome_date`."""
    return cohort.filter(pl.col("cohort_name") == study.outcome).select(
        "person_id", outcome_date=pl.col("start_day").cast(pl.Int32).cast(pl.Date)
    )


def add_observation(
    index_dates: pl.DataFrame, observation_period: pl.DataFrame, person: pl.DataFrame
) -> pl.DataFrame:
    """Add the observation period that holds the index date (both ends inclusive), and death.

    One row for each row of `index_dates`, in its order, with `days_of_prior_observation`,
    `days_observed_after` (both null outside observation) and `death_day` (null while alive).
    Where periods overlap, which the CDM forbids, the one that began first is taken.
    """
    key = ["person_id", "index_day"]
    holding_period = (
        index_dates.select(key)
        .unique()
        .join(observation_period.select("person_id", "start_day", "end_day"), on="person_id")
        .filter(pl.col("index_day").is_between(pl.col("start_day"), pl.col("end_day")))
        .sort("start_day", "end_day", descending=[False, True])
        .group_by(key, maintain_order=True)
        .first()
        .select(
            *key,
            days_of_prior_observation=(pl.col("index_day") - pl.col("start_day")).cast(pl.Int32),
            days_observed_after=(pl.col("end_day") - pl.col("index_day")).cast(pl.Int32),
        )
    )
    return index_dates.join(holding_period, on=key, how="left", maintain_order="left").join(
        person.select("person_id", pl.col("death_day").cast(pl.Int32)),
        on="person_id",
        how="left",
        maintain_order="left",
    )


def observed_and_alive_on(day: pl.Expr | int) -> pl.Expr:
    """Does an observation period hold the index date, and is the person not dead before `day`?

    Someone who dies on the day itself is alive on it.
    """
    is_alive = pl.col("death_day").is_null() | (pl.col("death_day") >= day)
    return pl.col("days_of_prior_observation").is_not_null() & is_alive
