"""Long-term diseases: who has one when observation starts, and who gets one when.

Each disease has log-odds of being present that grow with age. Its incidence follows from that
curve (if p is the share affected at an age, p' = slope p (1 - p) and so the rate among those
free of it is slope times p), which keeps the share at each age steady over the years. Diseases
raise the odds of those that come after them in the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.people import People
from analytics.simulator.timeline import (
    FIRST_DAY,
    STEP_STARTS,
    accumulate,
    day_when_reached,
    sigmoid,
)
from analytics.simulator.world import World

DIABETES = "type 2 diabetes"


@dataclass(frozen=True, kw_only=True)
class Disease:
    """A disease's log-odds at age 50, and what changes them.

    `per_decade` of age, `bend` for each squared decade (below 0: the curve flattens in old age);
    women differ by `female`, and by `female_per_decade` more with each decade. `causes` names
    diseases listed before it; `new_per_year` replaces the incidence that age alone would give,
    for diseases that come and go with age.
    """

    name: str
    at_50: float
    per_decade: float
    bend: float = 0.0
    female: float = 0.0
    female_per_decade: float = 0.0
    per_5_bmi: float = 0.0
    smoker: float = 0.0
    drinks: float = 0.0
    frailty: float = 0.0
    causes: Mapping[str, float] = field(default_factory=dict)
    new_per_year: float | None = None
    from_age: int = 18


BEFORE_DIABETES = (
    Disease(
        name="hypertension",
        at_50=0.32,
        per_decade=0.435,
        bend=-0.058,
        female=-0.4,
        female_per_decade=0.29,
        per_5_bmi=0.35,
    ),
    Disease(
        name="hyperlipidaemia",
        at_50=-0.94,
        per_decade=0.5,
        per_5_bmi=0.15,
        causes={"hypertension": 0.5},
    ),
)
AFTER_DIABETES = (
    Disease(
        name="depression",
        at_50=-2.16,
        per_decade=-0.05,
        female=0.66,
        frailty=0.3,
        new_per_year=0.012,
        from_age=13,
    ),
    Disease(
        name="anxiety",
        at_50=-2.2,
        per_decade=-0.1,
        female=0.5,
        causes={"depression": 1.3},
        new_per_year=0.011,
        from_age=10,
    ),
    Disease(
        name="asthma",
        at_50=-2.91,
        per_decade=-0.03,
        bend=-0.013,
        female=0.51,
        per_5_bmi=0.1,
        new_per_year=0.004,
        from_age=2,
    ),
    Disease(
        name="copd",
        at_50=-3.55,
        per_decade=0.38,
        female=0.2,
        smoker=1.6,
        frailty=0.2,
    ),
    Disease(
        name="osteoarthritis",
        at_50=-1.68,
        per_decade=0.745,
        bend=-0.082,
        female=0.29,
        per_5_bmi=0.3,
    ),
    Disease(name="reflux", at_50=-1.9, per_decade=0.2, per_5_bmi=0.2, new_per_year=0.012),
    Disease(name="hypothyroidism", at_50=-3.4, per_decade=0.35, female=1.2),
    Disease(
        name="chronic kidney disease",
        at_50=-4.18,
        per_decade=0.8,
        frailty=0.15,
        causes={"hypertension": 0.6, DIABETES: 0.9},
    ),
    Disease(
        name="coronary disease",
        at_50=-3.98,
        per_decade=0.815,
        bend=-0.076,
        female=-0.72,
        smoker=0.5,
        causes={"hypertension": 0.5, "hyperlipidaemia": 0.4, DIABETES: 0.6},
    ),
    Disease(
        name="atrial fibrillation",
        at_50=-5.60,
        per_decade=1.47,
        bend=-0.147,
        causes={"hypertension": 0.4},
    ),
    Disease(
        name="heart failure",
        at_50=-5.06,
        per_decade=0.40,
        bend=0.05,
        female=0.45,
        female_per_decade=-0.125,
        frailty=0.2,
        causes={
            "hypertension": 0.5,
            "coronary disease": 1.3,
            DIABETES: 0.6,
            "chronic kidney disease": 0.7,
            "atrial fibrillation": 0.9,
        },
    ),
    Disease(
        name="dementia",
        at_50=-7.7,
        per_decade=2.08,
        bend=-0.147,
        female=0.1,
        from_age=55,
    ),
    Disease(
        name="cancer",
        at_50=-3.43,
        per_decade=0.65,
        female=0.17,
        smoker=0.4,
    ),
    Disease(name="rheumatoid arthritis", at_50=-4.7, per_decade=0.3, female=0.8),
    Disease(
        name="peptic ulcer", at_50=-2.85, per_decade=0.25, smoker=0.4, drinks=0.7, frailty=0.15
    ),
    Disease(
        name="anaemia",
        at_50=-3.42,
        per_decade=0.01,
        female=1.08,
        causes={"chronic kidney disease": 1.1},
        new_per_year=0.006,
        from_age=2,
    ),
)
DISEASES = (*(d.name for d in BEFORE_DIABETES), DIABETES, *(d.name for d in AFTER_DIABETES))


@dataclass(frozen=True, kw_only=True)
class Onsets:
    """The day on which each disease began for each person (`NEVER` if it does not)."""

    days: Mapping[str, Integers]

    def present(self, name: str) -> Flags:
        """Whether the disease is present at the start of each step: people by steps."""
        return np.asarray(self.days[name][:, None] <= STEP_STARTS[None, :])

    def present_on(self, name: str, person: Integers, day: Integers) -> Flags:
        """Whether the disease is present on the day of each row; `person` is a position."""
        return np.asarray(self.days[name][person] <= day)


def draw_onsets(
    diseases: tuple[Disease, ...], people: People, earlier: Onsets, world: World
) -> Onsets:
    """Draw the onset of these diseases for everybody, adding to those drawn before."""
    draws = world.draws
    days = dict(earlier.days)
    ages = people.ages()
    for disease in diseases:
        known = Onsets(days=days)
        log_odds = _log_odds(disease, people, known, ages)
        log_odds += world.site.disease_log_odds.get(disease.name, 0.0)
        share = sigmoid(log_odds)
        if disease.new_per_year is None:
            rate = _slope_per_year(disease, people, ages) * share
        else:
            rate = disease.new_per_year * share / sigmoid(np.array([disease.at_50]))
        rate = np.where(ages >= disease.from_age, rate, 0.0)
        threshold = draws.exponential(f"onset of {disease.name}", people.person_id)
        new = day_when_reached(accumulate(rate), threshold)
        had_before = draws.happens(
            f"history of {disease.name}",
            people.person_id,
            np.where(ages[:, 0] >= disease.from_age, share[:, 0], 0),
        )
        days[disease.name] = np.where(
            had_before, day_before_start(disease.name, people, draws), new
        )
    return Onsets(days=days)


def day_before_start(name: str, people: People, draws: Draws) -> Integers:
    """A day of onset in the years before the simulated window, not before birth."""
    years = np.minimum(
        draws.exponential(f"years of {name}", people.person_id) * 6, people.age_on(FIRST_DAY) / 2
    )
    return FIRST_DAY - 1 - np.floor(np.maximum(years, 0) * 365).astype(np.int64)


def _slope_per_year(disease: Disease, people: People, ages: Floats) -> Floats:
    """By how much the log-odds grow with a year of age (never less than not at all)."""
    per_decade = disease.per_decade + disease.female_per_decade * people.is_female
    slope = per_decade[:, None] + 2 * disease.bend * (ages - 50) / 10
    return np.asarray(np.maximum(slope, 0.0) / 10)


def _log_odds(disease: Disease, people: People, known: Onsets, ages: Floats) -> Floats:
    fixed = (
        disease.at_50
        + disease.female * people.is_female
        + disease.per_5_bmi * (people.bmi - 28.6) / 5
        + disease.smoker * (people.is_smoker + 0.6 * people.was_smoker)
        + disease.drinks * people.drinks
        + disease.frailty * people.frailty
    )
    per_decade = disease.per_decade + disease.female_per_decade * people.is_female
    decades = (ages - 50) / 10
    log_odds = fixed[:, None] + per_decade[:, None] * decades
    if disease.bend:
        log_odds += disease.bend * decades**2
    for cause, weight in disease.causes.items():
        log_odds += weight * known.present(cause)
    return log_odds
