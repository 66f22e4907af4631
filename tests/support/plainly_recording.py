"""What is recorded of whom, the slow, obvious way: person by person, day by day, from the CDM's
files.

Written from the words of `recording_by_group` and `recording_by_year`: sums over people and
years in plain Python, the variance over people's years one at a time.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analytics.days import age_band
from tests.support.plainly_diagnostics import EVENTS

DOMAINS = {
    "condition": "condition_occurrence",
    "drug": "drug_exposure",
    "procedure": "procedure_occurrence",
    "measurement": "measurement",
    "observation": "observation",
    "device": "device_exposure",
    "visit": "visit_occurrence",
}
ATTRIBUTES = ("sex", "age_band", "race", "ethnicity")
Year = tuple[int, int]
Sums = dict[Year, float]
Stratum = tuple[tuple[int, bool], str, str]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Of each person and year (0: the person as a whole) what was looked at, and what recorded."""

    looked_at: Sums
    recorded: Sums


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A group beside everybody else, at its own mix of age, sex and year."""

    value: float
    value_of_others: float | None
    ratio: float | None
    z_squared: float


class Plainly:
    """A CDM read once; `group` says in which group of an attribute a person is."""

    def __init__(self, cdm: Path, people: pl.DataFrame) -> None:
        """`people` has person_id, sex, race, ethnicity and year_of_birth."""
        self.cdm = cdm
        self.people = {row["person_id"]: row for row in people.iter_rows(named=True)}
        self.days: dict[int, set[int]] = defaultdict(set)
        periods = pl.read_parquet(cdm / "observation_period.parquet")
        for person, start, end in periods.select(
            "person_id", "observation_period_start_date", "observation_period_end_date"
        ).iter_rows():
            self.days[person].update(range(start.toordinal(), end.toordinal() + 1))
        self.years: Sums = defaultdict(float)
        for person, days in self.days.items():
            first, last = date.fromordinal(min(days)).year, date.fromordinal(max(days)).year
            for year in range(first, last + 1):
                here = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
                if n_days := len(days.intersection(here)):
                    self.years[person, year] = n_days / 365.25
        self.n_years: dict[int, int] = defaultdict(int)
        self.last_year: dict[int, int] = {}
        for person, year in self.years:
            self.n_years[person] += 1
            self.last_year[person] = max(year, self.last_year.get(person, year))
        self.settled = {
            (person, year)
            for person, year in self.years
            if min(self.days[person]) + 365 <= date(year, 1, 1).toordinal()
        }

    def group(self, person: int, attribute: str) -> str:
        if attribute != "age_band":
            return str(self.people[person][attribute])
        last, born = self.last_year.get(person), self.people[person]["year_of_birth"]
        return "Unknown" if last is None or born is None else age_band(last - born)

    def records(self, domain: str) -> Measured:
        """Records of a domain on observed days, per observed year."""
        recorded: Sums = defaultdict(float)
        for person, year in self._observed(DOMAINS[domain]):
            recorded[person, year] += 1
        return Measured(looked_at=dict(self.years), recorded=recorded)

    def known(self, attribute: str) -> Measured:
        """People of whom the attribute is known."""
        return self._of_people(lambda person: self.people[person][attribute] != "Unknown")

    def observed_years(self) -> Measured:
        """Years of observation a person."""
        sums: dict[int, float] = defaultdict(float)
        for (person, _), years in self.years.items():
            sums[person] += years
        return self._of_people(lambda person: sums[person])

    def observed_part(self) -> Measured:
        """Of each year the part that a person was observed, of the longest that anybody was."""
        longest: dict[int, float] = defaultdict(float)
        for key in self.settled:
            longest[key[1]] = max(longest[key[1]], self.years[key])
        return Measured(
            looked_at={key: longest[key[1]] for key in self.settled}, recorded=self.years
        )

    def with_value_of(self, concept: int) -> Measured:
        """People with a value of the concept on an observed day."""
        those = {
            person
            for person, day, found, value, _ in self._measurements()
            if found == concept and value is not None and day.toordinal() in self.days[person]
        }
        return self._of_people(lambda person: person in those)

    def plausible_values(self, accepted: Path) -> Measured:
        """Values in a known unit, and those of them within the limits of their concept."""
        rules = {
            (int(row["concept_id"]), int(row["unit_concept_id"])): row
            for row in csv.DictReader(accepted.read_text().splitlines())
        }
        looked_at: Sums = defaultdict(float)
        recorded: Sums = defaultdict(float)
        for person, day, concept, value, unit in self._measurements():
            rule = rules.get((concept, unit or 0))
            if rule is None or value is None or day.toordinal() not in self.days[person]:
                continue
            looked_at[person, day.year] += 1
            here = value * float(rule["factor"]) + float(rule["shift"])
            lowest, highest = float(rule["lowest"] or -math.inf), float(rule["highest"] or math.inf)
            recorded[person, day.year] += lowest <= here <= highest
        return Measured(looked_at=looked_at, recorded=recorded)

    def beside_others(self, measured: Measured, attribute: str) -> dict[str, Beside]:
        """Each group of the attribute beside everybody else."""
        groups = {person: self.group(person, attribute) for person in self.people}
        strata = {
            (person, year): (
                (year, (person, year) in self.settled),
                "" if attribute == "sex" else self.group(person, "sex"),
                "" if attribute == "age_band" else self.group(person, "age_band"),
            )
            for person, year in measured.looked_at
        }
        return {
            group: self._beside(measured, strata, {p for p, g in groups.items() if g == group})
            for group in set(groups.values())
        }

    def _beside(
        self, measured: Measured, strata: Mapping[Year, Stratum], members: set[int]
    ) -> Beside:
        sums: dict[Stratum, list[float]] = defaultdict(lambda: [0.0] * 4)
        for key, looked_at in measured.looked_at.items():
            place = 0 if key[0] in members else 2
            sums[strata[key]][place] += looked_at
            sums[strata[key]][place + 1] += measured.recorded.get(key, 0.0)
        rate = {stratum: s[3] / s[2] for stratum, s in sums.items() if s[2] > 0}
        compared = [sums[stratum] for stratum in rate]
        expected = sum(rate[stratum] * sums[stratum][0] for stratum in rate)
        recorded, looked_at = sum(s[1] for s in compared), sum(s[0] for s in compared)
        variance = 0.0
        for key, amount in measured.looked_at.items():
            stratum = strata[key]
            if stratum not in rate:
                continue
            weight = self.n_years[key[0]] if key[1] else 1
            apart = measured.recorded.get(key, 0.0) - rate[stratum] * amount
            scale = 1.0 if key[0] in members else sums[stratum][0] / sums[stratum][2]
            variance += weight * (scale * apart) ** 2
        everything = sum(s[0] for s in sums.values())
        return Beside(
            value=sum(s[1] for s in sums.values()) / everything if everything else math.nan,
            value_of_others=expected / looked_at if looked_at else None,
            ratio=recorded / expected if expected else None,
            z_squared=(recorded - expected) ** 2 / variance if variance else 0.0,
        )

    def by_year(self, measured: Measured) -> dict[int, float]:
        """What is recorded in each year, of people observed for a year before it."""
        sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for key, looked_at in measured.looked_at.items():
            if key not in self.settled:
                continue
            sums[key[1]][0] += looked_at
            sums[key[1]][1] += measured.recorded.get(key, 0.0)
        return {year: recorded / looked_at for year, (looked_at, recorded) in sums.items()}

    def _of_people(self, recorded: Callable[[int], float]) -> Measured:
        return Measured(
            looked_at={(person, 0): 1.0 for person in self.people},
            recorded={(person, 0): float(recorded(person)) for person in self.people},
        )

    def _observed(self, table: str) -> Iterable[Year]:
        _, day_column = EVENTS[table]
        file = self.cdm / f"{table}.parquet"
        if not file.is_file():
            return
        for person, day in pl.read_parquet(file, columns=["person_id", day_column]).iter_rows():
            if person in self.people and day.toordinal() in self.days[person]:
                yield person, day.year

    def _measurements(self) -> Iterable[tuple[int, date, int, float | None, int | None]]:
        columns = [
            *("person_id", "measurement_date", "measurement_concept_id"),
            *("value_as_number", "unit_concept_id"),
        ]
        rows = pl.read_parquet(self.cdm / "measurement.parquet").select(columns).iter_rows()
        return (row for row in rows if row[0] in self.people)
