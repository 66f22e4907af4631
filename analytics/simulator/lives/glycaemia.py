"""Blood sugar over the years, and the day type 2 diabetes is diagnosed.

Without diabetes HbA1c drifts upwards with age, weight and a family history, and much faster in
the few who are on their way; those also gain weight. The chance of a diagnosis rises steeply
with HbA1c, jumps above 6.2 % (a threshold) and is higher with a family history, most of all where
it meets obesity (an interaction). The family history is not recorded.
"""

from dataclasses import dataclass

import numpy as np

from analytics.days import DAYS_IN_YEAR
from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.diseases import DIABETES, Onsets, day_before_start
from analytics.simulator.lives.people import MALE, People
from analytics.simulator.timeline import (
    FIRST_DAY,
    STEP_MIDS,
    accumulate,
    accumulated_at,
    day_when_reached,
    sigmoid,
)
from analytics.simulator.world import World

THRESHOLD_HBA1C = 6.2


@dataclass(frozen=True, kw_only=True)
class Glycaemia:
    """HbA1c (%) at the first day, its yearly rise, weight gain, and accumulated diabetes hazard."""

    hba1c_at_start: Floats
    rise_per_year: Floats
    bmi_gain_per_year: Floats
    is_progressing: Flags
    accumulated_hazard: Floats

    def untreated_hba1c(self, person: Integers, day: Integers) -> Floats:
        """HbA1c before any diagnosis, for rows of (person position, day)."""
        years = (day - FIRST_DAY) / DAYS_IN_YEAR
        return np.asarray(self.hba1c_at_start[person] + self.rise_per_year[person] * years)

    def bmi(self, people: People, person: Integers, day: Integers) -> Floats:
        """Body-mass index (kg/m2) for rows of (person position, day)."""
        years = (day - FIRST_DAY) / DAYS_IN_YEAR
        return np.asarray(people.bmi[person] + self.bmi_gain_per_year[person] * years)

    def risk_within(self, day: Integers, n_days: int) -> Floats:
        """True chance of a diagnosis on days 1 to `n_days` after each person's day."""
        upto = accumulated_at(self.accumulated_hazard, day + n_days + 1)
        return np.asarray(1 - np.exp(accumulated_at(self.accumulated_hazard, day + 1) - upto))


def draw_glycaemia(people: People, world: World) -> Glycaemia:
    """Draw everybody's blood sugar and with it the hazard of diabetes."""
    draws, person_id = world.draws, people.person_id
    unrecorded = world.profile.unrecorded_facts
    age = np.maximum(people.age_on(FIRST_DAY), 0)
    heavy = (people.bmi - 28.6) / 6
    lean_towards = 0.45 * heavy + 0.5 * people.has_family_diabetes + 0.012 * (age - 48)
    progressing = draws.happens(
        "progressing towards diabetes",
        person_id,
        np.where(age >= 12, sigmoid(-1.45 + 1.2 * lean_towards), 0.02),
    )
    speed = draws.exponential("speed of progress", person_id)
    rise = np.where(progressing, 0.05 + 0.07 * speed, 0.008)
    hba1c = (
        5.15
        + 0.20 * np.clip(lean_towards, -1.2, 3)
        + 0.006 * np.minimum(age, 60)
        + np.where(progressing, 0.7 * draws.uniform("progress so far", person_id), 0)
        + 0.13 * draws.normal("hba1c", person_id)
    )

    ages = people.ages()
    years = (STEP_MIDS[None, :] - FIRST_DAY) / DAYS_IN_YEAR
    course = hba1c[:, None] + rise[:, None] * years
    familial_and_heavy = people.has_family_diabetes & (people.bmi >= 30)
    hazard = 0.0243 * np.exp(
        1.6 * (np.minimum(course, 7.0) - 5.7)
        + 0.6 * (course >= THRESHOLD_HBA1C)
        + unrecorded * (0.35 * people.has_family_diabetes + 0.5 * familial_and_heavy)[:, None]
        + 0.12 * heavy[:, None]
        + 0.22 * (people.sex == MALE)[:, None]
        + 0.012 * (np.clip(ages, 20, 66) - 50)
        + 0.060 * np.minimum(ages - 42, 0)
    )
    hazard = np.where(ages >= 16, np.minimum(hazard, 1.6), 0.0)
    return Glycaemia(
        hba1c_at_start=hba1c,
        rise_per_year=rise,
        bmi_gain_per_year=np.where(progressing, 0.15 + 0.25 * speed, 0.05),
        is_progressing=progressing,
        accumulated_hazard=accumulate(hazard),
    )


def draw_diabetes(people: People, glycaemia: Glycaemia, earlier: Onsets, draws: Draws) -> Onsets:
    """Draw the day of diagnosis, adding diabetes to the diseases drawn before."""
    threshold = draws.exponential("onset of diabetes", people.person_id)
    new = day_when_reached(glycaemia.accumulated_hazard, threshold)
    age = people.age_on(FIRST_DAY)
    odds = (
        -2.86
        + 0.055 * (np.clip(age, 20, 70) - 50)
        + 0.16 * np.minimum(age - 38, 0)
        + 0.25 * (people.sex == MALE)
        + 0.5 * (people.bmi - 28.6) / 6
        + 0.8 * people.has_family_diabetes
    )
    had_before = draws.happens(
        "history of diabetes", people.person_id, np.where(age >= 18, sigmoid(odds), 0)
    )
    day = np.where(had_before, day_before_start(DIABETES, people, draws), new)
    return Onsets(days={**earlier.days, DIABETES: day})
