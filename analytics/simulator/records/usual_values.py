"""What a measurement shows but for the noise of the day.

Values follow from the same facts that drive disease: HbA1c and body-mass index climb before
diabetes is diagnosed and HbA1c falls under treatment, eGFR falls with kidney disease, LDL with a
statin, haemoglobin after a haemorrhage.
"""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Draws, Flags, Floats, Integers
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.drug_courses import BLOOD_PRESSURE_DRUGS, GLUCOSE_DRUGS, STATINS
from analytics.simulator.lives.kidneys import egfr
from analytics.simulator.lives.people import MALE
from analytics.simulator.lives.whole import Lives
from analytics.simulator.timeline import FIRST_DAY


@dataclass(frozen=True, kw_only=True)
class UsualValues:
    """The usual values of everybody in a batch, for rows of (person position, day)."""

    lives: Lives
    draws: Draws

    def of(self, name: str, person: Integers, day: Integers) -> Floats:
        """The usual value of this measure (in its usual unit) for each row."""
        own = self._own(name)[person]
        present, people = self.lives.onsets.present_on, self.lives.people
        is_male = people.sex[person] == MALE
        if name == "sbp":
            return self._systolic(person, day, own)
        if name == "dbp":
            high = present("hypertension", person, day)
            treated = self.lives.courses.count_current(BLOOD_PRESSURE_DRUGS, person, day)
            return 68.5 + 9 * high - 3 * np.minimum(treated, 3) + 6 * own
        if name == "bmi":
            return self._bmi(person, day)
        if name == "height":
            return self._height(person, day)
        if name == "weight":
            return self._bmi(person, day) * (self._height(person, day) / 100) ** 2
        if name == "egfr":
            return self._egfr(person, day)
        if name == "creatinine":
            size = np.where(is_male, 1.0, 0.76)
            return size * 0.92 * (88 / self._egfr(person, day)) ** 0.87
        if name == "urea nitrogen":
            return 14 * (90 / self._egfr(person, day)) ** 0.6 + 2 * own
        if name == "hba1c":
            return self._hba1c(person, day)
        if name == "glucose":
            return np.maximum(28.7 * self._hba1c(person, day) - 54, 62)
        if name == "ldl":
            return self._ldl(person, day)
        if name == "hdl":
            return self._hdl(person)
        if name == "triglycerides":
            return self._triglycerides(person)
        if name == "cholesterol":
            # Friedewald's formula, the other way round.
            very_low = self._triglycerides(person) / 5
            return self._ldl(person, day) + self._hdl(person) + very_low
        if name == "haemoglobin":
            return self._haemoglobin(person, day, is_male)
        if name == "haematocrit":
            return 3 * self._haemoglobin(person, day, is_male)
        return self._plain(name, person, day, own)

    def _plain(self, name: str, person: Integers, day: Integers, own: Floats) -> Floats:
        """Values that depend on little but the person."""
        present = self.lives.onsets.present_on
        if name == "heart rate":
            return 74 + 7 * own + 6 * present("heart failure", person, day)
        if name == "respiratory rate":
            return 15.5 + own + 2.5 * present("copd", person, day)
        if name == "temperature":
            return 36.7 + 0.15 * own
        if name == "potassium":
            return 4.2 + 0.2 * own + 0.25 * present("chronic kidney disease", person, day)
        if name == "sodium":
            return 139.8 + 1.3 * own - 1.5 * present("heart failure", person, day)
        if name == "chloride":
            return 103 + 1.5 * own
        if name == "calcium":
            return 9.4 + 0.25 * own - 0.2 * present("chronic kidney disease", person, day)
        if name == "alt":
            return 23 * np.exp(0.38 * own + 0.02 * (self.lives.people.bmi[person] - 28.6))
        if name == "ast":
            return 22 * np.exp(0.28 * own)
        if name == "albumin":
            return 4.25 + 0.2 * own - 0.35 * present("cancer", person, day)
        if name == "leukocytes":
            return 7.2 + 1.3 * own
        if name == "platelets":
            return 245 + 45 * own
        raise AssertionError(f"no usual value for {name}")

    def _own(self, name: str) -> Floats:
        """How far each person's usual value lies from that of their like, in sd."""
        return self.draws.normal(f"usual {name}", self.lives.people.person_id)

    def _age(self, person: Integers, day: Integers) -> Floats:
        return np.asarray((day - self.lives.people.birth_day[person]) / 365.25)

    def _systolic(self, person: Integers, day: Integers, own: Floats) -> Floats:
        treated = self.lives.courses.count_current(BLOOD_PRESSURE_DRUGS, person, day)
        high = self.lives.onsets.present_on("hypertension", person, day)
        of_age = 0.20 * np.clip(self._age(person, day) - 20, 0, 65)
        return 111 + of_age + 25 * high - 9 * np.minimum(treated, 3) + 9 * own

    def _bmi(self, person: Integers, day: Integers) -> Floats:
        people, age = self.lives.people, self._age(person, day)
        grown = 15.5 + 0.45 * age + 0.25 * (people.bmi[person] - 28.6)
        adult = self.lives.glycaemia.bmi(people, person, day) + _weight_of_age(age)
        return np.where(age < 18, grown, adult)

    def _height(self, person: Integers, day: Integers) -> Floats:
        is_male = self.lives.people.sex[person] == MALE
        adult = np.where(is_male, 175.5, 162) + 6.8 * self._own("height")[person]
        share = np.interp(self._age(person, day), [0, 1, 5, 12, 16.5], [0.30, 0.44, 0.64, 0.88, 1])
        return np.asarray(adult * share)

    def _egfr(self, person: Integers, day: Integers) -> Floats:
        return egfr(self.lives.people, self.lives.onsets, person, day, self.draws)

    def _hba1c(self, person: Integers, day: Integers) -> Floats:
        onset = self.lives.onsets.days[DIABETES][person]
        untreated = self.lives.glycaemia.untreated_hba1c(person, np.minimum(day, onset))
        id_ = self.lives.people.person_id
        jump = 0.3 + 0.75 * self.draws.exponential("hba1c at diagnosis", id_)[person]
        years = np.clip((day - np.maximum(onset, FIRST_DAY - 4000)) / 365.25, 0, 12)
        n_drugs = np.minimum(self.lives.courses.count_current(GLUCOSE_DRUGS, person, day), 3)
        diabetic = np.maximum(untreated, 6.5) + jump + 0.10 * years - 0.80 * n_drugs
        return np.where(onset <= day, np.clip(diabetic, 5.6, 13.5), untreated)

    def _ldl(self, person: Integers, day: Integers) -> Floats:
        own = self._own("ldl")[person]
        on_statin = self.lives.courses.count_current(STATINS, person, day) > 0
        high = self.lives.onsets.present_on("hyperlipidaemia", person, day)
        age = self._age(person, day)
        of_age = 0.95 * np.clip(age - 25, 0, 25) - 0.4 * np.clip(age - 60, 0, 25)
        level = 96 + of_age + 26 * high + 34 * own
        return np.maximum(level * np.where(on_statin, 0.62, 1.0), 25)

    def _hdl(self, person: Integers) -> Floats:
        people = self.lives.people
        is_male = people.sex[person] == MALE
        own = self._own("hdl")[person]
        mean = np.where(is_male, 48.7, 56.6) - 0.3 * (people.bmi[person] - 28.6)
        return np.maximum(mean + 10 * own, 22)

    def _triglycerides(self, person: Integers) -> Floats:
        own = self._own("triglycerides")[person]
        return 108 * np.exp(0.42 * own + 0.012 * (self.lives.people.bmi[person] - 28.6))

    def _haemoglobin(self, person: Integers, day: Integers, is_male: Flags) -> Floats:
        present = self.lives.onsets.present_on
        days_since = day[:, None] - self.lives.bleeding.days[person]
        is_bleeding = ((days_since >= 0) & (days_since < 30)).any(axis=1)
        level = 13.5 + 1.4 * is_male + 0.9 * self._own("haemoglobin")[person]
        level = level - 2.1 * present("anaemia", person, day) - 2.9 * is_bleeding
        return np.maximum(level - 0.7 * present("chronic kidney disease", person, day), 4.5)


def _weight_of_age(age: Floats) -> Floats:
    """People are heaviest in the middle of life (kg/m2 more than at other ages)."""
    return np.asarray(1.2 - np.abs(np.clip(age, 20, 85) - 52) / 14)
