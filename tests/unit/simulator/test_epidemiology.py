"""Simulated people are about as ill as the population they stand for.

Figures are published ones, mostly of the United States (`tests/support/published_figures.csv`
names the source of each); ours lie within a quarter, means of measured values within less. What
20,000 people leave to chance is allowed on top; `make agreement` holds 100,000 without it.
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analytics.simulator import simulate
from tests.support import simulator_page
from tests.support.epidemiology import (
    CONDITIONS,
    MG_PER_MMOL,
    Epidemiology,
    Figure,
    published_figures,
)
from tests.support.plainly_simulator import comes_within, stays_joined
from tests.support.simulated_people import Simulated

FIGURES = published_figures()
FOUR_TABLES = ("condition_occurrence", "drug_exposure", "procedure_occurrence", "measurement")


@pytest.fixture(scope="module")
def epidemiology(simulated: Simulated) -> Epidemiology:
    return Epidemiology(simulated)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_is_as_published(epidemiology: Epidemiology, figure: Figure):
    ours = epidemiology.count(figure)
    by_chance = 2 * ours.standard_error()
    assert ours.value == pytest.approx(
        figure.published, abs=figure.within * figure.published + by_chance
    )


@pytest.mark.agreement
def test_figures_are_as_published_when_chance_is_small(tmp_path: Path):
    """About 90 s: 100,000 people, another seed."""
    cdm = simulate(persons=100_000, seed=2024, out=tmp_path / "cdm", processes=2)
    large = Epidemiology(Simulated(cdm=cdm))
    far = {
        figure.name: (figure.published, ours)
        for figure in FIGURES
        if abs((ours := large.count(figure).value) / figure.published - 1) > figure.within
    }
    assert far == {}


def test_at_least_ten_conditions_are_held_by_age_and_by_sex():
    held = [figure for figure in FIGURES if figure.group in ("condition", "weight")]
    by_sex = {figure.measure for figure in held if figure.sex != "all"}
    by_age = {figure.measure for figure in held if figure.from_age > 20 or figure.to_age}
    assert len(by_sex & by_age) >= 10
    assert {figure.measure for figure in held} >= set(CONDITIONS)


def test_every_figure_names_a_source_and_its_years():
    assert all(figure.source and figure.year for figure in FIGURES)
    assert all(0 < figure.within <= 0.25 for figure in FIGURES)


def test_the_docs_page_shows_every_figure_and_its_source():
    shown = simulator_page.PAGE.read_text("utf-8")
    rows = shown.split(simulator_page.BEGIN)[1].split(simulator_page.END)[0].splitlines()
    cells = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows if row][2:]
    assert [(row[1], row[2], row[5]) for row in cells] == [
        (figure.who, simulator_page.said(figure, figure.published), figure.source_and_year)
        for figure in FIGURES
    ]
    assert all(0.74 < float(row[4]) < 1.26 for row in cells)


def test_stays_are_counted_as_plainly(epidemiology: Epidemiology, simulated: Simulated):
    visits = simulated.table("visit_occurrence").filter(
        (pl.col("visit_concept_id") == 9201) & (pl.col("person_id") <= 4_000)
    )
    days, returns = [], []
    for _, rows in visits.group_by("person_id"):
        stays = stays_joined(
            [
                (start, end, to == 4216643)
                for start, end, to in rows.select(
                    "visit_start_date", "visit_end_date", "discharged_to_concept_id"
                ).iter_rows()
            ]
        )
        starts = [start for start, _, _ in stays]
        days += [(end - start).days for start, end, _ in stays]
        returns += [comes_within(end, starts, 30) for _, end, _ in stays]
    ours = epidemiology.stays.filter(pl.col("person_id") <= 4_000)
    assert sorted(ours["days"].to_list()) == sorted(days)
    assert ours["comes_back"].sum() == sum(returns)


def test_there_are_about_two_hundred_clinical_events_a_person(simulated: Simulated):
    rows = simulated.cdm.n_rows
    # At a million people, 150 million rows in four tables.
    assert 155 < sum(rows[name] for name in FOUR_TABLES) / simulated.cdm.n_people < 230
    events = (*FOUR_TABLES, "observation", "device_exposure")
    assert 170 < sum(rows.get(name, 0) for name in events) / simulated.cdm.n_people < 240


def test_density_scales_every_kind_of_record_and_neither_visits_nor_deaths(tmp_path: Path):
    rows = {
        density: simulate(persons=400, seed=3, out=tmp_path / f"{density}", density=density).n_rows
        for density in (0.25, 1.0, 5.0)
    }
    for name in FOUR_TABLES:
        assert rows[0.25][name] < 0.75 * rows[1.0][name]
        assert 1.6 * rows[1.0][name] < rows[5.0][name] < 6 * rows[1.0][name]
    for name in ("person", "visit_occurrence", "death", "observation_period"):
        assert rows[0.25][name] == rows[1.0][name] == rows[5.0][name]


def test_care_sites_differ_in_whom_they_care_for_and_in_what_they_write(simulated: Simulated):
    person = simulated.table("person")
    age = person.group_by("care_site_id").agg((2021 - pl.col("year_of_birth")).mean().alias("age"))
    assert age["age"].max() - age["age"].min() > 6
    payers = person.join(simulated.table("payer_plan_period"), on="person_id")
    medicaid = payers.group_by("care_site_id").agg(
        (pl.col("payer_source_value") == "Medicaid").mean().alias("share")
    )
    assert medicaid["share"].max() > 1.4 * medicaid["share"].min()
    visits = simulated.table("visit_occurrence").filter(pl.col("visit_concept_id") == 9202)
    at_site = visits.select("visit_occurrence_id", "care_site_id")
    n_visits = at_site.group_by("care_site_id").len("n_visits")
    for table, concepts, least_ratio in (
        ("condition_occurrence", CONDITIONS["hypertension"], 1.3),
        ("measurement", (3004410,), 1.3),
    ):
        concept = pl.col(f"{table.split('_')[0]}_concept_id")
        coded = (
            simulated.table(table)
            .filter(concept.is_in(concepts))
            .join(at_site, on="visit_occurrence_id")
            .group_by("care_site_id")
            .len("n_coded")
            .join(n_visits, on="care_site_id")
            .select(pl.col("n_coded") / pl.col("n_visits"))
            .to_series()
        )
        assert coded.max() > least_ratio * coded.min()


def test_laboratories_report_one_concept_in_two_units_of_the_same_quantity(simulated: Simulated):
    ldl = simulated.table("measurement").filter(pl.col("measurement_concept_id") == 3009966)
    mean = dict(ldl.group_by("unit_concept_id").agg(pl.col("value_as_number").mean()).iter_rows())
    assert set(mean) >= {8840, 8753}
    assert mean[8753] * MG_PER_MMOL == pytest.approx(mean[8840], rel=0.05)


def test_kidney_disease_goes_through_its_stages_as_egfr_falls(simulated: Simulated):
    stages = {443597: 3, 443612: 4, 443611: 5}
    coded = (
        simulated.table("condition_occurrence")
        .filter(pl.col("condition_concept_id").is_in(list(stages)))
        .select(
            "person_id",
            pl.col("condition_start_date").alias("day"),
            pl.col("condition_concept_id").replace_strict(stages).alias("stage"),
        )
        .sort("person_id", "day")
    )
    later = coded.with_columns(pl.col("stage").diff().over("person_id").alias("step"))
    assert (later["step"].drop_nulls() >= 0).all(), "kidney disease does not go back"
    assert later.filter(pl.col("step") > 0)["person_id"].n_unique() > 20
    egfr = (
        simulated.table("measurement")
        .filter(pl.col("measurement_concept_id") == 46236952)
        .join(coded, left_on=["person_id", "measurement_date"], right_on=["person_id", "day"])
        .group_by("stage")
        .agg(pl.col("value_as_number").mean())
    )
    mean = dict(egfr.iter_rows())
    assert 60 > mean[3] > 30 > mean[4] > 15 > mean[5]


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
