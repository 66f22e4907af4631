"""Which medicines people are on, from when to when: long-term courses and diabetes lines.

A course is one person on one ingredient from a first to a last day; fills come from it later.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY, NEVER, sigmoid


@dataclass(frozen=True, kw_only=True)
class Courses:
    """One entry for each course, in every field; `person` is a position in `People`."""

    person: Integers
    drug: Integers
    start: Integers
    end: Integers
    days_supply: Integers

    def current(self, drug: tuple[int, ...], n_people: int, day: Integers) -> Flags:
        """Whether each person is on one of these drugs on their day."""
        on_it = np.isin(self.drug, drug) & (self.start <= day[self.person])
        on_it &= self.end >= day[self.person]
        return np.bincount(self.person[on_it], minlength=n_people) > 0

    def count_current(self, drug: tuple[int, ...], person: Integers, day: Integers) -> Integers:
        """How many courses of these drugs are current, for rows of (person position, day)."""
        key = _moment(person, day)
        chosen = np.isin(self.drug, drug)
        started = np.sort(_moment(self.person[chosen], self.start[chosen]))
        ended = np.sort(_moment(self.person[chosen], self.end[chosen] + 1))
        # Courses of earlier people are both started and ended, so they cancel out.
        return np.searchsorted(started, key, "right") - np.searchsorted(ended, key, "right")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a disease is treated with: options with weights, chance of treatment, usual length.

    `chance` is that of a man at 50; `per_decade` of age and `female` change its log-odds.
    """

    disease: str
    options: tuple[tuple[int, float], ...]
    chance: float
    per_decade: float = 0.0
    female: float = 0.0
    mean_years: float = 6.0
    mean_delay_days: float = 45.0
    days_supply: int = 90


LISINOPRIL, LOSARTAN, AMLODIPINE, HYDROCHLOROTHIAZIDE = 1308216, 1367500, 1332418, 974166
METOPROLOL, CARVEDILOL, FUROSEMIDE, SPIRONOLACTONE = 1307046, 1346823, 956874, 970250
ATORVASTATIN, SIMVASTATIN, ASPIRIN, CLOPIDOGREL = 1545958, 1539403, 1112807, 1322184
APIXABAN, WARFARIN, TIOTROPIUM, ALBUTEROL = 43013024, 1310149, 1106776, 1154343
FLUTICASONE, SERTRALINE, CITALOPRAM, OMEPRAZOLE = 1149380, 739138, 797617, 923645
PANTOPRAZOLE, ACETAMINOPHEN, NAPROXEN, TRAMADOL = 948078, 1125315, 1115008, 1103314
LEVOTHYROXINE, PREDNISONE = 1501700, 1551099
METFORMIN, GLIPIZIDE, GLIMEPIRIDE, SITAGLIPTIN = 1503297, 1560171, 1597756, 1580747
EMPAGLIFLOZIN, LIRAGLUTIDE, SEMAGLUTIDE, INSULIN_GLARGINE = 45774751, 40170911, 793143, 1502905

SHARE_MONTHLY = 0.55
STATINS = (ATORVASTATIN, SIMVASTATIN)
ANTICOAGULANTS = (APIXABAN, WARFARIN)
ACID_SUPPRESSANTS = (OMEPRAZOLE, PANTOPRAZOLE)
BLOOD_PRESSURE_DRUGS = (LISINOPRIL, LOSARTAN, AMLODIPINE, HYDROCHLOROTHIAZIDE)
GLUCOSE_DRUGS = (
    METFORMIN,
    GLIPIZIDE,
    GLIMEPIRIDE,
    SITAGLIPTIN,
    EMPAGLIFLOZIN,
    LIRAGLUTIDE,
    SEMAGLUTIDE,
    INSULIN_GLARGINE,
)

