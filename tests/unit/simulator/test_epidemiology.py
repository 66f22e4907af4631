"""Simulated people are about as ill as the population they stand for.

Figures are of adults in the United States, from the sources cited beside them; ours may differ
by a quarter. Prevalence is counted on the last day of 2021, in the middle of the six years.
"""

from datetime import date

import polars as pl
import pytest

from tests.support.plainly_simulator import comes_within, stays_joined
from tests.support.simulated_people import Simulated

MIDDLE = date(2021, 12, 31)


def adults(simulated: Simulated) -> pl.DataFrame:
    """Adults observed on the last day of 2021, with age."""
    observed = simulated.table("observation_period").filter(
        pl.lit(MIDDLE).is_between(
            pl.col("observation_period_start_date"), pl.col("observation_period_end_date")
        )
    )
    people = simulated.table("person").join(observed, on="person_id", how="semi")
    with_age = people.with_columns((2021 - pl.col("year_of_birth")).alias("age"))
    return with_age.filter(pl.col("age") >= 18)


def share_with(simulated: Simulated, concepts: tuple[int, ...], people: pl.DataFrame) -> float:
    conditions = simulated.table("condition_occurrence").filter(
        pl.col("condition_concept_id").is_in(concepts) & (pl.col("condition_start_date") <= MIDDLE)
    )
    return people.join(conditions, on="person_id", how="semi").height / people.height


@pytest.mark.parametrize(
    ("condition", "concepts", "published"),
    [
        # NCHS Data Brief 511 (2024): hypertension, adults, August 2021 to August 2023.
        ("hypertension", (320128,), 0.477),
        # NCHS Data Brief 516 (2024): total diabetes, adults, same years.
        ("type 2 diabetes", (201826, 4193704), 0.158),
        # MMWR 2023;72:656: a diagnosis of depression ever, adults, 2020.
        ("depression", (440383,), 0.185),
        # MMWR 2023;72:1250: COPD, adults, 2021.
        ("copd", (255573, 257004), 0.06),
        # CDC, Most Recent National Asthma Data: current asthma, adults, 2021.
        ("asthma", (317009,), 0.080),
        # CDC, Heart Disease Facts: about 1 in 20 adults has coronary artery disease.
        ("coronary disease", (317576,), 0.05),
        # AHA Heart Disease and Stroke Statistics 2024: 6.7 million adults with heart failure.
        ("heart failure", (316139, 4229440), 0.027),
    ],
)
def test_prevalence_is_as_published(
    simulated: Simulated, condition: str, concepts: tuple[int, ...], published: float
):
    share = share_with(simulated, concepts, adults(simulated))
    assert share == pytest.approx(published, rel=0.25), condition


@pytest.mark.parametrize(
    "concepts",
    [(320128,), (201826, 4193704), (317576,), (80180, 4079750), (46271022, 443597, 443612)],
)
def test_diseases_of_age_become_commoner_with_age(simulated: Simulated, concepts: tuple[int, ...]):
    people = adults(simulated)
    young = people.filter(pl.col("age") < 40)
    middle = people.filter(pl.col("age").is_between(40, 59))
    old = people.filter(pl.col("age") >= 60)
    shares = [share_with(simulated, concepts, group) for group in (young, middle, old)]
    assert shares == sorted(shares)
    # The least steep of them, hypertension, is 1.36 times as common (NCHS Data Brief 511).
    assert shares[2] > 1.3 * shares[1]


def test_body_mass_index_above_30_is_as_common_as_published(simulated: Simulated):
    latest = (
        simulated.table("measurement")
        .filter(
            (pl.col("measurement_concept_id") == 3038553) & (pl.col("measurement_date") <= MIDDLE)
        )
        .sort("measurement_date", "measurement_id")
        .group_by("person_id")
        .agg(pl.col("value_as_number").last())
        .join(adults(simulated), on="person_id", how="semi")
    )
    # NCHS Data Brief 508 (2024): obesity, adults, August 2021 to August 2023.
    assert (latest["value_as_number"] >= 30).mean() == pytest.approx(0.403, rel=0.25)


def test_groups_nobody_recorded_are_there(simulated: Simulated):
    person = simulated.table("person")
    unknown_race = (person["race_concept_id"] == 0).mean()
    assert 0.15 < unknown_race < 0.3
    assert 0.05 < (person["ethnicity_concept_id"] == 0).mean() < 0.2
    assert 0 < (person["gender_concept_id"] == 0).mean() < 0.01
    mixed = person.filter(pl.col("race_concept_id") == 1546847)
    said = simulated.table("observation").filter(pl.col("observation_concept_id") == 4013886)
    assert said.group_by("person_id").len()["len"].to_list() == [2] * mixed.height
    assert set(said["person_id"]) == set(mixed["person_id"])
    hispanic = person.filter(pl.col("ethnicity_concept_id") == 38003563)
    assert hispanic["race_concept_id"].n_unique() >= 5, "Hispanic people are of any race"


