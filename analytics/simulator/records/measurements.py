"""What is measured at visits, and what comes out.

Blood pressure, weight and laboratory values follow from the same facts that drive disease:
HbA1c and body-mass index climb before diabetes is diagnosed and HbA1c falls under treatment,
eGFR falls with kidney disease, LDL with a statin, haemoglobin after a haemorrhage.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.drug_courses import BLOOD_PRESSURE_DRUGS, GLUCOSE_DRUGS, STATINS
from analytics.simulator.lives.people import MALE
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import FOR_BLEED, INPATIENT, OUTPATIENT, Visits
from analytics.simulator.records.measures import MEASURES, PANELS
from analytics.simulator.timeline import FIRST_DAY
from analytics.simulator.world import World

_BY_NAME = {measure.name: (position, measure) for position, measure in enumerate(MEASURES)}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One entry for each measurement, in order of person, day and visit; positions as elsewhere."""

    person: Integers
    measure: Integers
    day: Integers
    value: Floats
    visit: Integers


def record_measurements(lives: Lives, visits: Visits, world: World) -> Measured:
    """Every measurement; `world.density` scales the chance of each panel."""
    draws = world.draws
    person_id = lives.people.person_id[visits.person]
    parts = []
    for panel, chance in _panel_chances(lives, visits).items():
        done = draws.happens(f"panel {panel}", person_id, chance * world.density, visits.number)
        row = np.flatnonzero(done)
        day = visits.start[row]
        for name in PANELS[panel]:
            position, measure = _BY_NAME[name]
            noise = draws.normal(f"noise of {name}", person_id[row], visits.number[row])
            usual = _usual(name, lives, visits.person[row], day, draws)
            value = np.round(usual + measure.noise * noise, measure.decimals)
            value = np.maximum(value, measure.lowest)
            parts.append((visits.person[row], np.full(len(row), position), day, value, row))
    person, kind, day, value, visit = (np.concatenate(c) for c in zip(*parts, strict=True))
    order = np.lexsort((kind, visit, day, person))
    return Measured(
        person=person[order],
        measure=kind[order],
        day=day[order],
        value=value[order],
        visit=visit[order],
    )


def _panel_chances(lives: Lives, visits: Visits) -> dict[str, Floats]:
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
    clinic = is_clinic & is_adult
    return {
        "vitals": np.where(clinic, 0.38, np.where(is_stay, 0.8, 0.12)),
        "pulse": np.where(is_stay, 0.8, np.where(clinic, 0.1, 0.2)),
        "metabolic": np.where(clinic, 0.07 + 0.13 * is_ill, np.where(is_stay, 0.85, 0.06)),
        "lipids": np.where(clinic, 0.05 + 0.06 * is_ill, 0.0),
        "hba1c": np.where(clinic, 0.05 + 0.13 * at_risk + 0.35 * has_diabetes, 0.0),
        "blood count": np.where(
            clinic,
            0.06,
            np.where(is_stay | (visits.purpose == FOR_BLEED), 0.9, 0.1),
        ),
    }


