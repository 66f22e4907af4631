"""Who the people are: demographics, when they are observed, and what nobody writes down.

Ages follow the United States' 2020 census by ten-year band; sex, race and ethnicity include
people for whom nothing is recorded. Some facts (frailty, drinking, a family history of diabetes,
how readily someone seeks care) shape lives here and never reach the CDM.
"""

from dataclasses import dataclass

import numpy as np

from analytics.days import DAYS_IN_YEAR
from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY, NEVER, STEP_MIDS

FEMALE, MALE = 8532, 8507
RACES = (8527, 8516, 8515, 8657, 8557, 1546847, 0)
RACE_SHARES = np.array([0.585, 0.135, 0.062, 0.011, 0.004, 0.033, 0.17])
HISPANIC, NOT_HISPANIC = 38003563, 38003564
N_CARE_SITES = 8
PROVIDERS_PER_SITE = 6
N_LOCATIONS = 24

_AGE_BAND_STARTS = np.array([-6, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
_AGE_BAND_YEARS = np.array([6, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10])
# Shares of the 2020 census (children slightly fewer: they are seen by other practices).
_AGE_BAND_SHARES = np.array([5.0, 9.0, 10.0, 13.5, 13.8, 12.8, 13.4, 12.6, 8.0, 4.1, 0.9])


@dataclass(frozen=True, kw_only=True)
class People:
    """One entry for each person, in order of `person_id`, in every field.

    Observation has one or two periods; `NEVER` starts a second one that does not exist.
    """

    person_id: Integers
    birth_day: Integers
    sex: Integers
    race: Integers
    ethnicity: Integers
    location_id: Integers
    care_site_id: Integers
    provider_id: Integers
    first_start: Integers
    first_end: Integers
    second_start: Integers
    second_end: Integers
    bmi: Floats
    is_smoker: Flags
    was_smoker: Flags
    frailty: Floats
    care_seeking: Floats
    drinks: Flags
    has_family_diabetes: Flags

    def __len__(self) -> int:
        return len(self.person_id)

    def age_on(self, day: Integers | Floats | int) -> Floats:
        """Age in years on one day for each person (or one day for all)."""
        return np.asarray((day - self.birth_day) / DAYS_IN_YEAR)

    def ages(self) -> Floats:
        """Age in years in the middle of each step: people by steps."""
        return np.asarray((STEP_MIDS[None, :] - self.birth_day[:, None]) / DAYS_IN_YEAR)

    @property
    def is_female(self) -> Flags:
        """Whether the person is recorded as female."""
        return self.sex == FEMALE


def draw_people(person_id: Integers, draws: Draws) -> People:
    """Draw the people with these ids."""
    n = len(person_id)
    band = draws.choose("age band", person_id, _AGE_BAND_SHARES)
    age = (
        _AGE_BAND_STARTS[band]
        + draws.uniform("age in band", person_id) ** 1.15 * _AGE_BAND_YEARS[band]
    )
    birth_day = np.minimum(
        FIRST_DAY - np.floor(age * DAYS_IN_YEAR).astype(np.int64), LAST_DAY - 120
    )

    recorded_sex = np.array([FEMALE, MALE, 0])
    sex = recorded_sex[draws.choose("sex", person_id, np.array([0.512, 0.484, 0.004]))]
    is_hispanic = draws.happens("hispanic", person_id, 0.18)
    ethnicity = np.where(is_hispanic, HISPANIC, NOT_HISPANIC)
    ethnicity = np.where(draws.happens("ethnicity unknown", person_id, 0.11), 0, ethnicity)
    race = np.array(RACES)[draws.choose("race", person_id, RACE_SHARES)]
    race = np.where(is_hispanic & draws.happens("race not said", person_id, 0.35), 0, race)

    location = 1 + (draws.uniform("location", person_id) ** 1.3 * N_LOCATIONS).astype(np.int64)
    near = (location - 1) * N_CARE_SITES // N_LOCATIONS
    goes_elsewhere = draws.happens("care elsewhere", person_id, 0.15)
    elsewhere = (draws.uniform("which site", person_id) * N_CARE_SITES).astype(np.int64)
    care_site = 1 + np.where(goes_elsewhere, elsewhere, near)
    which = (draws.uniform("which provider", person_id) * PROVIDERS_PER_SITE).astype(np.int64)

    first_start, first_end, second_start, second_end = _draw_periods(person_id, birth_day, draws)
    smokes = draws.choose("smoking", person_id, np.array([0.60, 0.24, 0.16]))
    bmi = np.clip(28.6 + 6.0 * draws.normal("bmi", person_id), 16.5, 58)
    return People(
        person_id=person_id,
        birth_day=birth_day,
        sex=sex,
        race=race,
        ethnicity=ethnicity,
        location_id=location,
        care_site_id=care_site,
        provider_id=(care_site - 1) * PROVIDERS_PER_SITE + which + 1,
        first_start=first_start,
        first_end=first_end,
        second_start=second_start,
        second_end=second_end,
        bmi=bmi,
        is_smoker=smokes == 2,
        was_smoker=smokes == 1,
        frailty=draws.normal("frailty", person_id),
        care_seeking=np.exp(0.45 * draws.normal("care seeking", person_id)),
        drinks=draws.happens("drinks", person_id, 0.12),
        has_family_diabetes=draws.happens("family diabetes", person_id, np.full(n, 0.22)),
    )


def _draw_periods(
    person_id: Integers, birth_day: Integers, draws: Draws
) -> tuple[Integers, Integers, Integers, Integers]:
    """Start and end of a first and, for a few who left and came back, a second period."""
    joins_later = draws.happens("joins later", person_id, 0.28)
    later = FIRST_DAY + draws.uniform("joins when", person_id) * (LAST_DAY - FIRST_DAY - 200)
    first_start = np.where(joins_later, later.astype(np.int64), FIRST_DAY)
    first_start = np.maximum(first_start, birth_day)

    stayed = 60 + draws.exponential("stays how long", person_id) * 22 * DAYS_IN_YEAR
    first_end = np.minimum(first_start + stayed.astype(np.int64), LAST_DAY)

    away = 60 + (draws.uniform("away how long", person_id) * 500).astype(np.int64)
    comes_back = draws.happens("comes back", person_id, 0.25)
    comes_back &= first_end + away < LAST_DAY - 90
    second_start = np.where(comes_back, first_end + away, NEVER)
    second_end = np.where(comes_back, LAST_DAY, NEVER)
    return first_start, first_end, second_start, second_end
