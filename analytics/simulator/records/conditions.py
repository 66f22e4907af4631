"""Which conditions get written down, at which visit.

Every long-term disease is recorded at its diagnosis, at a person's first visit and, with some
chance (which differs between care sites), whenever they are seen again; kidney disease by its
stage on the day. Complaints that pass are recorded once.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Floats, Integers
from analytics.simulator.lives.care_sites import CODES_WRITTEN
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.drift import recording_ratio
from analytics.simulator.lives.kidneys import KIDNEY_DISEASE, egfr
from analytics.simulator.lives.stay_reasons import BLEED, REASONS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import (
    DIAGNOSIS,
    EMERGENCY,
    FIRST_VISIT,
    FOR_BLEED,
    FOR_NSAID,
    INPATIENT,
    OUTPATIENT,
    ROUTINE,
    URGENT,
    Visits,
)
from analytics.simulator.records.events import Records, join_records, records, visit_covering
from analytics.simulator.records.planted import record_planted
from analytics.simulator.timeline import LAST_DAY
from analytics.simulator.world import World

STAGES_BELOW_EGFR = ((60, 443597), (30, 443612), (15, 443611))
"""Kidney disease of stages 3, 4 and 5: the concept of each, and the eGFR it lies below."""
GI_HAEMORRHAGE, IMPAIRED_GLUCOSE, OBESITY = 192671, 4311629, 433736
LOW_BACK_PAIN = 194133

# Each disease's codes with their weights; descendants of the first where the vocabulary has them.
DISEASE_CODES: dict[str, tuple[tuple[int, float], ...]] = {
    "hypertension": ((320128, 1.0),),
    "hyperlipidaemia": ((432867, 1.0),),
    DIABETES: ((201826, 0.8), (4193704, 0.2)),
    "depression": ((440383, 1.0),),
    "anxiety": ((442077, 1.0),),
    "asthma": ((317009, 1.0),),
    "copd": ((255573, 1.0),),
    "osteoarthritis": ((80180, 0.6), (4079750, 0.4)),
    "reflux": ((318800, 1.0),),
    "hypothyroidism": ((140673, 1.0),),
    KIDNEY_DISEASE: ((46271022, 1.0),),
    "coronary disease": ((317576, 1.0),),
    "atrial fibrillation": ((313217, 1.0),),
    "heart failure": ((316139, 0.7), (4229440, 0.3)),
    "dementia": ((4182210, 1.0),),
    "cancer": ((443392, 1.0),),
    "rheumatoid arthritis": ((80809, 1.0),),
    "peptic ulcer": ((4027663, 1.0),),
    "anaemia": ((439777, 1.0),),
}
STAY_CODES = {
    "childbirth": 4217975,
    "heart failure": 316139,
    "copd": 257004,
    "pneumonia": 255848,
    "sepsis": 132797,
    "myocardial infarction": 312327,
    "stroke": 443454,
    "hip fracture": 4230399,
    "knee replacement": 4079750,
    "urinary infection": 81902,
    "kidney failure": 197320,
    "arrhythmia": 313217,
    "depression": 440383,
    "abdominal pain": 200219,
    "gi haemorrhage": GI_HAEMORRHAGE,
}


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A complaint that passes: how often at three ages, how much more in winter, for how long."""

    concept: int
    child: float
    adult: float
    old: float
    winter: float = 0.0
    n_days: int = 14


