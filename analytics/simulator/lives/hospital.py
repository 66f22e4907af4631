"""Stays in hospital, what follows them, and death.

After each discharge another stay within 30 days has a chance that depends on recorded history
(earlier stays, heart failure, kidney and lung disease, age, length of stay above a week (a
threshold), complications, where the person goes; heart failure with kidney disease is worse than
both in sum, an interaction) and on frailty, which nobody records. Within those 30 days nothing
else admits, so that chance is the true risk (for people who do not die first).
"""

from dataclasses import dataclass

import numpy as np

from analytics.days import DAYS_IN_YEAR
from analytics.simulator.draws import Flags, Floats, Integers
from analytics.simulator.lives import complications, drift
from analytics.simulator.lives.bleeding import Bleeding
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.mortality import draw_death_day
from analytics.simulator.lives.people import People
from analytics.simulator.lives.stay_reasons import BLEED, REASONS, reason_weights
from analytics.simulator.timeline import (
    LAST_DAY,
    NEVER,
    accumulate,
    accumulated_at,
    day_when_reached,
    sigmoid,
)
from analytics.simulator.world import World

MOST_STAYS = 40
HOME, NURSING_FACILITY, REHABILITATION, DIED = 8536, 8863, 8920, 4216643


@dataclass(frozen=True, kw_only=True)
class Stays:
    """One entry for each stay (transfers not yet told apart); `person` is a position.

    `complications` is the sum of their `complications.BITS`.
    """

    person: Integers
    number: Integers
    start: Integers
    end: Integers
    reason: Integers
    discharged_to: Integers
    is_readmission: Flags
    readmission_risk: Floats
    complications: Integers


def draw_stays(
    people: People, onsets: Onsets, bleeding: Bleeding, world: World
) -> tuple[Stays, Integers]:
    """Draw every stay of everybody, and the day each person dies (`NEVER` if they do not)."""
    draws = world.draws
    hazard = accumulate(_admission_rate(people, onsets))
    death_day = draw_death_day(people, onsets, world)
    n = len(people)
    now = people.first_start.copy()
    planned = np.full(n, NEVER)
    earlier_starts = np.full((n, MOST_STAYS), -NEVER)
    active = np.arange(n)
    parts = []
    for number in range(MOST_STAYS):
        person_id = people.person_id[active]
        n_recent = _count_recent(earlier_starts[active], now[active])
        start, by_bleed = _next_start(
            hazard,
            bleeding,
            active,
            now,
            planned,
            n_recent,
            draws.exponential("next stay", person_id, number),
        )
        goes_in = (start <= death_day[active]) & (start <= LAST_DAY)
        active, start, by_bleed = active[goes_in], start[goes_in], by_bleed[goes_in]
        if not len(active):
            break
        was_planned = planned[active] == start
        stay, death_day = _draw_stay(
            people,
            onsets,
            active,
            start,
            by_bleed,
            was_planned,
            _count_recent(earlier_starts[active], start),
            number,
            death_day,
            world,
        )
        earlier_starts[active, number] = start
        comes_back = draws.happens(
            "readmitted", people.person_id[active], stay.readmission_risk, number
        )
        lag = 1 + (30 * draws.uniform("readmitted when", people.person_id[active], number) ** 1.3)
        planned[active] = np.where(comes_back, stay.end + lag.astype(np.int64), NEVER)
        now[active] = stay.end + 31
        parts.append(stay)
    return _join(parts), death_day


def _next_start(
    hazard: Floats,
    bleeding: Bleeding,
    active: Integers,
    now: Integers,
    planned: Integers,
    n_recent: Integers,
    wait: Floats,
) -> tuple[Integers, Flags]:
    """When each active person is next admitted, and whether a haemorrhage is why."""
    threshold = accumulated_at(hazard[active], now[active]) + wait / (1 + 0.2 * n_recent)
    by_itself = day_when_reached(hazard[active], threshold)
    days = bleeding.days[active]
    bleeds = np.where(bleeding.is_admitted[active] & (days >= now[active][:, None]), days, NEVER)
    bleed = bleeds.min(axis=1)
    is_planned = planned[active] < NEVER
    by_bleed = ~is_planned & (bleed <= by_itself) & (bleed < NEVER)
    start = np.where(is_planned, planned[active], np.minimum(by_itself, bleed))
    return start, by_bleed


