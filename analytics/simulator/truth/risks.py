"""The true risk behind each shipped study, at each index date of the study's target.

A true risk is the chance that the simulator itself used. It depends on facts that are never
recorded, so no model can quite reach its discrimination.
"""

from datetime import date

import numpy as np
import polars as pl

from analytics.days import to_day
from analytics.simulator.draws import Floats, Integers
from analytics.simulator.lives.complications import BITS
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.hospital import DIED
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import INPATIENT, INPATIENT_HOSPITAL, Visits
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.timeline import LAST_DAY, NEVER
from analytics.simulator.truth.frames import dates_or_null, observed_since

FIRST_YEAR = 2019
ADULT = 18
WASHOUT_DAYS = 365
DAYS_AT_RISK = 365


def readmission_risks(lives: Lives, visits: Visits) -> pl.DataFrame:
    """One row for each recorded discharge alive: person and index date (the discharge day)."""
    stays = lives.stays
    is_last_part = (visits.kind == INPATIENT) & (visits.discharged_to != INPATIENT_HOSPITAL)
    row = np.flatnonzero(is_last_part & (visits.discharged_to != DIED))
    row = row[visits.end[row] < lives.death_day[visits.person[row]]]
    stay = visits.stay[row]
    n_wrong = ((stays.complications[stay][:, None] & BITS[None, :]) > 0).sum(axis=1)
    return _frame(
        lives,
        visits.person[row],
        visits.end[row],
        stays.readmission_risk[stay],
        _readmitted_on(lives)[stay],
        n_complications=pl.Series(n_wrong),
    )


def _readmitted_on(lives: Lives) -> Integers:
    """For each stay the day on which a readmission follows it, or `NEVER`."""
    stays = lives.stays
    order = np.lexsort((stays.start, stays.person))
    follows = np.zeros(len(order), dtype=bool)
    follows[:-1] = stays.person[order[1:]] == stays.person[order[:-1]]
    follows[:-1] &= stays.is_readmission[order[1:]]
    next_start = np.append(stays.start[order[1:]], NEVER)[: len(order)]
    day = np.empty(len(order), dtype=np.int64)
    day[order] = np.where(follows, next_start, NEVER)
    return day


def diabetes_risks(lives: Lives) -> pl.DataFrame:
    """One row for each adult and 1 January after a year of observation."""
    people = lives.people
    onset = lives.onsets.days[DIABETES]
    born = days_to_dates(people.birth_day).dt.year().to_numpy()
    everyone = np.arange(len(people))
    last = days_to_dates(np.array([LAST_DAY]))[0].year
    of_years = []
    for year in range(FIRST_YEAR, last + 1):
        day = np.full(len(people), to_day(date(year, 1, 1)))
        member = lives.is_observed(everyone, day) & (year - born >= ADULT)
        member &= observed_since(lives, everyone, day) + WASHOUT_DAYS <= day
        person = np.flatnonzero(member)
        index = day[person]
        had_before = onset[person] <= index
        risk = np.where(had_before, np.nan, lives.glycaemia.risk_within(day, DAYS_AT_RISK)[person])
        within = ~had_before & (onset[person] <= index + DAYS_AT_RISK)
        event = np.where(within, onset[person], NEVER)
        of_years.append(_frame(lives, person, index, risk, event, had_before=pl.Series(had_before)))
    return (
        pl.concat(of_years)
        .with_columns(pl.col("true_risk").fill_nan(None))
        .sort("person_id", "index_date")
    )


def new_users(lives: Lives) -> Integers:
    """Positions of the people whose first celecoxib or diclofenac is recorded."""
    day = lives.bleeding.nsaid_day
    user = np.flatnonzero(day <= LAST_DAY)
    return user[lives.is_observed(user, day[user])]


def bleeding_risks(lives: Lives) -> pl.DataFrame:
    """One row for each person whose first celecoxib or diclofenac is recorded, on that day."""
    bleeding, user = lives.bleeding, new_users(lives)
    index = bleeding.nsaid_day[user]
    washed_out = observed_since(lives, user, index) + WASHOUT_DAYS <= index
    return _frame(
        lives,
        user,
        index,
        bleeding.risk_after_nsaid[user],
        bleeding.days[user, 0],
        is_study_member=pl.Series(washed_out),
    )


def _frame(
    lives: Lives,
    person: Integers,
    index: Integers,
    risk: Floats,
    event: Integers,
    **more: pl.Series,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[person],
            "index_date": days_to_dates(index),
            "true_risk": risk,
            "event_date": dates_or_null(event),
            **more,
        }
    ).sort("person_id", "index_date")