PLANS = (
    *(
        Plan(
            disease="hypertension",
            options=options,
            chance=chance,
            per_decade=0.78,
            female=0.3,
            mean_years=15,
        )
        for options, chance in (
            (((LISINOPRIL, 0.65), (LOSARTAN, 0.35)), 0.32),
            (((AMLODIPINE, 1.0),), 0.17),
            (((HYDROCHLOROTHIAZIDE, 1.0),), 0.13),
        )
    ),
    Plan(
        disease="hyperlipidaemia",
        options=((ATORVASTATIN, 0.75), (SIMVASTATIN, 0.25)),
        chance=0.45,
        per_decade=0.6,
        mean_years=10,
    ),
    Plan(
        disease=DIABETES,
        options=((ATORVASTATIN, 0.8), (SIMVASTATIN, 0.2)),
        chance=0.55,
        per_decade=0.25,
        mean_years=10,
        mean_delay_days=200,
    ),
    Plan(disease="coronary disease", options=((ASPIRIN, 1.0),), chance=0.7),
    Plan(disease="coronary disease", options=((METOPROLOL, 1.0),), chance=0.55),
    Plan(disease="coronary disease", options=((CLOPIDOGREL, 1.0),), chance=0.3, mean_years=1.5),
    Plan(disease="heart failure", options=((FUROSEMIDE, 1.0),), chance=0.75),
    Plan(disease="heart failure", options=((CARVEDILOL, 1.0),), chance=0.5),
    Plan(disease="heart failure", options=((SPIRONOLACTONE, 1.0),), chance=0.3),
    Plan(disease="atrial fibrillation", options=((APIXABAN, 0.65), (WARFARIN, 0.35)), chance=0.72),
    Plan(disease="copd", options=((TIOTROPIUM, 1.0),), chance=0.55, days_supply=30, mean_years=3),
    Plan(disease="copd", options=((ALBUTEROL, 1.0),), chance=0.5),
    Plan(disease="asthma", options=((ALBUTEROL, 1.0),), chance=0.7),
    Plan(disease="asthma", options=((FLUTICASONE, 1.0),), chance=0.4, mean_years=3),
    Plan(
        disease="depression",
        options=((SERTRALINE, 0.55), (CITALOPRAM, 0.45)),
        chance=0.6,
        mean_years=2,
    ),
    Plan(disease="reflux", options=((OMEPRAZOLE, 0.65), (PANTOPRAZOLE, 0.35)), chance=0.55),
    Plan(
        disease="peptic ulcer",
        options=((PANTOPRAZOLE, 1.0),),
        chance=0.6,
        mean_years=2,
        days_supply=30,
    ),
    Plan(disease="osteoarthritis", options=((ACETAMINOPHEN, 1.0),), chance=0.3, mean_years=2),
    Plan(
        disease="osteoarthritis",
        options=((TRAMADOL, 1.0),),
        chance=0.1,
        mean_years=1,
        days_supply=30,
    ),
    Plan(disease="hypothyroidism", options=((LEVOTHYROXINE, 1.0),), chance=0.92, mean_years=15),
    Plan(disease="rheumatoid arthritis", options=((PREDNISONE, 1.0),), chance=0.5, mean_years=2),
)


def draw_courses(people: People, onsets: Onsets, draws: Draws) -> Courses:
    """Draw the long-term courses that follow from each person's diseases."""
    parts = []
    for number, plan in enumerate(PLANS):
        onset = onsets.days[plan.disease]
        purpose = f"course of {plan.disease}"
        treated = (onset < NEVER) & draws.happens(
            f"{purpose}: treated", people.person_id, _chance(plan, people, onset), number
        )
        person = np.flatnonzero(treated)
        person_id = people.person_id[person]
        delay = draws.exponential(f"{purpose}: delay", person_id, number) * plan.mean_delay_days
        years = draws.exponential(f"{purpose}: years", person_id, number) * plan.mean_years
        # A disease of long ago is treated by a course that is still somewhere in its middle.
        start = np.maximum(onset[person] + delay.astype(np.int64), FIRST_DAY - 400)
        end = start + 29 + (years * 365).astype(np.int64)
        options = np.array([drug for drug, _ in plan.options])
        weights = np.array([weight for _, weight in plan.options])
        drug = options[draws.choose(f"{purpose}: drug", person_id, weights, number)]
        parts.append((person, drug, start, end, _supply(plan.days_supply, person_id, drug, draws)))
    return join_courses(parts)


def _chance(plan: Plan, people: People, onset: Integers) -> Floats:
    """The chance of treatment, at the age at which the window (or the disease in it) begins."""
    age = np.minimum(people.age_on(np.clip(onset, FIRST_DAY, LAST_DAY)), 62)
    odds = plan.chance / (1 - plan.chance)
    return sigmoid(
        np.log(odds) + plan.per_decade * (age - 50) / 10 + plan.female * people.is_female
    )