COMPLAINTS = (
    Complaint(concept=260139, child=0.8, adult=1.0, old=0.8, winter=0.6),
    Complaint(concept=4112343, child=1.6, adult=0.9, old=0.3, winter=0.5, n_days=9),
    Complaint(concept=40481087, child=0.9, adult=1.3, old=0.6, winter=0.6, n_days=21),
    Complaint(concept=372328, child=2.5, adult=0.15, old=0.05, winter=0.4),
    Complaint(concept=28060, child=0.9, adult=0.3, old=0.05, winter=0.4),
    Complaint(concept=81902, child=0.15, adult=0.7, old=1.3),
    Complaint(concept=LOW_BACK_PAIN, child=0.05, adult=1.6, old=1.4, n_days=45),
    Complaint(concept=378253, child=0.4, adult=0.8, old=0.4, n_days=5),
    Complaint(concept=4223659, child=0.1, adult=0.7, old=0.9, n_days=30),
    Complaint(concept=254761, child=0.8, adult=0.6, old=0.6, winter=0.5),
    Complaint(concept=75860, child=0.4, adult=0.3, old=0.7),
    Complaint(concept=133834, child=0.8, adult=0.3, old=0.1, n_days=60),
    Complaint(concept=81151, child=0.5, adult=0.4, old=0.15, n_days=30),
    Complaint(concept=436962, child=0.02, adult=0.5, old=0.6, n_days=60),
    Complaint(concept=200219, child=0.4, adult=0.6, old=0.5, n_days=7),
    Complaint(concept=31967, child=0.3, adult=0.4, old=0.4, n_days=4),
)
URGENT_COMPLAINTS = (
    Complaint(concept=77670, child=0.05, adult=1.3, old=1.6, n_days=3),
    Complaint(concept=312437, child=0.3, adult=0.6, old=1.4, winter=0.4, n_days=7),
    Complaint(concept=200219, child=1.0, adult=1.2, old=0.8, n_days=5),
    Complaint(concept=78272, child=0.9, adult=0.5, old=0.2, n_days=30),
    Complaint(concept=81151, child=0.9, adult=0.6, old=0.2, n_days=30),
    Complaint(concept=4113008, child=0.7, adult=0.5, old=0.3, n_days=14),
    Complaint(concept=378253, child=0.3, adult=0.6, old=0.3, n_days=3),
    Complaint(concept=4059173, child=0.3, adult=0.25, old=0.3, n_days=60),
    Complaint(concept=31967, child=0.6, adult=0.5, old=0.4, n_days=3),
    Complaint(concept=81902, child=0.2, adult=0.4, old=0.8),
)
CERTAIN_PURPOSES = (FIRST_VISIT, DIAGNOSIS)


def record_conditions(lives: Lives, visits: Visits, world: World) -> Records:
    """Every condition written down, in order of person and day."""
    draws = world.draws
    parts = [
        *_long_term(lives, visits, world),
        _bleeds(lives, visits),
        *_of_stays(lives, visits),
        _complaints(
            lives, visits, draws, COMPLAINTS, kind=OUTPATIENT, chance=min(0.6 * world.density, 1.0)
        ),
        _complaints(lives, visits, draws, URGENT_COMPLAINTS, kind=EMERGENCY, chance=1.0),
        *_weight_and_sugar(lives, visits, draws),
    ]
    parts += record_planted(lives, visits)
    return join_records(parts, lives)


def seasonal_weights(
    complaints: tuple[Complaint, ...], lives: Lives, person: Integers, day: Integers
) -> Floats:
    """The weight of each complaint for rows of (person position, day): rows by complaints."""
    age = (day - lives.people.birth_day[person]) / 365.25
    # 1 in the middle of January, -1 in the middle of July.
    winter = np.cos(2 * np.pi * ((day - 14) % 365.25) / 365.25)
    columns = [
        np.where(age < 15, c.child, np.where(age < 65, c.adult, c.old)) * (1 + c.winter * winter)
        for c in complaints
    ]
    return np.column_stack(columns)


def _long_term(lives: Lives, visits: Visits, world: World) -> list[Records]:
    draws = world.draws
    person_id = lives.people.person_id[visits.person]
    certain = np.isin(visits.purpose, CERTAIN_PURPOSES)
    chance = np.where(visits.kind == INPATIENT, 0.75, np.where(visits.kind == EMERGENCY, 0.2, 0.40))
    chance = chance * CODES_WRITTEN[visits.care_site_id - 1] * world.density
    chance = np.where(certain, 1.0, chance * recording_ratio(visits.start, world))
    parts = []
    for name, codes in DISEASE_CODES.items():
        has_it = np.flatnonzero(lives.onsets.present_on(name, visits.person, visits.start))
        written = draws.happens(
            f"{name} written", person_id[has_it], chance[has_it], visits.number[has_it]
        )
        row = has_it[written]
        weights = np.array([weight for _, weight in codes])
        code = draws.choose(f"{name} code", person_id[row], weights)
        concept = np.array([c for c, _ in codes])[code]
        if name == KIDNEY_DISEASE:
            concept = _stage(lives, visits.person[row], visits.start[row], concept, draws)
        parts.append(records(visits.person[row], concept, visits.start[row], visits.end[row], row))
    return parts


