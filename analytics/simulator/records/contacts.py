"""Visits: when people and the health system meet, and what each meeting is about.

Outpatient and emergency visits come at a rate set by age, illness and how readily someone seeks
care; a new diagnosis, joining, starting an NSAID, a haemorrhage and a discharge each bring one.
A stay of two days or more may be a transfer: two inpatient visits, the second starting on the
day the first ends.
"""

from dataclasses import dataclass, replace

import numpy as np

from analytics.simulator.draws import Draws, Flags, Integers
from analytics.simulator.lives.care_sites import N_CARE_SITES
from analytics.simulator.lives.hospital import DIED
from analytics.simulator.lives.people import PROVIDERS_PER_SITE
from analytics.simulator.lives.stay_reasons import BLEED
from analytics.simulator.lives.whole import Lives
from analytics.simulator.ordering import sorted_order
from analytics.simulator.timeline import LAST_DAY, N_STEPS, NEVER, STEP_DAYS, STEP_STARTS
from analytics.simulator.world import World

INPATIENT, OUTPATIENT, EMERGENCY = 9201, 9202, 9203
# What a visit is about; where two visits of a kind fall on one day, the later here is kept.
ROUTINE, FOR_NSAID, FOLLOW_UP, FIRST_VISIT, DIAGNOSIS = range(5)
URGENT, BEFORE_STAY, FOR_BLEED, STAY = range(5, 9)
INPATIENT_HOSPITAL = 8717


@dataclass(frozen=True, kw_only=True)
class Visits:
    """One entry for each visit, sorted by person, start, kind and end; `person` is a position.

    `stay` is the position of the stay that an inpatient visit records, else -1; `preceding` the
    position of the visit a transfer came from, else -1; `number` tells a person's visits apart.
    """

    person: Integers
    start: Integers
    end: Integers
    kind: Integers
    purpose: Integers
    stay: Integers
    discharged_to: Integers
    admitted_from: Integers
    preceding: Integers
    care_site_id: Integers
    provider_id: Integers
    number: Integers

    def __len__(self) -> int:
        return len(self.person)

    def take(self, chosen: Integers | Flags) -> "Visits":
        """These visits only, in this order."""
        return Visits(**{name: column[chosen] for name, column in vars(self).items()})


def draw_visits(lives: Lives, world: World) -> Visits:
    """Draw all visits that fall inside observation."""
    draws = world.draws
    short = [
        _routine(lives, draws),
        _emergencies(lives, draws),
        _first_visits(lives, draws),
        _diagnoses(lives),
        _for_nsaid(lives),
        _for_bleeds(lives),
        *_around_stays(lives, draws),
    ]
    person, day, kind, purpose = (np.concatenate(column) for column in zip(*short, strict=True))
    seen = lives.is_observed(person, day) & ~_in_hospital(lives, person, day)
    outside = _short_visits(person[seen], day[seen], kind[seen], purpose[seen])
    return _in_order(lives, draws, [outside, *_inpatient(lives, draws)])


_Short = tuple[Integers, Integers, Integers, Integers]


def _short(person: Integers, day: Integers, kind: int, purpose: int) -> _Short:
    n = len(person)
    return person, day.astype(np.int64), np.full(n, kind), np.full(n, purpose)


def _routine(lives: Lives, draws: Draws) -> _Short:
    people = lives.people
    ages = people.ages()
    burden = np.zeros_like(ages)
    for name in (
        "hypertension",
        "type 2 diabetes",
        "heart failure",
        "copd",
        "depression",
        "chronic kidney disease",
        "coronary disease",
        "cancer",
        "rheumatoid arthritis",
    ):
        burden += lives.onsets.present(name)
    a_year = 1.5 + 0.018 * np.clip(ages - 18, 0, 62) + 0.95 * np.minimum(burden, 5)
    a_year *= (people.care_seeking * np.where(people.is_female, 1.1, 0.9))[:, None]
    chance = 1 - np.exp(-a_year * STEP_DAYS / 365 / 2)
    number = np.arange(N_STEPS)[None, :]
    person_id = people.person_id[:, None]
    parts = []
    for turn in range(2):
        comes = draws.happens(f"visit {turn}", person_id, chance, number)
        person, step = np.nonzero(comes)
        within = draws.uniform(f"visit day {turn}", people.person_id[person], step)
        day = STEP_STARTS[step] + (within * STEP_DAYS).astype(np.int64)
        # The surgery is shut on Sundays, and on Saturdays for most (1970-01-01 was a Thursday).
        day += np.where((day + 3) % 7 == 6, 1, 0)
        parts.append((person, day))
    person, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _short(person, day, OUTPATIENT, ROUTINE)


