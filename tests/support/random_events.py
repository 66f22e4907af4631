"""Small random people and events, crowded around the days where windows end."""

from datetime import date
from random import Random

import polars as pl

from analytics.days import to_day

DOMAINS = ("condition", "drug", "procedure", "measurement", "observation", "device", "visit")
CONCEPTS = (0, 11, 12, 13, -14)
DAYS_FROM_INDEX = (-2000, -366, -365, -364, -181, -180, -31, -30, -29, -2, -1, 0, 1, 5)
LENGTHS = (0, 0, 1, 3, 40, 400)
N_PEOPLE = 25
N_EVENTS = 150
INDEX_DAY = to_day(date(2019, 6, 1))

EVENT_SCHEMA = {
    "event_id": pl.Int64,
    "person_id": pl.Int64,
    "concept_id": pl.Int64,
    "day": pl.Int32,
    "end_day": pl.Int32,
    "value": pl.Float64,
}


def random_rows(*, seed: int) -> pl.DataFrame:
    """One row for each index date, two of each person, as a population has them."""
    chance = Random(seed)
    index_dates = [
        (person_id, day, chance.randrange(2000))
        for person_id in range(1, N_PEOPLE + 1)
        for day in (INDEX_DAY, INDEX_DAY + chance.choice((1, 30, 365)))
    ]
    return pl.DataFrame(
        [(row_id, *index_date) for row_id, index_date in enumerate(index_dates)],
        schema={
            "row_id": pl.Int64,
            "person_id": pl.Int64,
            "index_day": pl.Int32,
            "days_of_prior_observation": pl.Int32,
        },
        orient="row",
    )


def random_people(*, seed: int) -> pl.DataFrame:
    """One row for each person; some of unknown sex, race and ethnicity."""
    chance = Random(seed)
    return pl.DataFrame(
        [
            (
                person_id,
                chance.randrange(1930, 2019),
                chance.choice(("Female", "Male", "Unknown")),
                chance.choice(("White", "Asian", "More than one race", "Unknown")),
                chance.choice(("Hispanic or Latino", "Not Hispanic or Latino", "Unknown")),
            )
            for person_id in range(1, N_PEOPLE + 1)
        ],
        schema={
            "person_id": pl.Int64,
            "year_of_birth": pl.Int32,
            "sex": pl.String,
            "race": pl.String,
            "ethnicity": pl.String,
        },
        orient="row",
    )


def random_events(*, seed: int) -> dict[str, pl.LazyFrame]:
    """One frame for each domain, one row for each event; several events share a day."""
    chance = Random(seed)
    return {domain: _random_domain(chance).lazy() for domain in DOMAINS}


def _random_domain(chance: Random) -> pl.DataFrame:
    events = []
    for event_id in range(N_EVENTS):
        day = INDEX_DAY + chance.choice(DAYS_FROM_INDEX)
        value = chance.choice((None, 0.0, -1.5, float("nan"), chance.random()))
        end_day = day + chance.choice(LENGTHS)
        # A few people who are in no row: their events belong to nobody here.
        person_id = chance.randrange(1, N_PEOPLE + 4)
        events.append((event_id, person_id, chance.choice(CONCEPTS), day, end_day, value))
    chance.shuffle(events)
    return pl.DataFrame(events, schema=EVENT_SCHEMA, orient="row")
