"""First use of celecoxib or diclofenac, and gastrointestinal haemorrhages.

A new user's chance of a haemorrhage within a year rises with age (with a step at 75, a threshold),
a history of peptic ulcer or reflux, anticoagulants (more than in sum together with an ulcer or
with diclofenac: interactions), kidney disease, and with drinking and frailty, which are not
recorded; acid suppressants protect. Which drug it is follows from `treatment.py`. Everybody else,
and everybody outside that year, has a small background rate.

Both potential outcomes are drawn, with one random number: a person who would bleed at the lower of
the two risks bleeds on either drug.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Flags, Floats, Integers
from analytics.simulator.lives.diseases import Onsets
from analytics.simulator.lives.drug_courses import ACID_SUPPRESSANTS, ANTICOAGULANTS, Courses
from analytics.simulator.lives.people import People
from analytics.simulator.lives.treatment import (
    CELECOXIB,
    DICLOFENAC,
    chance_of_celecoxib,
    log_odds_of_diclofenac,
)
from analytics.simulator.timeline import NEVER, accumulate, day_when_reached, sigmoid
from analytics.simulator.world import World

DAYS_AT_RISK = 365


@dataclass(frozen=True, kw_only=True)
class Bleeding:
    """For each person: first NSAID day and drug, what either drug would do, days of haemorrhages.

    `risk_on_*` is the true chance of a haemorrhage on days 1 to 365 after the first NSAID, and
    `bleeds_on_*` whether there would be one, on each of the drugs; `days` has one column for each
    possible haemorrhage (`NEVER` where there is none), the first of them that on the NSAID, and
    `is_admitted` says which of them lead to a stay in hospital.
    """

    nsaid_day: Integers
    nsaid_drug: Integers
    nsaid_last_day: Integers
    had_ulcer: Flags
    chance_of_celecoxib: Floats
    risk_on_celecoxib: Floats
    risk_on_diclofenac: Floats
    bleeds_on_celecoxib: Flags
    bleeds_on_diclofenac: Flags
    days: Integers
    is_admitted: Flags

    @property
    def risk_after_nsaid(self) -> Floats:
        """The risk on the drug that is taken."""
        return np.where(
            self.nsaid_drug == DICLOFENAC, self.risk_on_diclofenac, self.risk_on_celecoxib
        )


def draw_bleeding(people: People, onsets: Onsets, courses: Courses, world: World) -> Bleeding:
    """Draw first NSAID use and haemorrhages for everybody."""
    draws, person_id = world.draws, people.person_id
    nsaid_day = _draw_nsaid_day(people, onsets, world)
    had_ulcer = onsets.days["peptic ulcer"] < nsaid_day
    chance = chance_of_celecoxib(people, had_ulcer, world)
    takes_celecoxib = draws.happens("which nsaid", person_id, chance)
    lasts = 29 + draws.exponential("nsaid lasts", person_id) * 110

    log_odds = _log_odds_on_celecoxib(people, onsets, courses, nsaid_day, world)
    on_anticoagulant = courses.current(ANTICOAGULANTS, len(people), nsaid_day)
    on_celecoxib = sigmoid(log_odds)
    on_diclofenac = sigmoid(log_odds + log_odds_of_diclofenac(on_anticoagulant, world))
    luck = draws.uniform("bleeds after nsaid", person_id)
    bleeds_on_celecoxib = (nsaid_day < NEVER) & (luck < on_celecoxib)
    bleeds_on_diclofenac = (nsaid_day < NEVER) & (luck < on_diclofenac)
    bleeds = np.where(takes_celecoxib, bleeds_on_celecoxib, bleeds_on_diclofenac)
    lag = 1 + np.floor(DAYS_AT_RISK * draws.uniform("bleeds when", person_id) ** 1.5)
    on_nsaid = np.where(bleeds, nsaid_day + lag.astype(np.int64), NEVER)
    days = _all_days(people, onsets, nsaid_day, on_nsaid, world)
    number = np.arange(days.shape[1])[None, :]
    return Bleeding(
        nsaid_day=nsaid_day,
        nsaid_drug=np.where(takes_celecoxib, CELECOXIB, DICLOFENAC),
        nsaid_last_day=np.where(nsaid_day < NEVER, nsaid_day + lasts.astype(np.int64), NEVER),
        had_ulcer=had_ulcer & (nsaid_day < NEVER),
        chance_of_celecoxib=chance,
        risk_on_celecoxib=on_celecoxib,
        risk_on_diclofenac=on_diclofenac,
        bleeds_on_celecoxib=bleeds_on_celecoxib,
        bleeds_on_diclofenac=bleeds_on_diclofenac,
        days=days,
        is_admitted=draws.happens("bleed admitted", person_id[:, None], 0.55, number),
    )


def _draw_nsaid_day(people: People, onsets: Onsets, world: World) -> Integers:
    ages = people.ages()
    painful = onsets.present("osteoarthritis") * 1.0 + 0.8 * onsets.present("rheumatoid arthritis")
    rate = 0.030 * np.exp(1.15 * np.minimum(painful, 1.2)) * np.where(ages >= 60, 1.25, 1.0)
    rate = np.where(ages >= 18, rate, 0)
    rate /= 1 + 0.4 * onsets.present("chronic kidney disease")
    return day_when_reached(
        accumulate(rate), world.draws.exponential("first nsaid", people.person_id)
    )


def _log_odds_on_celecoxib(
    people: People, onsets: Onsets, courses: Courses, day: Integers, world: World
) -> Floats:
    """Log-odds of a haemorrhage on days 1 to 365 after a first celecoxib on this day."""
    n = len(people)
    age = people.age_on(day)
    on_anticoagulant = courses.current(ANTICOAGULANTS, n, day)
    on_acid_suppressant = courses.current(ACID_SUPPRESSANTS, n, day)
    had_ulcer = onsets.days["peptic ulcer"] < day
    unrecorded = 0.9 * people.drinks + 0.3 * people.frailty
    return np.asarray(
        -3.25
        + 0.045 * np.clip(age - 55, -30, 35)
        + 0.6 * (age >= 75)
        + 1.4 * had_ulcer
        + 0.9 * on_anticoagulant
        + 0.5 * (on_anticoagulant & had_ulcer)
        + 0.6 * (onsets.days["chronic kidney disease"] <= day)
        + 0.5 * (onsets.days["reflux"] <= day)
        - 0.6 * on_acid_suppressant
        + world.profile.unrecorded_facts * unrecorded
    )


def _all_days(
    people: People, onsets: Onsets, nsaid_day: Integers, on_nsaid: Integers, world: World
) -> Integers:
    """The haemorrhage on the NSAID, one of the background, and one that comes again."""
    draws, person_id = world.draws, people.person_id
    rate = 0.0011 * np.exp(
        0.035 * (people.ages() - 55)
        + 1.2 * onsets.present("peptic ulcer")
        + 0.7 * onsets.present("atrial fibrillation")
        + 0.5 * people.drinks[:, None]
    )
    background = day_when_reached(
        accumulate(rate), draws.exponential("background bleed", person_id)
    )
    background = _outside_the_year(background, nsaid_day)
    first = np.minimum(on_nsaid, background)
    comes_again = (first < NEVER) & draws.happens("bleeds again", person_id, 0.12)
    pause = 40 + (draws.exponential("bleeds again when", person_id) * 300).astype(np.int64)
    again = _outside_the_year(np.where(comes_again, first + pause, NEVER), nsaid_day)
    return np.column_stack([on_nsaid, background, again])


def _outside_the_year(day: Integers, nsaid_day: Integers) -> Integers:
    """The day, or `NEVER` where it falls into the year at risk, whose risk is said once."""
    inside = (day > nsaid_day) & (day <= nsaid_day + DAYS_AT_RISK)
    return np.where(inside, NEVER, day)
