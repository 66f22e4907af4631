"""Who the people are: demographics, when they are observed, and what nobody writes down.

Ages follow the United States' 2020 census by ten-year band; sex, race and ethnicity include
people for whom nothing is recorded. Some facts (frailty, drinking, a family history of diabetes,
how readily someone seeks care) shape lives here and never reach the CDM.
"""

from dataclasses import dataclass

import numpy as np

from analytics.days import DAYS_IN_YEAR
from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.care_sites import (
    AGE_TILT,
    DEPRIVATION,
    N_CARE_SITES,
    N_LOCATIONS,
    care_site_near,
)
from analytics.simulator.site import Site
from analytics.simulator.timeline import FIRST_DAY, LAST_DAY, NEVER, STEP_MIDS

FEMALE, MALE = 8532, 8507
RACES = (8527, 8516, 8515, 8657, 8557, 1546847, 0)
RACE_SHARES = np.array([0.585, 0.135, 0.062, 0.011, 0.004, 0.033, 0.17])
HISPANIC, NOT_HISPANIC = 38003563, 38003564
PROVIDERS_PER_SITE = 6
PAYERS = ("Medicare", "Medicaid", "private", "none")
MEDICARE, MEDICAID, PRIVATE, NOBODY_PAYS = range(4)
LANGUAGES = ("English", "Spanish", "other")

