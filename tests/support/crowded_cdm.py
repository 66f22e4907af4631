"""A small random CDM whose records crowd around the days where windows end."""

from datetime import date, timedelta
from random import Random

import polars as pl

INDEX_DATE = date(2019, 6, 1)
CONCEPTS = (0, 11, 12, 13, -14)
ANSWERS = (None, 0, 21, 22)
DAYS_FROM_INDEX = (-2000, -366, -365, -364, -181, -180, -31, -30, -29, -2, -1, 0, 1, 5)
LENGTHS = (0, 0, 1, 3, 40, 400)
VALUES = (None, float("nan"), 0.0, -1.0, 1.0, 5.0, 1e6)
N_PEOPLE = 12
N_RECORDS = 160


def crowded_cohort(*, seed: int) -> pl.DataFrame:
    """One row for each index date, two of each person and one of somebody who is in no table."""
    chance = Random(seed)
    starts = [
        (person_id, start)
        for person_id in range(1, N_PEOPLE + 1)
        for start in (INDEX_DATE, INDEX_DATE + timedelta(days=chance.choice((1, 30, 365))))
    ]
    starts.append((999, INDEX_DATE))
    return pl.DataFrame(
        [(row_id, person_id, start, start) for row_id, (person_id, start) in enumerate(starts)],
        schema={
            "row_id": pl.Int64,
            "subject_id": pl.Int64,
            "cohort_start_date": pl.Date,
            "cohort_end_date": pl.Date,
        },
        orient="row",
    )


def crowded_tables(*, seed: int) -> dict[str, pl.DataFrame]:
    """Measurements, visits, condition eras, cohorts, people, and a vocabulary of two ancestors."""
    chance = Random(seed)
    cohort_columns = ("cohort_definition_id", "cohort_start_date", "cohort_end_date")
    return {
        "measurement": _measurements(chance),
        "visit_occurrence": _lasting(
            chance, "visit_concept_id", "visit_start_date", "visit_end_date"
        ),
        "condition_era": _lasting(
            chance, "condition_concept_id", "condition_era_start_date", "condition_era_end_date"
        ),
        "cohort": _lasting(chance, *cohort_columns).rename({"person_id": "subject_id"}),
        "person": pl.DataFrame(
            {
                "person_id": list(range(1, N_PEOPLE + 1)),
                "gender_concept_id": [chance.choice((8507, 8532, 0)) for _ in range(N_PEOPLE)],
                "year_of_birth": [chance.randrange(1930, 2019) for _ in range(N_PEOPLE)],
                "race_concept_id": [chance.choice((8527, 38003614, 0)) for _ in range(N_PEOPLE)],
                "ethnicity_concept_id": [chance.choice((38003563, 0)) for _ in range(N_PEOPLE)],
            }
        ),
        "concept_ancestor": pl.DataFrame(
            {
                "ancestor_concept_id": [100, 100, 200, 200],
                "descendant_concept_id": [11, 12, 12, 200],
                "min_levels_of_separation": [1, 2, 1, 0],
            }
        ),
    }


def _measurements(chance: Random) -> pl.DataFrame:
    records = [
        (
            # Ids far beyond 32 bits: they break ties, and nothing else.
            number * 10**15,
            chance.randrange(1, N_PEOPLE + 3),
            chance.choice(CONCEPTS),
            INDEX_DATE + timedelta(days=chance.choice(DAYS_FROM_INDEX)),
            chance.choice((*VALUES, chance.uniform(-5, 5))),
            chance.choice(ANSWERS),
            chance.choice((None, -1.0, 1.0)),
            chance.choice((None, 1.0, 5.0)),
        )
        for number in range(N_RECORDS)
    ]
    chance.shuffle(records)
    return pl.DataFrame(
        records,
        schema={
            "measurement_id": pl.Int64,
            "person_id": pl.Int64,
            "measurement_concept_id": pl.Int64,
            "measurement_date": pl.Date,
            "value_as_number": pl.Float64,
            "value_as_concept_id": pl.Int64,
            "range_low": pl.Float64,
            "range_high": pl.Float64,
        },
        orient="row",
    )


def _lasting(chance: Random, concept: str, start: str, end: str) -> pl.DataFrame:
    records = []
    for _ in range(N_RECORDS // 2):
        first = INDEX_DATE + timedelta(days=chance.choice(DAYS_FROM_INDEX))
        last = first + timedelta(days=chance.choice(LENGTHS))
        records.append((chance.randrange(1, N_PEOPLE + 3), chance.choice(CONCEPTS), first, last))
    return pl.DataFrame(
        records,
        schema={"person_id": pl.Int64, concept: pl.Int64, start: pl.Date, end: pl.Date},
        orient="row",
    )