def test_deaths_a_year_are_as_published(simulated: Simulated):
    periods = simulated.table("observation_period")
    days = (
        periods["observation_period_end_date"] - periods["observation_period_start_date"]
    ).dt.total_days()
    deaths_a_year = simulated.table("death").height / ((days.sum() + periods.height) / 365.25)
    # NCHS Data Brief 456 (2022): 1,043.8 deaths for 100,000 people in 2021.
    assert deaths_a_year == pytest.approx(0.010438, rel=0.25)


def test_stays_and_readmissions_are_as_published(simulated: Simulated):
    visits = simulated.table("visit_occurrence").filter(pl.col("visit_concept_id") == 9201)
    grown = simulated.table("person").filter(pl.col("year_of_birth") <= 2000)
    lengths, returns = [], []
    for person, rows in visits.join(grown, on="person_id", how="semi").group_by("person_id"):
        del person
        stays = stays_joined(
            [
                (start, end, to == 4216643)
                for start, end, to in rows.select(
                    "visit_start_date", "visit_end_date", "discharged_to_concept_id"
                ).iter_rows()
            ]
        )
        starts = [start for start, _, _ in stays]
        lengths += [(end - start).days for start, end, _ in stays]
        returns += [comes_within(end, starts, 30) for _, end, died in stays if not died]
    # HCUP Statistical Brief 246: mean length of stay 4.6 days in 2016.
    assert sum(lengths) / len(lengths) == pytest.approx(4.6, rel=0.25)
    # HCUP Statistical Brief 248: 13.9 of 100 stays were followed by another in 30 days, 2016.
    assert sum(returns) / len(returns) == pytest.approx(0.139, rel=0.25)


def test_sugar_and_weight_climb_before_diabetes_and_sugar_falls_under_treatment(
    simulated: Simulated,
):
    diagnosed = (
        simulated.table("condition_occurrence")
        .filter(pl.col("condition_concept_id").is_in([201826, 4193704]))
        .group_by("person_id")
        .agg(pl.col("condition_start_date").min().alias("diagnosis"))
        .filter(pl.col("diagnosis") >= date(2021, 1, 1))
    )
    measured = simulated.table("measurement").join(diagnosed, on="person_id")
    years = (pl.col("measurement_date") - pl.col("diagnosis")).dt.total_days() / 365.25

    def mean(concept: int, since: float, until: float) -> float:
        chosen = measured.filter(
            (pl.col("measurement_concept_id") == concept) & years.is_between(since, until)
        )
        assert chosen.height > 50
        return chosen.select(pl.col("value_as_number").mean()).item()

    assert mean(3004410, -5, -2) + 0.1 < mean(3004410, -1, -0.003)
    assert mean(3004410, -1, -0.003) + 0.5 < mean(3004410, 0, 0.1)
    assert mean(3004410, 0.5, 1.5) < mean(3004410, 0, 0.1)
    everyone = simulated.table("measurement").filter(pl.col("measurement_concept_id") == 3004410)
    usual = everyone.join(diagnosed, on="person_id", how="anti")
    assert mean(3038553, -1, 0) > 29
    assert usual["value_as_number"].mean() < mean(3004410, 0, 5)


def test_diabetes_is_treated_in_lines_that_are_combined_switched_and_stopped(simulated: Simulated):
    glucose = [1503297, 1560171, 1597756, 1580747, 45774751, 40170911, 793143, 1502905]
    eras = simulated.table("drug_era").filter(pl.col("drug_concept_id").is_in(glucose))
    assert set(eras["drug_concept_id"]) == set(glucose)
    first = eras.sort("person_id", "drug_era_start_date").group_by("person_id").first()
    assert (first["drug_concept_id"] == 1503297).mean() > 0.4, "metformin comes first for most"
    pairs = eras.join(eras, on="person_id", suffix="_next").filter(
        (pl.col("drug_concept_id") != pl.col("drug_concept_id_next"))
        & (pl.col("drug_era_start_date") < pl.col("drug_era_start_date_next"))
    )
    overlap = (pl.col("drug_era_end_date") - pl.col("drug_era_start_date_next")).dt.total_days()
    combined = pairs.filter(overlap >= 60)["person_id"].n_unique()
    switched = pairs.filter(overlap.is_between(-40, 0))["person_id"].n_unique()
    stopped = pairs.filter(overlap < -90)["person_id"].n_unique()
    assert min(combined, switched, stopped) > 30


def test_colds_come_in_winter(simulated: Simulated):
    bronchitis = (
        simulated.table("condition_occurrence")
        .filter(pl.col("condition_concept_id") == 260139)["condition_start_date"]
        .dt.month()
    )
    winter = bronchitis.is_in([12, 1, 2]).sum()
    summer = bronchitis.is_in([6, 7, 8]).sum()
    assert winter > 1.8 * summer