def _emergencies(lives: Lives, draws: Draws) -> _Short:
    people = lives.people
    a_year = (
        0.22
        * np.exp(0.35 * people.frailty + 0.2 * people.is_smoker)[:, None]
        * (
            1
            + 0.5 * (people.ages() >= 75)
            + 0.8 * lives.onsets.present("heart failure")
            + 0.7 * lives.onsets.present("copd")
        )
    )
    number = np.arange(N_STEPS)[None, :]
    chance = 1 - np.exp(-a_year * STEP_DAYS / 365)
    comes = draws.happens("emergency", people.person_id[:, None], chance, number)
    person, step = np.nonzero(comes)
    within = draws.uniform("emergency day", people.person_id[person], step)
    return _short(
        person, STEP_STARTS[step] + (within * STEP_DAYS).astype(np.int64), EMERGENCY, URGENT
    )


def _first_visits(lives: Lives, draws: Draws) -> _Short:
    people = lives.people
    soon = (draws.exponential("first visit", people.person_id) * 40).astype(np.int64)
    person = np.arange(len(people))
    return _short(person, people.first_start + 1 + soon, OUTPATIENT, FIRST_VISIT)


def _diagnoses(lives: Lives) -> _Short:
    everyone = np.arange(len(lives.people))
    parts = [
        (everyone[days <= LAST_DAY], days[days <= LAST_DAY]) for days in lives.onsets.days.values()
    ]
    person, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _short(person, day, OUTPATIENT, DIAGNOSIS)


def _for_nsaid(lives: Lives) -> _Short:
    person = np.flatnonzero(lives.bleeding.nsaid_day < NEVER)
    return _short(person, lives.bleeding.nsaid_day[person], OUTPATIENT, FOR_NSAID)


def _for_bleeds(lives: Lives) -> _Short:
    person, column = np.nonzero(lives.bleeding.days <= LAST_DAY)
    return _short(person, lives.bleeding.days[person, column], EMERGENCY, FOR_BLEED)


def _around_stays(lives: Lives, draws: Draws) -> list[_Short]:
    stays = lives.stays
    person_id = lives.people.person_id[stays.person]
    by_emergency = draws.happens("stay by emergency", person_id, 0.62, stays.number)
    by_emergency &= stays.reason != BLEED
    seen_after = draws.happens("seen after stay", person_id, 0.65, stays.number)
    seen_after &= stays.discharged_to != DIED
    lag = 5 + (draws.uniform("seen after stay when", person_id, stays.number) * 16).astype(np.int64)
    return [
        _short(stays.person[by_emergency], stays.start[by_emergency], EMERGENCY, BEFORE_STAY),
        _short(stays.person[seen_after], (stays.end + lag)[seen_after], OUTPATIENT, FOLLOW_UP),
    ]


def _in_hospital(lives: Lives, person: Integers, day: Integers) -> Flags:
    """Whether the day lies after the start and up to the end of a stay of that person."""
    stays = lives.stays
    if not len(stays.person):
        return np.zeros(len(person), dtype=bool)
    order = sorted_order(stays.person, stays.start)
    starts = stays.person[order] * 10_000_000 + stays.start[order]
    latest = np.searchsorted(starts, person * 10_000_000 + day, side="left") - 1
    found = order[np.maximum(latest, 0)]
    inside = (latest >= 0) & (stays.person[found] == person) & (stays.end[found] >= day)
    return np.asarray(inside)


def _short_visits(person: Integers, day: Integers, kind: Integers, purpose: Integers) -> Visits:
    nothing = np.zeros(len(person), dtype=np.int64)
    return Visits(
        person=person,
        start=day,
        end=day,
        kind=kind,
        purpose=purpose,
        stay=nothing - 1,
        discharged_to=nothing,
        admitted_from=nothing,
        preceding=nothing - 1,
        care_site_id=nothing,
        provider_id=nothing,
        number=nothing,
    )


