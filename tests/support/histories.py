"""A few events of a person 1 whose index date is day 0, saying only what matters to a test."""

import polars as pl

from analytics.features import CovariateMatrix, build_covariates
from analytics.studies import CovariateSettings
from tests.support.random_events import EVENT_SCHEMA

CONCEPTS = pl.DataFrame(
    {"concept_id": [11, 12, 9201], "concept_name": ["Asthma", "HbA1c", "Inpatient Visit"]}
)


def events(*happened: tuple[int, int], **columns: list[object]) -> pl.LazyFrame:
    """One row for each event: concept and day; `end_day` is the day, `value` null, unless given."""
    frame = pl.DataFrame(
        {
            "event_id": range(len(happened)),
            "person_id": 1,
            "concept_id": [concept_id for concept_id, _ in happened],
            "day": [day for _, day in happened],
            "end_day": [day for _, day in happened],
            "value": None,
        }
        | columns
    )
    return frame.select(pl.col(column).cast(dtype) for column, dtype in EVENT_SCHEMA.items()).lazy()


def one_row(index_day: int = 0) -> pl.DataFrame:
    """One row for person 1."""
    return pl.DataFrame(
        {
            "row_id": [0],
            "person_id": [1],
            "index_day": [index_day],
            "days_of_prior_observation": [400],
        }
    )


def one_person(**changed: object) -> pl.DataFrame:
    """One row for person 1, born in 1930, of whom nothing else is known unless given."""
    unknown = {"sex": "Unknown", "race": "Unknown", "ethnicity": "Unknown"}
    return pl.DataFrame({"person_id": [1], "year_of_birth": [1930], **unknown, **changed})


def covariates(
    *,
    settings: CovariateSettings | None = None,
    person: pl.DataFrame | None = None,
    **domains: pl.LazyFrame,
) -> CovariateMatrix:
    """The covariates of person 1 from the events of each domain that is given."""
    return build_covariates(
        one_row(),
        events=domains,
        person=one_person() if person is None else person,
        concepts=CONCEPTS,
        settings=settings or CovariateSettings(domains=tuple(domains)),
    )


def by_name(matrix: CovariateMatrix) -> dict[str, float]:
    """The value of each covariate, by its name in words, without age and observation."""
    named = matrix.values.join(matrix.covariate_ref, on="covariate_id").filter(
        ~pl.col("analysis_id").is_in([962, 963])
    )
    return dict(named.select("covariate_name", "value").rows())
