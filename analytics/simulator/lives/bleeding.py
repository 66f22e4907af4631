"""First use of celecoxib or diclofenac, and gastrointestinal haemorrhages.

A new user's chance of a haemorrhage within a year rises with age (with a step at 75), a history
of peptic ulcer or reflux, anticoagulants (most of all together with diclofenac) and kidney
disease, and with drinking, which is not recorded; acid suppressants protect. Apart from that
everybody has a small background rate.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.diseases import Onsets
from analytics.simulator.lives.drug_courses import ACID_SUPPRESSANTS, ANTICOAGULANTS, Courses
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import NEVER, accumulate, day_when_reached, sigmoid

CELECOXIB, DICLOFENAC = 1118084, 1124300


@dataclass(frozen=True, kw_only=True)
class Bleeding:
    """For each person: first NSAID day and drug, true one-year risk then, days of haemorrhages.

    `days` has one column for each possible haemorrhage (`NEVER` where there is none) and
    `is_admitted` says which of them lead to a stay in hospital.
    """

    nsaid_day: Integers
    nsaid_drug: Integers
    nsaid_last_day: Integers
    risk_after_nsaid: Floats
    days: Integers
    is_admitted: Flags


def draw_bleeding(people: People, onsets: Onsets, courses: Courses, draws: Draws) -> Bleeding:
    """Draw first NSAID use and haemorrhages for everybody."""
    person_id = people.person_id
    ages = people.ages()
    painful = onsets.present("osteoarthritis") * 1.0 + 0.8 * onsets.present("rheumatoid arthritis")
    start_rate = 0.030 * np.exp(1.15 * np.minimum(painful, 1.2)) * np.where(ages >= 60, 1.25, 1.0)
    start_rate = np.where(ages >= 18, start_rate, 0)
    start_rate /= 1 + 0.4 * onsets.present("chronic kidney disease")
    nsaid_day = day_when_reached(
        accumulate(start_rate), draws.exponential("first nsaid", person_id)
    )
    has_ulcer = onsets.days["peptic ulcer"] <= nsaid_day
    has_reflux = onsets.days["reflux"] <= nsaid_day
    is_cautious = 0.42 + 0.25 * (has_ulcer | has_reflux) + 0.004 * (people.age_on(nsaid_day) - 50)
    takes_celecoxib = draws.happens("which nsaid", person_id, is_cautious)
    nsaid_drug = np.where(takes_celecoxib, CELECOXIB, DICLOFENAC)
    lasts = 29 + draws.exponential("nsaid lasts", person_id) * 110

    risk = _risk_after_nsaid(people, onsets, courses, nsaid_day, nsaid_drug)
    bleeds = (nsaid_day < NEVER) & draws.happens("bleeds after nsaid", person_id, risk)
    lag = 1 + np.floor(365 * draws.uniform("bleeds when", person_id) ** 1.5).astype(np.int64)
    background = _background_days(people, onsets, draws)
    days = np.column_stack([np.where(bleeds, nsaid_day + lag, NEVER), background])
    again = (days.min(axis=1) < NEVER) & draws.happens("bleeds again", person_id, 0.12)
    pause = 40 + (draws.exponential("bleeds again when", person_id) * 300).astype(np.int64)
    days = np.column_stack([days, np.where(again, days.min(axis=1) + pause, NEVER)])
    number = np.arange(days.shape[1])[None, :]
    return Bleeding(
        nsaid_day=nsaid_day,
        nsaid_drug=nsaid_drug,
        nsaid_last_day=np.where(nsaid_day < NEVER, nsaid_day + lasts.astype(np.int64), NEVER),
        risk_after_nsaid=risk,
        days=days,
        is_admitted=draws.happens("bleed admitted", person_id[:, None], 0.55, number),
    )


def _risk_after_nsaid(
    people: People, onsets: Onsets, courses: Courses, day: Integers, drug: Integers
) -> Floats:
    """True chance of a haemorrhage on days 1 to 365 after the first NSAID."""
    n = len(people)
    age = people.age_on(np.minimum(day, NEVER))
    on_anticoagulant = courses.current(ANTICOAGULANTS, n, day)
    on_acid_suppressant = courses.current(ACID_SUPPRESSANTS, n, day)
    has_ulcer = onsets.days["peptic ulcer"] <= day
    log_odds = (
        -2.65
        + 0.045 * np.clip(age - 55, -30, 35)
        + 0.6 * (age >= 75)
        + 1.5 * has_ulcer
        + 0.9 * on_anticoagulant
        + 0.9 * (on_anticoagulant & (drug == DICLOFENAC))
        + 0.6 * (onsets.days["chronic kidney disease"] <= day)
        + 0.5 * (onsets.days["reflux"] <= day)
        + 0.35 * (drug == DICLOFENAC)
        + 0.8 * people.drinks
        - 0.6 * on_acid_suppressant
    )
    return sigmoid(log_odds)


def _background_days(people: People, onsets: Onsets, draws: Draws) -> Integers:
    rate = 0.0011 * np.exp(
        0.035 * (people.ages() - 55)
        + 1.2 * onsets.present("peptic ulcer")
        + 0.7 * onsets.present("atrial fibrillation")
        + 0.5 * people.drinks[:, None]
    )
    threshold = draws.exponential("background bleed", people.person_id)
    return day_when_reached(accumulate(rate), threshold)