def _inpatient(lives: Lives, draws: Draws) -> list[Visits]:
    """Stays as they are recorded: one visit, or two where the person was transferred."""
    stays = lives.stays
    seen = lives.is_observed(stays.person, stays.start) & (
        stays.end <= lives.observed_until(stays.person, stays.start)
    )
    stay = np.flatnonzero(seen)
    person_id = lives.people.person_id[stays.person[stay]]
    n_days = stays.end[stay] - stays.start[stay]
    number = stays.number[stay]
    moved = (n_days >= 2) & draws.happens("transferred", person_id, 0.07, number)
    within = draws.uniform("transferred when", person_id, number)
    middle = stays.start[stay] + 1 + np.floor(within * (n_days - 1)).astype(np.int64)

    def visits(
        rows: Flags, start: Integers, end: Integers, going_to: Integers, came: Integers
    ) -> Visits:
        short = _short_visits(
            stays.person[stay][rows],
            start[rows],
            np.full(rows.sum(), INPATIENT),
            np.full(rows.sum(), STAY),
        )
        return replace(
            short,
            end=end[rows],
            stay=stay[rows],
            discharged_to=going_to[rows],
            admitted_from=came[rows],
        )

    starts, ends, going_to = stays.start[stay], stays.end[stay], stays.discharged_to[stay]
    here = np.full(len(stay), INPATIENT_HOSPITAL)
    unknown = np.zeros(len(stay), dtype=np.int64)
    return [
        visits(~moved, starts, ends, going_to, unknown),
        visits(moved, starts, middle, here, unknown),
        visits(moved, middle, ends, going_to, here),
    ]


def _in_order(lives: Lives, draws: Draws, parts: list[Visits]) -> Visits:
    names = Visits.__dataclass_fields__
    visits = Visits(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})
    order = sorted_order(visits.person, visits.start, visits.kind, visits.end, visits.purpose)
    visits = visits.take(order)
    # One outpatient visit a day is enough; the most telling purpose stays.
    same = np.zeros(len(visits), dtype=bool)
    same[1:] = (
        (visits.person[1:] == visits.person[:-1])
        & (visits.start[1:] == visits.start[:-1])
        & (visits.kind[1:] == visits.kind[:-1])
        & (visits.kind[1:] != INPATIENT)
    )
    telling = visits.purpose.copy()
    for _ in range(3):
        telling[:-1] = np.where(same[1:], np.maximum(telling[:-1], telling[1:]), telling[:-1])
    visits = replace(visits, purpose=telling).take(~same)

    first_of_person = np.searchsorted(visits.person, np.arange(len(lives.people)))
    number = np.arange(len(visits)) - first_of_person[visits.person]
    came_from = np.full(len(visits), -1)
    is_second = np.flatnonzero(visits.admitted_from == INPATIENT_HOSPITAL)
    is_first = np.flatnonzero(visits.discharged_to == INPATIENT_HOSPITAL)
    first_visit_of = np.full(len(lives.stays.person) + 1, -1)
    first_visit_of[visits.stay[is_first]] = is_first
    came_from[is_second] = first_visit_of[visits.stay[is_second]]

    people = lives.people
    person_id = people.person_id[visits.person]
    own_site = people.care_site_id[visits.person]
    other = 1 + (draws.uniform("visit site", person_id, number) * N_CARE_SITES).astype(np.int64)
    away = draws.happens("visit elsewhere", person_id, 0.08, number) | (came_from >= 0)
    site = np.where(away, other, own_site)
    own_provider = people.provider_id[visits.person]
    other_provider = (
        (site - 1) * PROVIDERS_PER_SITE
        + 1
        + (draws.uniform("visit provider", person_id, number) * PROVIDERS_PER_SITE).astype(np.int64)
    )
    sees_own = (visits.kind == OUTPATIENT) & (site == own_site)
    return replace(
        visits,
        number=number,
        preceding=came_from,
        care_site_id=site,
        provider_id=np.where(sees_own, own_provider, other_provider),
    )