def _usual(name: str, lives: Lives, person: Integers, day: Integers, draws: Draws) -> Floats:
    """The value without the noise of the day."""
    people = lives.people
    present = lives.onsets.present_on
    age = (day - people.birth_day[person]) / 365.25
    own = draws.normal(f"usual {name}", people.person_id)[person]
    is_male = people.sex[person] == MALE
    if name == "sbp":
        treated = lives.courses.count_current(BLOOD_PRESSURE_DRUGS, person, day)
        high = present("hypertension", person, day)
        return (
            112 + 0.22 * np.clip(age - 20, 0, 65) + 19 * high - 5 * np.minimum(treated, 3) + 9 * own
        )
    if name == "dbp":
        treated = lives.courses.count_current(BLOOD_PRESSURE_DRUGS, person, day)
        return 73 + 8 * present("hypertension", person, day) - 2 * np.minimum(treated, 3) + 6 * own
    if name == "bmi":
        grown = np.where(age < 18, 15.5 + 0.45 * age + 0.25 * (people.bmi[person] - 28.6), 0)
        return np.where(age < 18, grown, lives.glycaemia.bmi(people, person, day))
    if name == "heart rate":
        return 74 + 7 * own + 6 * present("heart failure", person, day)
    if name == "egfr":
        return _egfr(lives, person, day, draws)
    if name == "creatinine":
        size = np.where(is_male, 1.0, 0.76)
        return size * 0.92 * (88 / _egfr(lives, person, day, draws)) ** 0.87
    if name == "hba1c":
        return _hba1c(lives, person, day, draws)
    if name == "glucose":
        return np.maximum(28.7 * _hba1c(lives, person, day, draws) - 54, 62)
    if name in ("ldl", "cholesterol"):
        return _ldl(lives, person, day, draws) + (70 if name == "cholesterol" else 0)
    if name == "hdl":
        return np.maximum(51 - 6 * is_male - 0.35 * (people.bmi[person] - 28.6) + 11 * own, 22)
    if name == "triglycerides":
        return 118 * np.exp(0.42 * own + 0.012 * (people.bmi[person] - 28.6))
    if name == "haemoglobin":
        return _haemoglobin(lives, person, day, is_male, own)
    if name == "potassium":
        return 4.2 + 0.2 * own + 0.25 * present("chronic kidney disease", person, day)
    if name == "leukocytes":
        return 7.2 + 1.3 * own
    if name == "platelets":
        return 245 + 45 * own
    raise AssertionError(f"no usual value for {name}")


def _hba1c(lives: Lives, person: Integers, day: Integers, draws: Draws) -> Floats:
    person_id = lives.people.person_id
    onset = lives.onsets.days[DIABETES][person]
    untreated = lives.glycaemia.untreated_hba1c(person, np.minimum(day, onset))
    jump = 0.3 + 0.9 * draws.exponential("hba1c at diagnosis", person_id)[person]
    years = np.clip((day - np.maximum(onset, FIRST_DAY - 4000)) / 365.25, 0, 12)
    n_drugs = np.minimum(lives.courses.count_current(GLUCOSE_DRUGS, person, day), 3)
    diabetic = np.maximum(untreated, 6.5) + jump + 0.13 * years - 0.65 * n_drugs
    return np.where(onset <= day, np.clip(diabetic, 5.6, 13.5), untreated)


def _egfr(lives: Lives, person: Integers, day: Integers, draws: Draws) -> Floats:
    age = (day - lives.people.birth_day[person]) / 365.25
    own = draws.normal("usual egfr", lives.people.person_id)[person]
    onset = lives.onsets.days["chronic kidney disease"][person]
    years = np.clip((day - np.maximum(onset, FIRST_DAY - 3000)) / 365.25, 0, 12)
    healthy = np.maximum(112 - 0.62 * np.maximum(age - 20, 0) + 9 * own, 63)
    return np.where(onset <= day, np.clip(54 + 6 * own - 2.2 * years, 9, 59), healthy)


def _ldl(lives: Lives, person: Integers, day: Integers, draws: Draws) -> Floats:
    own = draws.normal("usual ldl", lives.people.person_id)[person]
    on_statin = lives.courses.count_current(STATINS, person, day) > 0
    high = lives.onsets.present_on("hyperlipidaemia", person, day)
    age = (day - lives.people.birth_day[person]) / 365.25
    level = 96 + 0.28 * np.clip(age - 20, 0, 45) + 24 * high + 24 * own
    return np.maximum(level * np.where(on_statin, 0.66, 1.0), 25)


def _haemoglobin(
    lives: Lives, person: Integers, day: Integers, is_male: Flags, own: Floats
) -> Floats:
    present = lives.onsets.present_on
    days_since = day[:, None] - lives.bleeding.days[person]
    is_bleeding = ((days_since >= 0) & (days_since < 30)).any(axis=1)
    level = 13.5 + 1.4 * is_male + 0.9 * own
    level = level - 2.1 * present("anaemia", person, day) - 2.9 * is_bleeding
    return np.maximum(level - 0.7 * present("chronic kidney disease", person, day), 4.5)
