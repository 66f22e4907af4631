"""A small study and the frames it is asked of, saying only what matters to a test."""

import polars as pl

from analytics.studies import PopulationRules, PredictionSettings, Study, TimeAtRisk

INT = pl.Int32


def a_study(
    rules: PopulationRules | None = None,
    *,
    first_day: int = 1,
    last_day: int = 30,
    index: str = "start",
    within_days: int | None = None,
) -> Study:
    """Of those in `ill`, who will be `worse` on days 1 to 30 (unless said otherwise)?"""
    return Study(
        name="worse_30d",
        kind="prediction",
        title="Worse within 30 days",
        question="Who gets worse?",
        target="ill",
        index=index,
        outcome="worse",
        outcome_in_words="getting worse within 30 days",
        time_at_risk=TimeAtRisk(first_day=first_day, last_day=last_day),
        population=rules or PopulationRules(),
        prediction=PredictionSettings(
            kind="prevalent" if within_days is None else "event", within_days=within_days
        ),
        intended_use="Tests.",
    )


def cohorts(*entries: tuple[str, int, int, int]) -> pl.DataFrame:
    """One row for each cohort entry: cohort name, person, first day, last day."""
    return pl.DataFrame(
        list(entries),
        schema={"cohort_name": pl.String, "person_id": pl.Int64, "start_day": INT, "end_day": INT},
        orient="row",
    )


def periods(*entries: tuple[int, int, int]) -> pl.DataFrame:
    """One row for each observation period: person, first day, last day."""
    return pl.DataFrame(
        list(entries),
        schema={"person_id": pl.Int64, "start_day": INT, "end_day": INT},
        orient="row",
    )


def people(deaths: dict[int, int | None]) -> pl.DataFrame:
    """One row for each person with the day of death, or None."""
    return pl.DataFrame(
        list(deaths.items()), schema={"person_id": pl.Int64, "death_day": INT}, orient="row"
    )


def no_rule_counts() -> pl.DataFrame:
    """The rules inside the cohorts, where a test does not care for them."""
    return pl.DataFrame(
        schema={
            "cohort_name": pl.String,
            "rule_number": INT,
            "rule": pl.String,
            "n_rows": pl.Int64,
            "n_people": pl.Int64,
        }
    )
