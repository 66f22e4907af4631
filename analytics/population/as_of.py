"""Whom to predict for on a day, when the time at risk has not passed yet."""

import polars as pl

from analytics.population.exclusions import (
    drop_prior_outcomes,
    keep_first_index_dates,
    keep_one_row_each,
)
from analytics.population.index_dates import (
    add_observation,
    find_index_dates,
    find_outcomes,
    observed_and_alive_on,
)
from analytics.studies import Study

AS_OF_COLUMNS = ("row_id", "person_id", "index_day", "index_date", "days_of_prior_observation")


def as_of_population(
    study: Study,
    as_of_day: int,
    *,
    cohort: pl.DataFrame,
    observation_period: pl.DataFrame,
    person: pl.DataFrame,
) -> pl.DataFrame:
    """The people a study predicts for on a day, alive and observed on that day.

    One row for each person, ordered by person, with `row_id` dense from 0, `index_day`,
    `index_date` and `days_of_prior_observation`.

    - `prevalent`: all in the target cohort that day who have not had the outcome before it
      (in the study's lookback where it sets one, else ever); the index date is the day itself.
    - `event`: each person's latest index date in the `within_days` days before that day, without
      the outcome since. The study's washout and prior-outcome rules hold as in training.

    Nothing dated `as_of_day` or later is used, except that observation goes on that day: being
    observed is known by then, and the end of a period or of a target interval is only asked
    whether it lies before that day. An outcome, death, index date or target entry of that day
    or later changes nothing.
    """
    past = cohort.filter(pl.col("start_day") < as_of_day)
    if study.prediction.kind == "prevalent":
        index_dates = _in_target(study, as_of_day, cohort)
        last_outcome_day = -1
    else:
        index_dates = _recent_index_dates(study, as_of_day, past, observation_period, person)
        last_outcome_day = study.time_at_risk.first_day - 1
    kept = (
        add_observation(index_dates, _observed_on(as_of_day, observation_period), person)
        .filter(observed_and_alive_on(as_of_day))
        .filter(pl.col("days_of_prior_observation") >= study.population.washout_days)
    )
    outcomes = find_outcomes(study, past)
    if study.population.remove_prior_outcome or study.prediction.kind == "prevalent":
        kept = drop_prior_outcomes(
            kept,
            outcomes,
            lookback_days=study.population.prior_outcome_lookback_days,
            last_day=last_outcome_day,
        )
    return (
        _drop_outcomes_since(study, kept, outcomes)
        .sort("person_id", "index_day")
        .unique("person_id", keep="last", maintain_order=True)
        .with_row_index("row_id")
        .with_columns(pl.col("row_id").cast(pl.Int64))
        .select(AS_OF_COLUMNS)
    )


def _in_target(study: Study, as_of_day: int, cohort: pl.DataFrame) -> pl.DataFrame:
    """People in the target that day, who entered it before that day.

    A row that begins on the very day counts only if it goes on from one that ended the day before
    (a calendar year from the year before it): entering that day is not known yet.
    """
    target = cohort.filter(pl.col("cohort_name") == study.target)
    entered = target.filter(pl.col("start_day") < as_of_day)
    still_in = entered.filter(pl.col("end_day") >= as_of_day)
    goes_on = entered.filter(pl.col("end_day") == as_of_day - 1).join(
        target.filter(pl.col("start_day") == as_of_day), on="person_id", how="semi"
    )
    return (
        pl.concat([still_in, goes_on])
        .select("person_id")
        .unique()
        .sort("person_id")
        .with_columns(index_day=pl.lit(as_of_day, dtype=pl.Int32))
        .with_columns(index_date=pl.col("index_day").cast(pl.Date))
    )


def _recent_index_dates(
    study: Study,
    as_of_day: int,
    past: pl.DataFrame,
    observation_period: pl.DataFrame,
    person: pl.DataFrame,
) -> pl.DataFrame:
    """Index dates in the days before, chosen among the known ones as the population chooses."""
    index_dates = find_index_dates(study, past).filter(pl.col("index_day") < as_of_day)
    known = keep_one_row_each(
        add_observation(index_dates, observation_period, person).filter(
            observed_and_alive_on(pl.col("index_day"))
        )
    )
    if study.population.first_index_only:
        known = keep_first_index_dates(known)
    return known.filter(
        pl.col("index_day") >= as_of_day - (study.prediction.within_days or 0)
    ).select("person_id", "index_day", "index_date")


def _observed_on(as_of_day: int, observation_period: pl.DataFrame) -> pl.DataFrame:
    """The periods that hold the day, with nothing said about when they will end."""
    return observation_period.filter(
        pl.lit(as_of_day).is_between(pl.col("start_day"), pl.col("end_day"))
    ).with_columns(end_day=pl.lit(as_of_day, dtype=pl.Int32))


def _drop_outcomes_since(
    study: Study, index_dates: pl.DataFrame, outcomes: pl.DataFrame
) -> pl.DataFrame:
    """Leave out index dates with an outcome in the part of the time at risk that has passed."""
    days_since_index = (pl.col("outcome_date") - pl.col("index_date")).dt.total_days()
    had_since = index_dates.join(outcomes, on="person_id").filter(
        days_since_index >= study.time_at_risk.first_day
    )
    return index_dates.join(
        had_since, on=["person_id", "index_date"], how="anti", maintain_order="left"
    )