def _stage(
    lives: Lives, person: Integers, day: Integers, unspecified: Integers, draws: Draws
) -> Integers:
    """The stage of kidney disease that its eGFR tells, where somebody looked it up (two thirds)."""
    level = egfr(lives.people, lives.onsets, person, day, draws)
    looked_up = draws.happens("stage looked up", lives.people.person_id[person], 0.67, day)
    stage = unspecified
    for below, concept in STAGES_BELOW_EGFR:
        stage = np.where(level < below, concept, stage)
    return np.where(looked_up, stage, unspecified)


def _bleeds(lives: Lives, visits: Visits) -> Records:
    person, column = np.nonzero(lives.bleeding.days <= LAST_DAY)
    day = lives.bleeding.days[person, column]
    seen = lives.is_observed(person, day)
    person, day = person[seen], day[seen]
    return records(person, GI_HAEMORRHAGE, day, day + 4, visit_covering(visits, person, day))


def _of_stays(lives: Lives, visits: Visits) -> list[Records]:
    row = np.flatnonzero(visits.kind == INPATIENT)
    reason = lives.stays.reason[visits.stay[row]]
    codes = np.array([STAY_CODES[r.name] for r in REASONS])
    stays = records(visits.person[row], codes[reason], visits.start[row], visits.end[row], row)
    keep = reason != BLEED
    return [
        Records(**{name: column[keep] for name, column in vars(stays).items()}),
    ]


def _complaints(
    lives: Lives,
    visits: Visits,
    draws: Draws,
    complaints: tuple[Complaint, ...],
    *,
    kind: int,
    chance: float,
) -> Records:
    row = np.flatnonzero(
        (visits.kind == kind) & np.isin(visits.purpose, (ROUTINE, URGENT, FOR_NSAID))
    )
    person_id = lives.people.person_id[visits.person[row]]
    number = visits.number[row]
    row = row[draws.happens("complains", person_id, chance, number)]
    person, day = visits.person[row], visits.start[row]
    weights = seasonal_weights(complaints, lives, person, day)
    which = draws.choose(
        f"complaint {kind}", lives.people.person_id[person], weights, visits.number[row]
    )
    concept = np.array([c.concept for c in complaints])[which]
    # Who starts an NSAID comes with pain.
    concept = np.where(visits.purpose[row] == FOR_NSAID, LOW_BACK_PAIN, concept)
    n_days = np.array([c.n_days for c in complaints])[which]
    return records(person, concept, day, day + n_days, row)


def _weight_and_sugar(lives: Lives, visits: Visits, draws: Draws) -> list[Records]:
    row = np.flatnonzero((visits.kind == OUTPATIENT) & (visits.purpose != FOR_BLEED))
    person, day = visits.person[row], visits.start[row]
    person_id, number = lives.people.person_id[person], visits.number[row]
    is_adult = lives.people.birth_day[person] + 18 * 365 < day
    heavy = is_adult & (lives.glycaemia.bmi(lives.people, person, day) >= 30)
    heavy &= draws.happens("obesity written", person_id, 0.12, number)
    no_diabetes = ~lives.onsets.present_on(DIABETES, person, day)
    sweet = no_diabetes & (lives.glycaemia.untreated_hba1c(person, day) >= 5.8)
    sweet &= draws.happens("prediabetes written", person_id, 0.15, number)
    return [
        records(person[heavy], OBESITY, day[heavy], day[heavy], row[heavy]),
        records(person[sweet], IMPAIRED_GLUCOSE, day[sweet], day[sweet], row[sweet]),
    ]
