"""How ill simulated people are, counted from the CDM as written, beside published figures.

The figures are in `published_figures.csv`: what was counted, in whom, by whom, how near we must be.
Prevalence and latest values are those on the last day of 2021, in the middle of the six years;
rates count all six. Age is the year less the year of birth.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from tests.support.simulated_people import Simulated

FIGURES = Path(__file__).parent / "published_figures.csv"
MIDDLE = date(2021, 12, 31)
FEMALE, MALE, STAY, DIED = 8532, 8507, 9201, 4216643
CONDITIONS: Mapping[str, tuple[int, ...]] = {
    "hypertension": (320128,),
    "type 2 diabetes": (201826, 4193704),
    "depression": (440383,),
    "copd": (255573, 257004),
    "asthma": (317009,),
    "coronary disease": (317576, 312327),
    "heart failure": (316139, 4229440),
    "atrial fibrillation": (313217,),
    "dementia": (4182210,),
    "arthritis": (80180, 4079750, 80809),
    "cancer": (443392,),
    "anaemia": (439777,),
    "chronic kidney disease, stage 3 to 5": (46271022, 443597, 443612, 443611),
    "hyperlipidaemia": (432867,),
}
VALUES = {
    "bmi": 3038553,
    "systolic": 3004249,
    "diastolic": 3012888,
    "ldl": 3009966,
    "hdl": 3007070,
    "cholesterol": 3027114,
    "hba1c": 3004410,
    "egfr": 46236952,
}
BLOOD_PRESSURE_DRUGS = (1308216, 1367500, 1332418, 974166)
LIPIDS = (3009966, 3007070, 3027114)
MG_PER_MMOL = 38.67
"""Milligrams in a decilitre for each millimole of cholesterol in a litre."""

_HYPERTENSIVE, _DIABETIC = pl.col("hypertension"), pl.col("type 2 diabetes")
_TREATED = pl.col("takes_blood_pressure_drug")
# What is counted in people observed in the middle; null: not asked of this person.
OF_PEOPLE: Mapping[str, pl.Expr] = {
    **{name: pl.col(name) for name in CONDITIONS},
    "body-mass index of 30 or more": pl.col("bmi") >= 30,
    "mean systolic pressure (mmHg)": pl.col("systolic"),
    "mean systolic pressure, no hypertension (mmHg)": pl.when(~_HYPERTENSIVE).then("systolic"),
    "mean systolic pressure, treated hypertension (mmHg)": pl.when(_HYPERTENSIVE & _TREATED).then(
        "systolic"
    ),
    "mean systolic pressure, untreated hypertension (mmHg)": pl.when(
        _HYPERTENSIVE & ~_TREATED
    ).then("systolic"),
    "mean diastolic pressure (mmHg)": pl.col("diastolic"),
    "treated, of people with hypertension": pl.when(_HYPERTENSIVE).then(_TREATED),
    "mean LDL cholesterol (mg/dL)": pl.col("ldl"),
    "mean total cholesterol (mg/dL)": pl.col("cholesterol"),
    "total cholesterol of 240 mg/dL or more": pl.col("cholesterol") >= 240,
    "HDL cholesterol below 40 mg/dL": pl.col("hdl") < 40,
    "HbA1c below 7 %, of people with diabetes": pl.when(_DIABETIC).then(pl.col("hba1c") < 7),
    "blood pressure below 140/90, of people with diabetes": pl.when(_DIABETIC).then(
        (pl.col("systolic") < 140) & (pl.col("diastolic") < 90)
    ),
    "LDL cholesterol below 100 mg/dL, of people with diabetes": pl.when(_DIABETIC).then(
        pl.col("ldl") < 100
    ),
    "mean eGFR (mL/min/1.73 m2)": pl.col("egfr"),
    "a stay in the past year": pl.col("stayed_this_year"),
}
OF_STAYS = {
    "mean length of stay (days)": pl.col("days"),
    "another stay within 30 days of discharge": pl.when(~pl.col("died")).then("comes_back"),
}
OF_YEARS = {"stays a year": pl.col("n_stays"), "deaths a year": pl.col("n_deaths")}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One published figure, and within what part of it ours must lie."""

    group: str
    measure: str
    sex: str
    from_age: int
    to_age: int | None
    published: float
    within: float
    source: str
    year: str

    @property
    def who(self) -> str:
        """The people it is about: `women 40-59`."""
        who = {"all": "people", "male": "men", "female": "women"}[self.sex]
        if self.to_age is None:
            return f"all {who}" if self.from_age == 0 else f"{who} {self.from_age}+"
        return f"{who} {self.from_age}-{self.to_age}"

    @property
    def source_and_year(self) -> str:
        """Who counted it, and of which years it is."""
        return f"{self.source}, {self.year}"

    @property
    def name(self) -> str:
        """What and in whom."""
        return f"{self.measure}, {self.who}"


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Our figure, and of how many (people, stays, or years) it was counted."""

    value: float
    n: float

    def standard_error(self) -> float:
        """Of a share or a rate of rare events; 0 for means, whose error is small."""
        if self.value > 1 or not self.n:
            return 0.0
        return float((self.value * (1 - self.value) / self.n) ** 0.5)


def published_figures() -> list[Figure]:
    """Every figure of the data file, in its order."""
    with FIGURES.open(encoding="utf-8") as lines:
        return [
            Figure(
                group=row["group"],
                measure=row["measure"],
                sex=row["sex"],
                from_age=int(row["from_age"]),
                to_age=int(row["to_age"]) if row["to_age"] else None,
                published=float(row["published"]),
                within=float(row["within"]),
                source=row["source"],
                year=row["year"],
            )
            for row in csv.DictReader(lines)
        ]


@dataclass(frozen=True)
class Epidemiology:
    """The same figures, counted in a simulated CDM."""

    simulated: Simulated

    def count(self, figure: Figure) -> Counted:
        """Our counterpart of a published figure."""
        if figure.measure in OF_PEOPLE:
            frame, counted = self.people, OF_PEOPLE[figure.measure]
        elif figure.measure in OF_STAYS:
            frame, counted = self.stays, OF_STAYS[figure.measure]
        else:
            frame, counted = self.years, OF_YEARS[figure.measure]
        chosen = frame.filter(pl.col("age").is_between(figure.from_age, figure.to_age or 200))
        if figure.sex != "all":
            chosen = chosen.filter(pl.col("sex") == {"male": MALE, "female": FEMALE}[figure.sex])
        weight = pl.col("years") if frame is self.years else counted.is_not_null()
        total, n = chosen.select(counted.cast(pl.Float64).sum(), weight.sum().alias("n")).row(0)
        return Counted(value=total / n, n=n)

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row for each person observed in the middle: diseases until then, latest values."""
        observed = self._periods.filter(pl.lit(MIDDLE).is_between("start", "end"))
        people = self._everyone.join(observed, on="person_id", how="semi").with_columns(
            (MIDDLE.year - pl.col("year_of_birth")).alias("age")
        )
        conditions = self.simulated.table("condition_occurrence").filter(
            pl.col("condition_start_date") <= MIDDLE
        )
        drugs = self.simulated.table("drug_era").filter(
            pl.lit(MIDDLE).is_between("drug_era_start_date", "drug_era_end_date")
            & pl.col("drug_concept_id").is_in(BLOOD_PRESSURE_DRUGS)
        )
        stays = self.stays.filter(pl.col("start").is_between(date(2021, 1, 1), MIDDLE))
        people = people.with_columns(
            *(
                pl.col("person_id")
                .is_in(
                    conditions.filter(pl.col("condition_concept_id").is_in(concepts))["person_id"]
                    .unique()
                    .implode()
                )
                .alias(name)
                for name, concepts in CONDITIONS.items()
            ),
            pl.col("person_id")
            .is_in(drugs["person_id"].unique().implode())
            .alias("takes_blood_pressure_drug"),
            pl.col("person_id")
            .is_in(stays["person_id"].unique().implode())
            .alias("stayed_this_year"),
        )
        for name, concept in VALUES.items():
            people = people.join(self._latest(name, concept), on="person_id", how="left")
        return people

    @cached_property
    def stays(self) -> pl.DataFrame:
        """One row for each stay, transfers joined: days, whether it ended in death, whether
        another begins on days 1 to 30 after it."""
        person = pl.col("person_id")
        visits = (
            self.simulated.table("visit_occurrence")
            .filter(pl.col("visit_concept_id") == STAY)
            .sort("person_id", "visit_start_date", "visit_end_date")
            .select(
                "person_id",
                pl.col("visit_start_date").alias("start"),
                pl.col("visit_end_date").alias("end"),
                (pl.col("discharged_to_concept_id") == DIED).alias("died"),
            )
        )
        ended = pl.col("end").shift(1).over(person)
        stays = (
            visits.with_columns((ended.is_null() | (pl.col("start") > ended)).cum_sum().alias("at"))
            .group_by("at", maintain_order=True)
            .agg(person.first(), pl.col("start").min(), pl.col("end").max(), pl.col("died").any())
            .join(self._everyone, on="person_id")
        )
        gap = (pl.col("start").shift(-1).over(person) - pl.col("end")).dt.total_days()
        return stays.with_columns(
            (pl.col("end") - pl.col("start")).dt.total_days().alias("days"),
            (pl.col("start").dt.year() - pl.col("year_of_birth")).alias("age"),
            gap.is_between(1, 30).fill_null(False).alias("comes_back"),
        )

    @cached_property
    def years(self) -> pl.DataFrame:
        """One row for each observed part of a calendar year of a person: stays and deaths."""
        by = ["person_id", "year"]
        died = self.simulated.table("death").select(
            "person_id", pl.col("death_date").dt.year().alias("year"), pl.lit(1).alias("n_deaths")
        )
        stays = self.stays.group_by("person_id", pl.col("start").dt.year().alias("year")).agg(
            pl.len().alias("n_stays")
        )
        parts = []
        for year in range(2019, 2025):
            first = pl.max_horizontal("start", pl.lit(date(year, 1, 1)))
            last = pl.min_horizontal("end", pl.lit(date(year, 12, 31)))
            days = (last - first).dt.total_days() + 1
            parts.append(
                self._periods.select(
                    "person_id", pl.lit(year).cast(pl.Int32).alias("year"), days.alias("days")
                ).filter(pl.col("days") > 0)
            )
        observed = pl.concat(parts).group_by(by).agg((pl.col("days").sum() / 365.25).alias("years"))
        return (
            observed.join(died, on=by, how="left")
            .join(stays, on=by, how="left")
            .join(self._everyone, on="person_id")
            .with_columns(
                pl.col("n_deaths", "n_stays").fill_null(0),
                (pl.col("year") - pl.col("year_of_birth")).alias("age"),
            )
        )

    @cached_property
    def _everyone(self) -> pl.DataFrame:
        return self.simulated.table("person").select(
            "person_id", "year_of_birth", pl.col("gender_concept_id").alias("sex")
        )

    @cached_property
    def _periods(self) -> pl.DataFrame:
        return self.simulated.table("observation_period").select(
            "person_id",
            pl.col("observation_period_start_date").alias("start"),
            pl.col("observation_period_end_date").alias("end"),
        )

    def _latest(self, name: str, concept: int) -> pl.DataFrame:
        """Each person's latest value until the middle, cholesterol in mg/dL."""
        value = pl.col("value_as_number")
        if concept in LIPIDS:
            value = (
                pl.when(pl.col("unit_concept_id") == 8753)
                .then(value * MG_PER_MMOL)
                .otherwise(value)
            )
        return (
            self._measurement.filter(
                (pl.col("measurement_concept_id") == concept)
                & (pl.col("measurement_date") <= MIDDLE)
            )
            .sort("measurement_date", "measurement_id")
            .group_by("person_id")
            .agg(value.last().alias(name))
        )

    @cached_property
    def _measurement(self) -> pl.DataFrame:
        return self.simulated.table("measurement")
