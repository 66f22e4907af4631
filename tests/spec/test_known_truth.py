"""What a profile plants is there, as strong as it says and nowhere else; what it does not is not.

The comparisons that need many people are in `tests/agreement/test_known_truth.py`.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics.simulator import simulate
from analytics.simulator.draws import Draws
from analytics.simulator.lives.cost import share_out
from analytics.simulator.lives.groups import is_in_group
from analytics.simulator.lives.people import LANGUAGES, PAYERS, draw_people
from analytics.simulator.profile import GROUPS
from analytics.simulator.site import Site
from analytics.simulator.truth import read_truth, treatment_effect
from analytics.simulator.truth.unrecorded import unrecorded_facts
from tests.support.known_truth import (
    batches_of,
    by_drug,
    by_drug_and,
    ever_and_never,
    planted,
    statin_bands,
    statins_of,
    treatment_of,
    world_of,
)
from tests.support.plainly_comparisons import (
    log_rate_ratio,
    pooled_log_rate_ratio,
    risk_difference,
    standardised_difference,
)

BLACK = 8516
UNTOUCHED = (
    "person",
    "observation_period",
    "visit_occurrence",
    "drug_exposure",
    "drug_era",
    "procedure_occurrence",
    "measurement",
    "death",
)


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


# Under-recording


@pytest.fixture(scope="module")
def recorded_less(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("less") / "cdm"
    return simulate(persons=1_600, seed=6, out=out, profile="label_bias").folder


@pytest.fixture(scope="module")
def recorded_fully(tmp_path_factory: pytest.TempPathFactory) -> Path:
    full = planted("label_bias", under_recording={"share_not_recorded": 0.0})
    out = tmp_path_factory.mktemp("fully") / "cdm"
    return simulate(persons=1_600, seed=6, out=out, profile=full).folder


@pytest.mark.parametrize("name", UNTOUCHED)
def test_a_group_recorded_less_has_the_same_visits_drugs_and_deaths(
    recorded_less: Path, recorded_fully: Path, name: str
):
    assert table(recorded_less, name).equals(table(recorded_fully, name))
    assert table(recorded_less, name).height > 50


def test_its_conditions_are_lost_in_the_stated_share_and_nobody_elses(
    recorded_less: Path, recorded_fully: Path
):
    what = ["person_id", "condition_start_date", "condition_concept_id"]
    people = table(recorded_less, "person").select("person_id", "race_concept_id")
    of_each = [
        table(folder, "condition_occurrence")
        .select(what)
        .join(people, on="person_id")
        .group_by(pl.col("race_concept_id") == BLACK)
        .len()
        .sort("race_concept_id")["len"]
        .to_list()
        for folder in (recorded_less, recorded_fully)
    ]
    (others_less, group_less), (others_fully, group_fully) = of_each
    assert others_less == others_fully
    # Some thousand pairs of person and condition are lost or kept as one.
    assert 1 - group_less / group_fully == pytest.approx(0.7, abs=0.05)

    lost = read_truth(recorded_less).not_recorded
    assert lost.height == group_fully - group_less
    both = pl.concat([table(recorded_less, "condition_occurrence").select(what), lost])
    every = table(recorded_fully, "condition_occurrence").select(what)
    assert both.sort(what).equals(every.sort(what))
    assert read_truth(recorded_fully).not_recorded.height == 0


def test_any_group_that_is_told_apart_can_be_recorded_less():
    assert GROUPS["payer"] == PAYERS
    assert GROUPS["language"] == LANGUAGES
    people = draw_people(np.arange(1, 3_001), Draws(seed=1), Site())
    for attribute, groups in GROUPS.items():
        members = [is_in_group(people, attribute, group) for group in groups]  # type: ignore[arg-type]
        assert np.all(np.sum(members, axis=0) == 1), attribute
        assert all(group.any() for group in members), attribute


# Treatment and confounding


def test_nothing_planted_means_no_effect_for_anybody_and_a_coin():
    users = treatment_of("nothing_planted", persons=5_000, seed=2)
    assert users.height > 300
    assert users["risk_on_celecoxib"].equals(users["risk_on_diclofenac"])
    assert users["bleeds_on_celecoxib"].equals(users["bleeds_on_diclofenac"])
    assert set(users["chance_of_celecoxib"]) == {0.5}
    effect = treatment_effect(users)
    assert (effect.risk_difference, effect.risk_ratio, effect.odds_ratio) == (0.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def confounded() -> pl.DataFrame:
    return treatment_of("confounded", persons=12_000, seed=10)


def test_what_happens_is_the_potential_outcome_of_the_drug_taken(confounded: pl.DataFrame):
    would = (
        pl.when("takes_diclofenac").then("bleeds_on_diclofenac").otherwise("bleeds_on_celecoxib")
    )
    assert confounded["event_date"].is_not_null().equals(confounded.select(would).to_series())
    # One random number behind both: nobody bleeds on the safer drug only.
    assert not (confounded["bleeds_on_celecoxib"] & ~confounded["bleeds_on_diclofenac"]).any()
    assert (confounded["bleeds_on_diclofenac"] & ~confounded["bleeds_on_celecoxib"]).any()
    odds = [
        confounded[name] / (1 - confounded[name])
        for name in ("risk_on_celecoxib", "risk_on_diclofenac")
    ]
    # Twice the odds, and the third power of it for those on an anticoagulant.
    assert set((odds[1] / odds[0]).round(6).unique()) == {2.0, 8.0}


def test_a_recorded_confounder_misleads_the_crude_comparison_by_the_planted_amount(
    confounded: pl.DataFrame,
):
    effect = treatment_effect(confounded)
    assert effect.bias < -0.03
    crude = risk_difference(365, *by_drug(confounded))
    standardised = standardised_difference(365, by_drug_and(confounded, "had_ulcer"))
    assert crude.is_compatible_with(effect.crude_difference)
    assert standardised.is_compatible_with(effect.risk_difference)


def test_confounding_scales_with_its_strength_and_is_nothing_at_zero():
    biases = [
        treatment_effect(
            treatment_of(
                planted("nothing_planted", treatment={"confounding": strength}),
                persons=3_000,
                seed=4,
            )
        ).bias
        for strength in (0.0, 1.0, 4.0)
    ]
    assert biases[2] < biases[1] < biases[0]
    assert abs(biases[0]) < 0.015


# Immortal time


def test_a_late_statin_that_changes_nothing_looks_like_a_blessing_until_time_is_counted_right():
    newly_diabetic = statins_of("immortal_time", persons=10_000, seed=5)
    ever = log_rate_ratio(*ever_and_never(newly_diabetic))
    counted_right = pooled_log_rate_ratio(statin_bands(newly_diabetic))
    assert ever.upper < np.log(0.8)
    assert counted_right.is_compatible_with(0.0)


# Cost


@pytest.mark.parametrize(
    ("profile", "follows", "does_not"),
    [("label_bias", "access", "illness"), ("nothing_planted", "illness", "access")],
)
def test_costs_follow_what_the_profile_says(profile: str, follows: str, does_not: str):
    world = world_of(profile, 8)
    facts = pl.concat(
        [unrecorded_facts(batch, world) for batch in batches_of(world, 3_000)]
    ).with_columns(pl.col("expected_cost_per_year").log().alias("log_cost"))
    correlation = {
        name: facts.select(pl.corr("log_cost", name)).item() for name in ("access", "illness")
    }
    assert correlation[follows] > 0.99
    assert abs(correlation[does_not]) < 0.08


def test_the_group_with_worse_access_costs_less_though_it_is_no_healthier(recorded_less: Path):
    facts = read_truth(recorded_less).unrecorded
    groups = facts.group_by("in_under_recorded_group").agg(
        pl.col("access", "illness").mean(), pl.col("expected_cost_per_year").median()
    )
    others, group = groups.sort("in_under_recorded_group").iter_rows(named=True)
    assert group["access"] - others["access"] == pytest.approx(-0.8, abs=0.2)
    assert group["expected_cost_per_year"] < 0.75 * others["expected_cost_per_year"]
    assert group["illness"] == pytest.approx(others["illness"], abs=0.2)


def test_recorded_costs_follow_access_and_hardly_illness(recorded_less: Path):
    visits = table(recorded_less, "visit_occurrence")
    paid = (
        table(recorded_less, "cost")
        .join(visits, left_on="cost_event_id", right_on="visit_occurrence_id")
        .group_by("person_id", pl.col("visit_start_date").dt.year())
        .agg(pl.col("total_paid").sum())
        .group_by("person_id")
        .agg(pl.col("total_paid").mean().log().alias("log_paid"))
    )
    facts = read_truth(recorded_less).unrecorded.join(paid, on="person_id")
    assert facts.height > 1_500
    assert facts.select(pl.corr("log_paid", "access")).item() > 0.85
    assert abs(facts.select(pl.corr("log_paid", "illness")).item()) < 0.12


def test_a_year_of_visits_costs_what_its_person_costs():
    costs = share_out(
        np.array([100.0, 60.0]),
        np.array([0, 0, 0, 1]),
        np.array([2020, 2020, 2021, 2020]),
        np.array([1.0, 3.0, 1.0, 9.0]),
    )
    assert costs.tolist() == [25.0, 75.0, 100.0, 60.0]


# Drift


def test_the_last_year_drifts_and_the_years_before_stay_as_they_were(tmp_path: Path):
    steady = planted("drift", drift={"strength": 0.0})
    before = simulate(persons=700, seed=9, out=tmp_path / "steady", profile=steady).folder
    after = simulate(persons=700, seed=9, out=tmp_path / "drift", profile="drift").folder
    start = {
        "condition_occurrence": "condition_start_date",
        "drug_exposure": "drug_exposure_start_date",
        "measurement": "measurement_date",
        "visit_occurrence": "visit_start_date",
        "procedure_occurrence": "procedure_date",
    }
    for name, day in start.items():
        old, new = (
            table(folder, name)
            .filter(pl.col(day) < pl.date(2023, 12, 1))
            .select(pl.exclude(f"{name}_id", "^.*visit_.*id$", "^.*_end_date$"))
            for folder in (before, after)
        )
        assert old.height > 1_000
        assert old.equals(new), name

    last = {
        folder: table(folder, "condition_occurrence").filter(
            pl.col("condition_start_date") >= pl.date(2024, 1, 1)
        )
        for folder in (before, after)
    }
    assert last[after].height < 0.9 * last[before].height
    glucose = table(after, "measurement").filter(
        (pl.col("measurement_date") >= pl.date(2024, 1, 1))
        & (pl.col("measurement_concept_id") == 3004501)
    )
    assert glucose["unit_concept_id"].unique().to_list() == [8753]
    risks = [
        read_truth(folder)
        .readmission_30d.filter(pl.col("index_date") >= pl.date(2024, 1, 1))["true_risk"]
        .to_numpy()
        .mean()
        for folder in (before, after)
    ]
    assert risks[1] > 1.2 * risks[0]


# Negative controls


def test_negative_controls_are_many_real_and_touched_by_the_confounders_only(recorded_less: Path):
    controls = read_truth(recorded_less).negative_controls
    assert controls.height >= 30
    assert set(controls["ratio_for_diclofenac"]) == {1.0}
    concepts = table(recorded_less, "concept").filter(
        (pl.col("domain_id") == "Condition") & (pl.col("standard_concept") == "S")
    )
    assert set(controls["concept_id"]) <= set(concepts["concept_id"])
