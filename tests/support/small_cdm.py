"""A CDM of a few people for one test: pictures of tables become the CDM that is asked."""

from datetime import date

import polars as pl

from analytics.features.covariates import Covariates
from analytics.features.prespecified import PolarsCdm, build_prespecified_covariates
from tests.support.tables import table

INDEX_DATE = date(2020, 6, 15)
PERSON = """
    person_id | gender_concept_id | year_of_birth
    ----------+-------------------+--------------
            1 |              8507 |          1960
            2 |              8532 |          1950
            3 |                 0 |          1940
"""


def cohort(*subjects: int, start: date = INDEX_DATE, end: date = INDEX_DATE) -> pl.DataFrame:
    """One row for each subject, row_id 10, 20, … in their order."""
    return pl.DataFrame(
        {
            "row_id": [10 * (number + 1) for number in range(len(subjects))],
            "subject_id": list(subjects),
            "cohort_start_date": start,
            "cohort_end_date": end,
        }
    )


def every_covariate_of(
    *subjects: int,
    end_day: int = -1,
    rows: pl.DataFrame | None = None,
    **tables: str | pl.DataFrame,
) -> Covariates:
    """Of all 118 analyses: the covariates of these people."""
    preset = "featureextraction-all"
    return covariates_of(*subjects, preset=preset, end_day=end_day, rows=rows, **tables)


def covariates_of(
    *subjects: int,
    preset: str = "featureextraction-default",
    end_day: int = -1,
    rows: pl.DataFrame | None = None,
    **tables: str | pl.DataFrame,
) -> Covariates:
    """The covariates of these people in a CDM of `PERSON` and the tables given."""
    frames = {"person": PERSON} | tables
    cdm = PolarsCdm(
        {
            name: (table(frame) if isinstance(frame, str) else frame).lazy()
            for name, frame in frames.items()
        }
    )
    asked = cohort(*subjects) if rows is None else rows
    return build_prespecified_covariates(asked, cdm, preset=preset, end_day=end_day)


def values(made: Covariates, *analyses: int) -> dict[tuple[int, int], float]:
    """The value of each (row_id, covariate_id) of these analyses."""
    triples = made.covariates.filter((pl.col("covariate_id") % 1000).is_in(analyses))
    return {(row_id, covariate_id): value for row_id, covariate_id, value in triples.iter_rows()}


def ids(made: Covariates, *analyses: int) -> set[int]:
    """The covariate ids of these analyses that somebody has."""
    return {covariate_id for _, covariate_id in values(made, *analyses)}
