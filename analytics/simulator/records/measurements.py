"""What is measured at visits, and when.

Panels are done together, more often in the ill; in hospital every day. `usual_values` says what
comes out; the noise of the day is added here, and some laboratories report in other units.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Floats, Integers
from analytics.simulator.lives.care_sites import LABS_DONE, REPORTS_IN_SI
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.drift import all_report_in_si
from analytics.simulator.lives.whole import Lives
from analytics.simulator.ordering import sorted_order
from analytics.simulator.records.contacts import FOR_BLEED, INPATIENT, OUTPATIENT, Visits
from analytics.simulator.records.measures import (
    LABORATORY_PANELS,
    MEASURES,
    PANELS,
    SI_MEASURES,
    USUAL_MEASURES,
    Measure,
)
from analytics.simulator.records.usual_values import UsualValues
from analytics.simulator.world import World

_BY_NAME = {measure.name: (position, measure) for position, measure in enumerate(USUAL_MEASURES)}
_SI_POSITION = {m.name: len(USUAL_MEASURES) + position for position, m in enumerate(SI_MEASURES)}
MOST_TIMES = 40
"""A panel is done at most this often at one visit; keeps the numbers of draws apart."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One entry for each measurement, in order of person, day and visit; positions as elsewhere."""

    person: Integers
    measure: Integers
    day: Integers
    value: Floats
    visit: Integers


def record_measurements(lives: Lives, visits: Visits, world: World) -> Measured:
    """Every measurement; `world.density` scales how often each panel is done."""
    draws = world.draws
    person_id = lives.people.person_id[visits.person]
    usual = UsualValues(lives=lives, draws=draws)
    parts = []
    for panel, often in _panels_often(lives, visits).items():
        n_times = _whole_times(panel, often * world.density, person_id, visits, draws)
        row = np.repeat(np.arange(len(visits)), n_times)
        time = np.arange(len(row)) - np.repeat(np.cumsum(n_times) - n_times, n_times)
        # In hospital one a day, as long as there are days.
        n_days = visits.end[row] - visits.start[row] + 1
        day = visits.start[row] + time % n_days
        number = visits.number[row] * MOST_TIMES + time
        person = visits.person[row]
        in_si = REPORTS_IN_SI[visits.care_site_id[row] - 1] | all_report_in_si(day, world)
        for name in PANELS[panel]:
            position, measure = _BY_NAME[name]
            noise = draws.normal(f"noise of {name}", lives.people.person_id[person], number)
            value = np.maximum(usual.of(name, person, day) + measure.noise * noise, measure.lowest)
            kind = np.full(len(row), position)
            if name in _SI_POSITION:
                kind = np.where(in_si, _SI_POSITION[name], kind)
            parts.append((person, kind, day, _as_reported(value, kind, measure), row))
    person, kind, day, value, visit = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = sorted_order(person, day, visit, kind)
    return Measured(
        person=person[order],
        measure=kind[order],
        day=day[order],
        value=value[order],
        visit=visit[order],
    )


def _as_reported(value: Floats, kind: Integers, usual: Measure) -> Floats:
    """The value in the unit of each row's measure, rounded as laboratories round it."""
    rounded = np.round(value, usual.decimals)
    if usual.name not in _SI_POSITION:
        return rounded
    in_si = MEASURES[_SI_POSITION[usual.name]]
    is_si = kind == _SI_POSITION[usual.name]
    return np.where(is_si, np.round(value * in_si.times, in_si.decimals), rounded)


def _whole_times(
    panel: str, often: Floats, person_id: Integers, visits: Visits, draws: Draws
) -> Integers:
    """How often a panel is done at each visit: the whole part, and one more by chance."""
    whole = np.floor(often)
    one_more = draws.happens(f"panel {panel}", person_id, often - whole, visits.number)
    return np.minimum(whole + one_more, MOST_TIMES).astype(np.int64)


def _panels_often(lives: Lives, visits: Visits) -> dict[str, Floats]:
    """How often each panel is done at each visit, on average, at the usual density."""
    person, day = visits.person, visits.start
    is_adult = (day - lives.people.birth_day[person]) >= 18 * 365
    has_diabetes = lives.onsets.present_on(DIABETES, person, day)
    is_ill = has_diabetes.copy()
    for name in ("hypertension", "chronic kidney disease", "heart failure", "coronary disease"):
        is_ill |= lives.onsets.present_on(name, person, day)
    at_risk = is_adult & (
        (lives.people.bmi[person] >= 30) | (day - lives.people.birth_day[person] >= 45 * 365)
    )
    is_stay, is_clinic = visits.kind == INPATIENT, visits.kind == OUTPATIENT
    clinic, child = is_clinic & is_adult, is_clinic & ~is_adult
    bleeds = visits.purpose == FOR_BLEED
    n_days = np.minimum(visits.end - visits.start + 1, MOST_TIMES // 2)
    often = {
        "vitals": np.where(clinic, 0.52, np.where(child, 0.20, 0.45)),
        "weight": np.where(clinic, 0.42, np.where(child, 0.35, 0.1)),
        "height": np.where(clinic, 0.05, np.where(child, 0.30, 0.0)),
        "breathing": np.where(clinic, 0.12, 0.55),
        "metabolic": np.where(clinic, 0.07 + 0.14 * is_ill, 0.10 * ~child),
        "liver": np.where(clinic, 0.06 + 0.06 * is_ill, 0.04 * ~child),
        "lipids": np.where(clinic, 0.06 + 0.06 * is_ill, 0.0),
        "hba1c": np.where(clinic, 0.05 + 0.13 * at_risk + 0.35 * has_diabetes, 0.0),
        "blood count": np.where(clinic, 0.08, np.where(bleeds, 0.9, 0.10 * ~child)),
    }
    in_hospital = {
        "vitals": 0.8,
        "weight": 0.25,
        "breathing": 0.5,
        "metabolic": 0.45,
        "liver": 0.15,
        "blood count": 0.45,
    }
    labs = LABS_DONE[visits.care_site_id - 1]
    return {
        panel: np.where(is_stay, in_hospital.get(panel, 0.0) * n_days, usual)
        * (labs if panel in LABORATORY_PANELS else 1.0)
        for panel, usual in often.items()
    }
