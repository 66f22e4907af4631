"""The three shipped questions have answers in simulated people: counted plainly, risks learnable.

Outcome rates lie between 3 and 20 %, and the risk that the simulator itself used tells who will
have the outcome with an AUROC of 0.70 to 0.85, though part of it rests on unrecorded facts.
"""

from datetime import date, timedelta

import polars as pl
import pytest

from analytics.simulator.truth import Truth, read_truth
from tests.support.plainly_simulator import area_under_curve, comes_within, stays_joined
from tests.support.simulated_people import PERSONS, Simulated

Row = tuple[int, date, bool]


@pytest.fixture(scope="module")
def truth(simulated: Simulated) -> Truth:
    return read_truth(simulated.cdm.folder)


def days_of(
    table: pl.DataFrame, concept: str, concepts: list[int], day: str
) -> dict[int, list[date]]:
    days: dict[int, list[date]] = {}
    for person, when in (
        table.filter(pl.col(concept).is_in(concepts)).select("person_id", day).iter_rows()
    ):
        days.setdefault(person, []).append(when)
    return days


def periods_of(simulated: Simulated) -> dict[int, list[tuple[date, date]]]:
    periods: dict[int, list[tuple[date, date]]] = {}
    for person, start, end in (
        simulated.table("observation_period")
        .select("person_id", "observation_period_start_date", "observation_period_end_date")
        .iter_rows()
    ):
        periods.setdefault(person, []).append((start, end))
    return periods


def is_observed_a_year(periods: list[tuple[date, date]], day: date) -> bool:
    return any(start + timedelta(days=365) <= day <= end for start, end in periods)


def readmissions(simulated: Simulated) -> list[Row]:
    visits = simulated.table("visit_occurrence").filter(pl.col("visit_concept_id") == 9201)
    of_person: dict[int, list[tuple[date, date, bool]]] = {}
    for person, start, end, to in visits.select(
        "person_id", "visit_start_date", "visit_end_date", "discharged_to_concept_id"
    ).iter_rows():
        of_person.setdefault(person, []).append((start, end, to == 4216643))
    rows = []
    for person, all_visits in of_person.items():
        stays = stays_joined(all_visits)
        starts = [start for start, _, _ in stays]
        rows += [(person, end, comes_within(end, starts, 30)) for _, end, died in stays if not died]
    return rows


def new_diabetes(simulated: Simulated) -> list[Row]:
    conditions = simulated.table("condition_occurrence")
    diagnosed = days_of(
        conditions, "condition_concept_id", [201826, 4193704], "condition_start_date"
    )
    born = dict(simulated.table("person").select("person_id", "year_of_birth").iter_rows())
    rows = []
    for person, periods in periods_of(simulated).items():
        for year in range(2019, 2025):
            index = date(year, 1, 1)
            days = diagnosed.get(person, [])
            is_adult = year - born[person] >= 18
            if is_adult and is_observed_a_year(periods, index) and all(d > index for d in days):
                rows.append((person, index, comes_within(index, days, 365)))
    return rows


def bleeds(simulated: Simulated) -> list[Row]:
    drugs, conditions = simulated.table("drug_exposure"), simulated.table("condition_occurrence")
    nsaids = [1118084, 1124300, 40162359]
    exposed = days_of(drugs, "drug_concept_id", nsaids, "drug_exposure_start_date")
    bled = days_of(conditions, "condition_concept_id", [192671], "condition_start_date")
    periods = periods_of(simulated)
    return [
        (person, min(days), comes_within(min(days), bled.get(person, []), 365))
        for person, days in exposed.items()
        if is_observed_a_year(periods[person], min(days))
    ]


QUESTIONS = {
    "readmission_30d": readmissions,
    "diabetes_onset_1y": new_diabetes,
    "gi_bleed_nsaid_1y": bleeds,
}


@pytest.mark.parametrize(
    ("study", "least_outcomes"),
    [("readmission_30d", 400), ("diabetes_onset_1y", 300), ("gi_bleed_nsaid_1y", 60)],
)
def test_outcomes_are_neither_rare_nor_usual_and_the_true_risk_foretells_them(
    simulated: Simulated, truth: Truth, study: str, least_outcomes: int
):
    rows = QUESTIONS[study](simulated)
    n_outcomes = sum(had for _, _, had in rows)
    assert n_outcomes >= least_outcomes
    # Two standard errors of chance are allowed around 3 to 20 %.
    slack = 2 * (0.1 * 0.9 / len(rows)) ** 0.5
    assert 0.03 - slack / 3 < n_outcomes / len(rows) < 0.20 + slack

    frame = getattr(truth, study).select("person_id", "index_date", "true_risk").drop_nulls()
    risk_of = {(person, day): risk for person, day, risk in frame.iter_rows()}
    known = [(had, risk_of[person, day]) for person, day, had in rows if (person, day) in risk_of]
    assert len(known) > 0.99 * len(rows)
    outcomes, risks = [had for had, _ in known], [risk for _, risk in known]
    assert 0.70 <= area_under_curve(outcomes, risks) <= 0.85
    # Some leave or die within the time at risk, so up to 15 % less is seen than was true; and
    # chance spreads a count by its root.
    expected, spread = sum(risks), 2.5 * sum(risks) ** 0.5
    assert 0.85 * expected - spread < sum(outcomes) < expected + spread


def test_new_users_are_about_one_person_in_eight(simulated: Simulated):
    drugs = simulated.table("drug_exposure")
    users = drugs.filter(pl.col("drug_concept_id").is_in([1118084, 1124300, 40162359]))
    assert 0.08 < users["person_id"].n_unique() / PERSONS < 0.16


def test_age_ulcers_and_anticoagulants_drive_haemorrhages(simulated: Simulated):
    rows = bleeds(simulated)
    born = dict(simulated.table("person").select("person_id", "year_of_birth").iter_rows())
    old = [had for person, day, had in rows if day.year - born[person] >= 70]
    young = [had for person, day, had in rows if day.year - born[person] < 50]
    assert sum(old) / len(old) > 2 * sum(young) / len(young)


def test_an_earlier_stay_and_heart_failure_drive_readmission(simulated: Simulated):
    rows = readmissions(simulated)
    failing = days_of(
        simulated.table("condition_occurrence"),
        "condition_concept_id",
        [316139, 4229440],
        "condition_start_date",
    )
    with_failure = [had for person, day, had in rows if min(failing.get(person, [date.max])) <= day]
    without = [had for person, day, had in rows if min(failing.get(person, [date.max])) > day]
    assert sum(with_failure) / len(with_failure) > 1.8 * sum(without) / len(without)