_AGE_BAND_STARTS = np.array([-6, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
_AGE_BAND_YEARS = np.array([6, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10])
# Shares of the 2020 census (children slightly fewer: they are seen by other practices).
_AGE_BAND_SHARES = np.array([5.0, 9.2, 10.2, 13.6, 13.9, 12.9, 13.4, 12.2, 7.3, 3.5, 0.7])
# Women live longer: their share of people by age.
_FEMALE_AGES, _FEMALE_SHARES = (20, 50, 70, 80, 90), (0.489, 0.507, 0.53, 0.57, 0.66)


@dataclass(frozen=True, kw_only=True)
class People:
    """One entry for each person, in order of `person_id`, in every field.

    Observation has one or two periods; `NEVER` starts a second one that does not exist.
    `deprivation` (0 least, 1 most) is that of the place where the person lives; `payer` (on the
    first observed day) and `language` are positions in `PAYERS` and `LANGUAGES`.
    """

    person_id: Integers
    birth_day: Integers
    sex: Integers
    race: Integers
    ethnicity: Integers
    location_id: Integers
    deprivation: Floats
    payer: Integers
    language: Integers
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


def draw_people(person_id: Integers, draws: Draws, site: Site) -> People:
    """Draw the people with these ids; the site says how its people differ from the usual."""
    n = len(person_id)
    location = 1 + (draws.uniform("location", person_id) ** 1.3 * N_LOCATIONS).astype(np.int64)
    near = care_site_near(location)
    deprivation = DEPRIVATION[location - 1]
    # Older and younger neighbourhoods, around the shares of the census.
    tilt = (AGE_TILT[near - 1][:, None] + site.older) * (_AGE_BAND_STARTS - 38) / 10
    band = draws.choose("age band", person_id, _AGE_BAND_SHARES * np.exp(tilt))
    age = (
        _AGE_BAND_STARTS[band]
        + draws.uniform("age in band", person_id) ** 1.15 * _AGE_BAND_YEARS[band]
    )
    birth_day = np.minimum(
        FIRST_DAY - np.floor(age * DAYS_IN_YEAR).astype(np.int64), LAST_DAY - 120
    )

    recorded_sex = np.array([FEMALE, MALE, 0])
    of_women = np.interp(age, _FEMALE_AGES, _FEMALE_SHARES)
    sex_weights = np.column_stack(
        [of_women * np.exp(site.more_female), 1 - of_women, np.full(n, 0.004)]
    )
    sex = recorded_sex[draws.choose("sex", person_id, sex_weights)]
    odds = np.exp(site.more_hispanic)
    is_hispanic = draws.happens("hispanic", person_id, 0.18 * odds / (0.82 + 0.18 * odds))
    ethnicity = np.where(is_hispanic, HISPANIC, NOT_HISPANIC)
    ethnicity = np.where(draws.happens("ethnicity unknown", person_id, 0.11), 0, ethnicity)
    race_weights = RACE_SHARES * (site.race_weights or 1.0)
    race = np.array(RACES)[draws.choose("race", person_id, race_weights)]
    race = np.where(is_hispanic & draws.happens("race not said", person_id, 0.35), 0, race)

    goes_elsewhere = draws.happens("care elsewhere", person_id, 0.15)
    elsewhere = (draws.uniform("which site", person_id) * N_CARE_SITES).astype(np.int64)
    care_site = np.where(goes_elsewhere, 1 + elsewhere, near)
    which = (draws.uniform("which provider", person_id) * PROVIDERS_PER_SITE).astype(np.int64)

    first_start, first_end, second_start, second_end = draw_periods(person_id, birth_day, draws)
    # More people smoke and more are heavy where people are poor.
    poor = deprivation - 0.5
    smoking_weights = np.column_stack(
        [np.full(n, 0.60), 0.24 * np.exp(0.3 * poor), 0.15 * np.exp(1.2 * poor)]
    )
    smokes = draws.choose("smoking", person_id, smoking_weights)
    bmi = np.clip(28.6 + site.heavier + 2.0 * poor + 6.0 * draws.normal("bmi", person_id), 16.5, 58)
    return People(
        person_id=person_id,
        birth_day=birth_day,
        sex=sex,
        race=race,
        ethnicity=ethnicity,
        location_id=location,
        deprivation=deprivation,
        payer=_draw_payer(
            person_id, (first_start - birth_day) / DAYS_IN_YEAR, deprivation, draws, site
        ),
        language=_draw_language(person_id, is_hispanic, draws),
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


def _draw_payer(
    person_id: Integers, age: Floats, deprivation: Floats, draws: Draws, site: Site
) -> Integers:
    """Who pays: nearly always Medicare from 65 on; Medicaid more often where people are poor."""
    poor = np.exp(1.6 * (deprivation - 0.5))
    weights = np.column_stack(
        [
            np.where(age >= 65, 0.93, 0.03),
            np.where(age >= 65, 0.02, np.where(age < 19, 0.36, 0.16)) * poor,
            np.where(age >= 65, 0.05, 0.65),
            np.where(age >= 65, 0.0, np.where(age < 19, 0.05, 0.11)) * np.sqrt(poor),
        ]
    )
    return draws.choose("payer", person_id, weights * (site.payer_weights or 1.0))


def _draw_language(person_id: Integers, is_hispanic: Flags, draws: Draws) -> Integers:
    """The language somebody prefers: about one in twelve does not prefer English."""
    point = draws.uniform("language", person_id)
    spanish = np.where(is_hispanic, 0.28, 0.001)
    return np.where(point < spanish, 1, np.where(point < spanish + 0.028, 2, 0))


def draw_periods(
    person_id: Integers, birth_day: Integers, draws: Draws, leaving_ratio: Floats | float = 1.0
) -> tuple[Integers, Integers, Integers, Integers]:
    """Start and end of a first and, for a few who left and came back, a second period.

    `leaving_ratio` multiplies the rate of leaving.
    """
    joins_later = draws.happens("joins later", person_id, 0.28)
    later = FIRST_DAY + draws.uniform("joins when", person_id) * (LAST_DAY - FIRST_DAY - 200)
    first_start = np.where(joins_later, later.astype(np.int64), FIRST_DAY)
    first_start = np.maximum(first_start, birth_day)

    stayed = 60 + draws.exponential("stays how long", person_id) * 22 * DAYS_IN_YEAR / leaving_ratio
    first_end = np.minimum(first_start + stayed.astype(np.int64), LAST_DAY)

    away = 60 + (draws.uniform("away how long", person_id) * 500).astype(np.int64)
    comes_back = draws.happens("comes back", person_id, 0.25)
    comes_back &= first_end + away < LAST_DAY - 90
    second_start = np.where(comes_back, first_end + away, NEVER)
    second_end = np.where(comes_back, LAST_DAY, NEVER)
    return first_start, first_end, second_start, second_end
