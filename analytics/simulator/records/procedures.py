"""What is done at visits: screening, imaging, education, operations."""

import numpy as np

from analytics.simulator.draws import Draws, Flags, Integers
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.stay_reasons import REASONS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.conditions import GI_HAEMORRHAGE
from analytics.simulator.records.contacts import (
    DIAGNOSIS,
    EMERGENCY,
    FIRST_VISIT,
    INPATIENT,
    OUTPATIENT,
    Visits,
)
from analytics.simulator.records.events import Records, join_records, records
from analytics.simulator.world import World

GENERAL_EXAMINATION, REVIEW_OF_MEDICATION, ELECTROCARDIOGRAM = 4036803, 4057411, 4163951
MAMMOGRAPHY, COLONOSCOPY, CHEST_XRAY, PLAIN_RADIOGRAPHY = 4324693, 4249893, 4163872, 4056681
ECHOCARDIOGRAPHY, DIET_EDUCATION, SMOKING_EDUCATION, THERAPY = 4230911, 4041982, 4021160, 4043071
SUTURE, INFUSION, ENDOSCOPY, RED_CELLS, DIALYSIS = 4125906, 4030886, 4039376, 4022173, 4120120
KNEE_OPERATION, FRACTURE_FIXATION, CAESAREAN, INTUBATION = 4079526, 4030028, 4015701, 4013354
PULMONARY_REHABILITATION, ULTRASOUND, LUNG_OXYGEN = 4035793, 4037672, 4239130

# Operations by the reason of a stay, with their chance.
STAY_PROCEDURES = (
    ("gi haemorrhage", ENDOSCOPY, 0.85),
    ("gi haemorrhage", RED_CELLS, 0.5),
    ("knee replacement", KNEE_OPERATION, 1.0),
    ("hip fracture", FRACTURE_FIXATION, 0.9),
    ("childbirth", CAESAREAN, 0.32),
    ("heart failure", ECHOCARDIOGRAPHY, 0.6),
    ("myocardial infarction", ECHOCARDIOGRAPHY, 0.7),
    ("copd", LUNG_OXYGEN, 0.6),
    ("pneumonia", CHEST_XRAY, 0.9),
    ("sepsis", INTUBATION, 0.15),
    ("sepsis", CHEST_XRAY, 0.6),
    ("stroke", ULTRASOUND, 0.4),
    ("kidney failure", DIALYSIS, 0.2),
    ("abdominal pain", ULTRASOUND, 0.5),
)


def record_procedures(lives: Lives, visits: Visits, conditions: Records, world: World) -> Records:
    """Every procedure, in order of person and day."""
    draws = world.draws
    person, day = visits.person, visits.start
    people = lives.people
    age = (day - people.birth_day[person]) / 365.25
    clinic, stay = visits.kind == OUTPATIENT, visits.kind == INPATIENT
    urgent = visits.kind == EMERGENCY
    present = lives.onsets.present_on
    has_heart = present("coronary disease", person, day) | present("heart failure", person, day)
    female = people.is_female[person]
    rules: tuple[tuple[int, Flags, float], ...] = (
        (GENERAL_EXAMINATION, clinic, 0.34),
        (GENERAL_EXAMINATION, visits.purpose == FIRST_VISIT, 0.6),
        (REVIEW_OF_MEDICATION, clinic & (age >= 45), 0.25),
        (ELECTROCARDIOGRAM, clinic & (has_heart | (visits.purpose == DIAGNOSIS)), 0.18),
        (ELECTROCARDIOGRAM, (urgent | stay) & (age >= 40), 0.5),
        (MAMMOGRAPHY, clinic & female & (age >= 50) & (age < 75), 0.09),
        (COLONOSCOPY, clinic & (age >= 45) & (age < 76), 0.022),
        (ECHOCARDIOGRAPHY, clinic & has_heart, 0.06),
        (DIET_EDUCATION, clinic & present(DIABETES, person, day), 0.16),
        (SMOKING_EDUCATION, clinic & people.is_smoker[person] & (age >= 16), 0.1),
        (THERAPY, clinic & present("depression", person, day), 0.2),
        (PULMONARY_REHABILITATION, clinic & present("copd", person, day), 0.05),
        (PLAIN_RADIOGRAPHY, urgent | (clinic & present("osteoarthritis", person, day)), 0.1),
        (SUTURE, urgent, 0.07),
        (INFUSION, stay, 0.75),
        (CHEST_XRAY, stay | (urgent & (age >= 50)), 0.25),
    )
    parts = []
    for number, (concept, applies, chance) in enumerate(rules):
        row = np.flatnonzero(applies)
        done = draws.happens(
            f"procedure {number}",
            people.person_id[person[row]],
            chance * world.density,
            visits.number[row],
        )
        row = row[done]
        parts.append(records(person[row], concept, day[row], day[row], row))
    parts += _of_stays(lives, visits, draws)
    bleed = np.flatnonzero((conditions.concept == GI_HAEMORRHAGE) & (conditions.visit >= 0))
    bleed = bleed[visits.kind[conditions.visit[bleed]] == EMERGENCY]
    when = conditions.start[bleed]
    parts.append(records(conditions.person[bleed], ENDOSCOPY, when, when, conditions.visit[bleed]))
    return join_records(parts, lives)


def _of_stays(lives: Lives, visits: Visits, draws: Draws) -> list[Records]:
    names = [reason.name for reason in REASONS]
    row = np.flatnonzero((visits.kind == INPATIENT) & (visits.preceding < 0))
    reason = lives.stays.reason[visits.stay[row]]
    parts = []
    for number, (name, concept, chance) in enumerate(STAY_PROCEDURES):
        of_reason = row[reason == names.index(name)]
        person_id = lives.people.person_id[visits.person[of_reason]]
        done = of_reason[
            draws.happens(f"operation {number}", person_id, chance, visits.number[of_reason])
        ]
        day = _day_inside(visits, done)
        parts.append(records(visits.person[done], concept, day, day, done))
    return parts


def _day_inside(visits: Visits, row: Integers) -> Integers:
    """The day after admission, or the day itself for a stay of a day."""
    return np.minimum(visits.start[row] + 1, visits.end[row])