def _draw_stay(
    people: People,
    onsets: Onsets,
    active: Integers,
    start: Integers,
    by_bleed: Flags,
    was_planned: Flags,
    n_recent: Integers,
    number: int,
    death_day: Integers,
    world: World,
) -> tuple[Stays, Integers]:
    """Draw one stay for each active person, and what it does to the day of death."""
    draws = world.draws
    person_id = people.person_id[active]
    age = (start - people.birth_day[active]) / DAYS_IN_YEAR
    has = {name: onsets.days[name][active] <= start for name in onsets.days}
    weights = reason_weights(people.is_female[active], age, has)
    reason = np.where(by_bleed, BLEED, draws.choose("reason for stay", person_id, weights, number))
    typical = np.array([r.typical_days for r in REASONS])[reason]
    spread = draws.normal("length of stay", person_id, number)
    n_days = np.clip(np.round(typical * np.exp(0.62 * spread)), 1, 60).astype(np.int64)

    death_odds = (
        -4.85
        + 0.045 * (age - 65)
        + np.array([r.death for r in REASONS])[reason]
        + 0.5 * has["cancer"]
        + 0.4 * has["heart failure"]
        + 0.45 * people.frailty[active]
    )
    dies_inside = draws.happens("dies in hospital", person_id, sigmoid(death_odds), number)
    end = np.minimum(start + n_days, death_day[active])
    dies_inside |= end == death_day[active]

    goes_to_facility = sigmoid(-3.6 + 0.06 * (age - 60) + 0.9 * has["dementia"] + 0.1 * n_days)
    place = draws.uniform("discharged to", person_id, number)
    discharged_to = np.where(
        place < goes_to_facility * 0.7,
        NURSING_FACILITY,
        np.where(place < goes_to_facility, REHABILITATION, HOME),
    )
    discharged_to = np.where(dies_inside, DIED, discharged_to)
    gone_wrong = complications.draw_complications(person_id, number, age, n_days, world)
    log_odds = _log_odds_of_readmission(
        people, active, age, has, n_recent, n_days, discharged_to, reason, world
    )
    log_odds += complications.extra_readmission(gone_wrong) + drift.extra_readmission(end, world)
    risk = np.where(dies_inside, 0.0, sigmoid(log_odds))

    after = draws.happens("dies soon", person_id, 0.5 * sigmoid(death_odds + 0.4), number)
    lag = 1 + (draws.uniform("dies soon when", person_id, number) * 90).astype(np.int64)
    day = np.where(dies_inside, end, np.where(after, end + lag, NEVER))
    death_day = death_day.copy()
    death_day[active] = np.minimum(death_day[active], day)
    stay = Stays(
        person=active,
        number=np.full(len(active), number),
        start=start,
        end=end,
        reason=reason,
        discharged_to=discharged_to,
        is_readmission=was_planned,
        readmission_risk=risk,
        complications=gone_wrong,
    )
    return stay, death_day


def _log_odds_of_readmission(
    people: People,
    active: Integers,
    age: Floats,
    has: dict[str, Flags],
    n_recent: Integers,
    n_days: Integers,
    discharged_to: Integers,
    reason: Integers,
    world: World,
) -> Floats:
    """Log-odds of another stay starting on days 1 to 30, but for complications and drift."""
    log_odds = (
        -3.75
        + 0.33 * np.minimum(n_recent, 4)
        + 0.55 * has["heart failure"]
        + 0.45 * has["chronic kidney disease"]
        + 0.4 * (has["heart failure"] & has["chronic kidney disease"])
        + 0.4 * has["copd"]
        + 0.3 * has["cancer"]
        + 0.25 * has[DIABETES]
        + 0.012 * (age - 60)
        + 0.55 * (n_days > 7)
        + 0.35 * (discharged_to != HOME)
        + 0.4 * world.profile.unrecorded_facts * people.frailty[active]
        + np.array([r.readmission for r in REASONS])[reason]
    )
    return np.asarray(log_odds)


def _admission_rate(people: People, onsets: Onsets) -> Floats:
    """Admissions a year in each step, without those that follow a discharge."""
    ages = people.ages()
    present = onsets.present
    log_rate = (
        -2.91
        + 0.020 * (np.maximum(ages, 20) - 50)
        + 0.014 * (np.clip(ages, 50, 72) - 50)
        + 0.1 * (ages >= 75)
        + 0.85 * present("heart failure")
        + 0.5 * present("copd")
        + 0.5 * present("chronic kidney disease")
        + 0.25 * present(DIABETES)
        + 0.35 * present("coronary disease")
        + 0.3 * present("atrial fibrillation")
        + 0.5 * present("cancer")
        + 0.4 * present("dementia")
        + 0.2 * present("depression")
        + 0.4 * people.frailty[:, None]
    )
    of_births = 0.05 * (people.is_female[:, None] & (ages >= 20) & (ages < 40))
    rate = np.exp(log_rate) + of_births
    return np.asarray(np.where(ages < 15, rate * 0.5, rate))


def _count_recent(starts: Integers, day: Integers) -> Integers:
    return ((starts >= day[:, None] - 365) & (starts < day[:, None])).sum(axis=1)


def _join(parts: list[Stays]) -> Stays:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Stays(
            person=none,
            number=none,
            start=none,
            end=none,
            reason=none,
            discharged_to=none,
            is_readmission=none.astype(bool),
            readmission_risk=none.astype(float),
            complications=none,
        )
    return Stays(
        person=np.concatenate([s.person for s in parts]),
        number=np.concatenate([s.number for s in parts]),
        start=np.concatenate([s.start for s in parts]),
        end=np.concatenate([s.end for s in parts]),
        reason=np.concatenate([s.reason for s in parts]),
        discharged_to=np.concatenate([s.discharged_to for s in parts]),
        is_readmission=np.concatenate([s.is_readmission for s in parts]),
        readmission_risk=np.concatenate([s.readmission_risk for s in parts]),
        complications=np.concatenate([s.complications for s in parts]),
    )