def _supply(usual: int, person_id: Integers, drug: Integers, draws: Draws) -> Integers:
    """Days of a fill: 30 instead of 90 for those whose pharmacy or payer will not give more."""
    monthly = draws.happens("fills for a month", person_id, SHARE_MONTHLY, drug)
    return np.where(monthly, np.minimum(usual, 30), usual)


def draw_diabetes_lines(people: People, onsets: Onsets, draws: Draws) -> Courses:
    """Draw up to five lines of diabetes treatment: started, combined, switched, stopped.

    Metformin comes first for most. When a line no longer suffices another drug joins it (55 %)
    or replaces it (30 %), else treatment pauses; heart failure, kidney disease and the calendar
    (gliflozins and GLP-1 agonists later, sulfonylureas earlier) decide which.
    """
    person = np.flatnonzero(onsets.days[DIABETES] < NEVER)
    person_id = people.person_id[person]
    has_heart_or_kidney = np.minimum(
        onsets.days["heart failure"][person], onsets.days["chronic kidney disease"][person]
    )
    start = onsets.days[DIABETES][person] + (
        draws.exponential("diabetes: delay", person_id) * 40
    ).astype(np.int64)
    start = np.maximum(start, FIRST_DAY - 700)
    used = np.zeros((len(person), len(GLUCOSE_DRUGS)), dtype=bool)
    goes_on = draws.happens("diabetes: treated", person_id, 0.86)
    parts = []
    for line in range(5):
        late = np.clip((start - FIRST_DAY) / (LAST_DAY - FIRST_DAY), 0, 1)
        weights = _line_weights(line, late, people.bmi[person] >= 32, has_heart_or_kidney <= start)
        weights = np.where(used, 1e-6, weights)
        choice = draws.choose("diabetes: drug", person_id, weights, line)
        used[np.arange(len(person)), choice] = True
        lasts = 120 + draws.exponential("diabetes: line lasts", person_id, line) * 640
        next_start = start + lasts.astype(np.int64)
        what_next = draws.uniform("diabetes: what next", person_id, line)
        # Combined: the older drug goes on for a good while beside the new one.
        overlap = 200 + draws.exponential("diabetes: overlap", person_id, line) * 1300
        end = next_start + np.where(what_next < 0.55, overlap.astype(np.int64), 0)
        drug = np.array(GLUCOSE_DRUGS)[choice]
        injected = np.isin(drug, (INSULIN_GLARGINE, LIRAGLUTIDE, SEMAGLUTIDE))
        supply = np.where(injected, 30, _supply(90, person_id, drug, draws))
        now = goes_on & (start <= LAST_DAY)
        parts.append((person[now], drug[now], start[now], end[now], supply[now]))
        pause = draws.exponential("diabetes: pause", person_id, line) * 250
        start = next_start + np.where(what_next >= 0.85, 60 + pause.astype(np.int64), 1)
    return join_courses(parts)


def _line_weights(line: int, late: Floats, is_heavy: Flags, has_heart_or_kidney: Flags) -> Floats:
    """Weights of `GLUCOSE_DRUGS` for each person at the start of this line."""
    n = len(late)
    metformin = np.full(n, 3.6 if line == 0 else 0.4)
    return np.column_stack(
        [
            metformin,
            0.30 * (1.3 - late),
            0.22 * (1.3 - late),
            np.full(n, 0.28),
            (0.12 + 0.30 * late) * (1 + 1.2 * has_heart_or_kidney),
            0.14 * (1.1 - late) * (1 + is_heavy),
            0.26 * late * (1 + is_heavy),
            np.full(n, 0.06 + 0.11 * line),
        ]
    )


def join_courses(
    parts: list[tuple[Integers, Integers, Integers, Integers, Integers]],
) -> Courses:
    """Courses drawn in parts, as one; fields in the order of `Courses`."""
    person, drug, start, end, supply = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Courses(person=person, drug=drug, start=start, end=end, days_supply=supply)


def _moment(person: Integers, day: Integers) -> Integers:
    return np.asarray(person * 10_000_000 + np.minimum(day, NEVER + 1))
