"""Drug exposures: fills of long-term courses, short treatments, and drugs given in hospital."""

import numpy as np
import polars as pl

from analytics.simulator.draws import Draws, Integers
from analytics.simulator.lives.drug_courses import (
    ACETAMINOPHEN,
    ALBUTEROL,
    AMLODIPINE,
    ATORVASTATIN,
    LISINOPRIL,
    NAPROXEN,
    PREDNISONE,
    SIMVASTATIN,
)
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.conditions import LOW_BACK_PAIN
from analytics.simulator.records.contacts import INPATIENT, Visits
from analytics.simulator.records.events import NO_VISIT, Records, join_records, records
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY
from analytics.simulator.world import World

AMOXICILLIN, AZITHROMYCIN, NITROFURANTOIN, IBUPROFEN = 1713332, 1734104, 920293, 1177480
HEPARIN, ONDANSETRON = 1367571, 1000560

# Ingredient -> a clinical drug that is written instead of it, by some practices.
CLINICAL_DRUGS = {
    LISINOPRIL: 19080128,
    AMLODIPINE: 19073094,
    ATORVASTATIN: 1545959,
    SIMVASTATIN: 1539411,
    1503297: 40163924,
    1322184: 19075601,
    1310149: 40163554,
    1367500: 40185304,
    1124300: 40162359,
    1713332: 19073183,
    1177480: 19078461,
}
# Complaint -> drug, chance of it, days of supply.
SHORT_TREATMENTS = (
    (260139, AZITHROMYCIN, 0.35, 5),
    (260139, ALBUTEROL, 0.2, 30),
    (40481087, AMOXICILLIN, 0.3, 10),
    (372328, AMOXICILLIN, 0.7, 10),
    (28060, AMOXICILLIN, 0.8, 10),
    (81902, NITROFURANTOIN, 0.75, 7),
    (LOW_BACK_PAIN, NAPROXEN, 0.25, 14),
    (LOW_BACK_PAIN, IBUPROFEN, 0.25, 14),
    (378253, ACETAMINOPHEN, 0.4, 10),
    (81151, IBUPROFEN, 0.4, 10),
    (255848, AZITHROMYCIN, 0.6, 5),
    (257004, PREDNISONE, 0.7, 7),
    (31967, ONDANSETRON, 0.5, 3),
    (4059173, ACETAMINOPHEN, 0.6, 14),
)


def record_drugs(lives: Lives, visits: Visits, conditions: Records, world: World) -> Records:
    """Every drug exposure, in order of person and day; `end` is the last day of supply."""
    draws = world.draws
    parts = [_fills(lives, world), _in_hospital(lives, visits, draws)]
    for number, (complaint, drug, chance, n_days) in enumerate(SHORT_TREATMENTS):
        row = np.flatnonzero(conditions.concept == complaint)
        person, day = conditions.person[row], conditions.start[row]
        given = draws.happens(
            f"short treatment {number}", lives.people.person_id[person], chance, day
        )
        row = row[given]
        day = conditions.start[row]
        parts.append(
            records(conditions.person[row], drug, day, day + n_days - 1, conditions.visit[row])
        )
    joined = join_records(parts, lives)
    return _as_clinical_drugs(lives, joined)


def drug_frame(drugs: Records, lives: Lives) -> pl.DataFrame:
    """One row for each drug exposure, with the columns that only drug exposures have."""
    n_days = drugs.end - drugs.start + 1
    return pl.DataFrame(
        {
            "days_supply": n_days.astype(np.int32),
            "quantity": n_days.astype(np.float64),
            "refills": np.where(n_days >= 60, 3, 0).astype(np.int32),
            "drug_type_concept_id": np.where(drugs.visit >= 0, 32838, 32869),
        }
    )


def _fills(lives: Lives, world: World) -> Records:
    """One fill after another while a course lasts, a few days late as people are."""
    courses, draws = lives.courses, world.draws
    person_id = lives.people.person_id[courses.person]
    # A denser record has more and shorter fills, a sparser one fewer and longer ones.
    supply = np.clip(np.rint(courses.days_supply / world.density), 7, 180).astype(np.int64)
    late = 2 + draws.exponential("late fills", person_id, courses.drug) * 5
    every = np.maximum(supply + late.astype(np.int64), 8)
    skipped = np.maximum(0, -(-(FIRST_DAY - courses.start) // every))
    last = np.minimum(courses.end, LAST_DAY)
    n_fills = np.maximum(0, (last - courses.start) // every - skipped + 1)
    course = np.repeat(np.arange(len(courses.person)), n_fills)
    number = np.arange(len(course)) - np.repeat(np.cumsum(n_fills) - n_fills, n_fills)
    number = number + skipped[course]
    person = courses.person[course]
    jitter = draws.uniform(
        "fill jitter", person_id[course], number * 100_000_000 + courses.drug[course]
    )
    shift = np.where(number > 0, (jitter * 9).astype(np.int64) - 4, 0)
    day = courses.start[course] + number * every[course] + shift
    end = np.minimum(day + supply[course] - 1, np.maximum(courses.end[course], day))
    kept = lives.is_observed(person, day) & (day <= courses.end[course])
    return records(person[kept], courses.drug[course][kept], day[kept], end[kept], NO_VISIT)


def _in_hospital(lives: Lives, visits: Visits, draws: Draws) -> Records:
    row = np.flatnonzero(visits.kind == INPATIENT)
    person_id = lives.people.person_id[visits.person[row]]
    parts = []
    for drug, chance in ((HEPARIN, 0.5), (ACETAMINOPHEN, 0.5), (ONDANSETRON, 0.3)):
        given = row[draws.happens(f"in hospital {drug}", person_id, chance, visits.number[row])]
        parts.append(
            records(visits.person[given], drug, visits.start[given], visits.end[given], given)
        )
    return Records(
        **{name: np.concatenate([vars(p)[name] for p in parts]) for name in vars(parts[0])}
    )


def _as_clinical_drugs(lives: Lives, drugs: Records) -> Records:
    """People of odd-numbered care sites get the clinical drug where one is known."""
    ingredients = np.array(sorted(CLINICAL_DRUGS))
    clinical = np.array([CLINICAL_DRUGS[i] for i in ingredients.tolist()])
    at = np.minimum(np.searchsorted(ingredients, drugs.concept), len(ingredients) - 1)
    known = (ingredients[at] == drugs.concept) & (drugs.visit < 0)
    known &= lives.people.care_site_id[drugs.person] % 2 == 1
    concept = np.where(known, clinical[at], drugs.concept)
    return Records(**{**vars(drugs), "concept": concept})


def ingredient_of(concept: Integers) -> Integers:
    """The ingredient of each drug concept (itself where it is one)."""
    clinical = np.array(sorted(CLINICAL_DRUGS.values()))
    back = {drug: ingredient for ingredient, drug in CLINICAL_DRUGS.items()}
    ingredients = np.array([back[c] for c in clinical.tolist()])
    at = np.minimum(np.searchsorted(clinical, concept), len(clinical) - 1)
    return np.where(clinical[at] == concept, ingredients[at], concept)
