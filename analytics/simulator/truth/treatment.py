"""Both potential outcomes of each new user of celecoxib or diclofenac, and a statin's time."""

import numpy as np
import polars as pl

from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.illness import illness
from analytics.simulator.lives.treatment import DICLOFENAC
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY
from analytics.simulator.truth.frames import dates_or_null, observed_since
from analytics.simulator.truth.risks import WASHOUT_DAYS, new_users


def treatment_truth(lives: Lives) -> pl.DataFrame:
    """One row for each person whose first celecoxib or diclofenac is recorded."""
    bleeding, people, user = lives.bleeding, lives.people, new_users(lives)
    index = bleeding.nsaid_day[user]
    in_second = index >= people.second_start[user]
    return pl.DataFrame(
        {
            "person_id": people.person_id[user],
            "index_date": days_to_dates(index),
            "takes_diclofenac": bleeding.nsaid_drug[user] == DICLOFENAC,
            "chance_of_celecoxib": bleeding.chance_of_celecoxib[user],
            "had_ulcer": bleeding.had_ulcer[user],
            "drinks": people.drinks[user],
            "illness": illness(people, lives.onsets, bleeding.nsaid_day)[user],
            "risk_on_celecoxib": bleeding.risk_on_celecoxib[user],
            "risk_on_diclofenac": bleeding.risk_on_diclofenac[user],
            "bleeds_on_celecoxib": bleeding.bleeds_on_celecoxib[user],
            "bleeds_on_diclofenac": bleeding.bleeds_on_diclofenac[user],
            "event_date": dates_or_null(bleeding.days[user, 0]),
            "death_date": dates_or_null(lives.death_day[user]),
            "leaving_date": days_to_dates(np.where(in_second, LAST_DAY, lives.leaving_day[user])),
            "is_study_member": observed_since(lives, user, index) + WASHOUT_DAYS <= index,
        }
    )


def statin_truth(lives: Lives) -> pl.DataFrame:
    """One row for each person whose diabetes begins while they are observed."""
    onset = lives.onsets.days[DIABETES]
    person = np.flatnonzero((onset >= FIRST_DAY) & (onset <= LAST_DAY))
    person = person[lives.is_observed(person, onset[person])]
    start = lives.statins.start[person]
    in_second = onset[person] >= lives.people.second_start[person]
    leaving = np.where(in_second, LAST_DAY, lives.leaving_day[person])
    end = np.minimum(lives.death_day[person], leaving)
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[person],
            "diagnosis_date": days_to_dates(onset[person]),
            "statin_date": dates_or_null(start),
            "is_begun": start <= end,
            "death_date": dates_or_null(lives.death_day[person]),
            "leaving_date": days_to_dates(leaving),
        }
    )
