"""What is observed and is no condition, drug, procedure or measurement: `observation`.

Tobacco and language as concepts, pain as a number from 0 to 10, each race of people who said
more than one.
"""

import numpy as np
import polars as pl

from analytics.simulator.draws import Floats, Integers
from analytics.simulator.lives.people import LANGUAGES
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import EMERGENCY, FIRST_VISIT, OUTPATIENT, Visits
from analytics.simulator.records.events import days_to_dates, visit_columns
from analytics.simulator.world import World

EHR = 32817
TOBACCO_STATUS, NEVER_SMOKED, FORMER_SMOKER, SMOKER = 43054909, 45879404, 45883458, 45881517
RACE_SAID, MORE_THAN_ONE_RACE = 4013886, 1546847
PREFERRED_LANGUAGE, PAIN_SEVERITY = 40758030, 3034263
# In the order of LANGUAGES: English, Spanish, and 0 for any other, which nobody maps.
LANGUAGE_CONCEPTS = np.array([4180186, 4182511, 0])
_FIRST_VISIT_ID = 1


def observations(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """The table `observation`, by person and day. One row for each fact."""
    parts = [
        _tobacco(lives, visits, world),
        _languages(lives, visits, world),
        _pain(lives, visits, world),
        _races(lives, world),
    ]
    return (
        pl.concat(parts, how="diagonal")
        .sort(
            "person_id",
            "observation_date",
            "observation_concept_id",
            "value_as_concept_id",
            maintain_order=True,
        )
        .with_columns(pl.lit(EHR).alias("observation_type_concept_id"))
    )


def _at_visits(
    lives: Lives,
    visits: Visits,
    row: Integers,
    concept: int,
    **value: Integers | Floats | pl.Series,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[visits.person[row]],
            "observation_concept_id": np.full(len(row), concept),
            "observation_date": days_to_dates(visits.start[row]),
            **value,
            **visit_columns(row, visits, _FIRST_VISIT_ID),
        }
    )


def _tobacco(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """Tobacco status, asked of people from 15 years on at some visits."""
    people = lives.people
    person_id = people.person_id[visits.person]
    is_grown = visits.start - people.birth_day[visits.person] >= 15 * 365
    asked = is_grown & world.draws.happens("tobacco asked", person_id, 0.09, visits.number)
    row = np.flatnonzero(asked)
    person = visits.person[row]
    status = np.where(
        people.is_smoker[person],
        SMOKER,
        np.where(people.was_smoker[person], FORMER_SMOKER, NEVER_SMOKED),
    )
    return _at_visits(lives, visits, row, TOBACCO_STATUS, value_as_concept_id=status)


def _languages(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """The language that a person prefers, asked of most people at their first visit."""
    people = lives.people
    row = np.flatnonzero(visits.purpose == FIRST_VISIT)
    person = visits.person[row]
    is_asked = world.draws.happens("language asked", people.person_id[person], 0.93)
    row, person = row[is_asked], person[is_asked]
    language = people.language[person]
    return _at_visits(
        lives,
        visits,
        row,
        PREFERRED_LANGUAGE,
        value_as_concept_id=LANGUAGE_CONCEPTS[language],
        value_source_value=pl.Series(np.array(LANGUAGES)[language], dtype=pl.String),
    )


def _pain(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """How bad pain is, 0 to 10, at emergencies and at some visits to the surgery."""
    people = lives.people
    person_id = people.person_id[visits.person]
    chance = np.where(visits.kind == EMERGENCY, 0.6, np.where(visits.kind == OUTPATIENT, 0.03, 0.0))
    row = np.flatnonzero(world.draws.happens("pain asked", person_id, chance, visits.number))
    person, day = visits.person[row], visits.start[row]
    aches = lives.onsets.present_on("osteoarthritis", person, day) * 1.2
    usual = 2.2 + aches + 2.0 * (visits.kind[row] == EMERGENCY)
    noise = world.draws.normal("pain", person_id[row], visits.number[row])
    score = np.clip(np.rint(usual + 2.3 * noise), 0, 10)
    return _at_visits(lives, visits, row, PAIN_SEVERITY, value_as_number=score)


def _races(lives: Lives, world: World) -> pl.DataFrame:
    """Each race of people who said more than one."""
    people = lives.people
    mixed = np.flatnonzero(people.race == MORE_THAN_ONE_RACE)
    second = world.draws.choose("second race", people.person_id[mixed], np.array([0.45, 0.35, 0.2]))
    said = np.concatenate([np.full(len(mixed), 8527), np.array([8516, 8515, 8657])[second]])
    mixed = np.concatenate([mixed, mixed])
    return pl.DataFrame(
        {
            "person_id": people.person_id[mixed],
            "observation_concept_id": np.full(len(mixed), RACE_SAID),
            "observation_date": days_to_dates(people.first_start[mixed]),
            "value_as_concept_id": said,
        }
    )
