"""From the tables alone: what is planted misleads as planted, and the right method is not misled.

Every comparison is made plainly from the CDM's own tables and judged by `truth/`.
"""

from collections.abc import Callable
from functools import cache
from math import log
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import CensoredData, ecdf

from analytics.simulator import simulate
from analytics.simulator.truth import (
    Truth,
    planted_event_free,
    read_truth,
    treatment_effect,
)
from tests.support.known_truth import (
    LAST_DATE,
    ever_and_never,
    from_a_landmark,
    statin_bands,
    statins_of,
)
from tests.support.plainly_comparisons import (
    Estimate,
    Followed,
    log_rate_ratio,
    pooled_log_rate_ratio,
    risk_difference,
    standardised_difference,
)
from tests.support.recorded_comparisons import (
    GI_HAEMORRHAGE,
    NewUsers,
    by_drug_inside,
    counted_by_drug,
    follow_up,
    new_users_of,
)

pytestmark = pytest.mark.agreement

PERSONS, SEED = 50_000, 20
YEAR = 365


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def once(profile: str) -> Path:
        out = tmp_path_factory.mktemp(profile) / "cdm"
        return simulate(persons=PERSONS, seed=SEED, out=out, profile=profile, processes=1).folder

    return once


def crude(users: NewUsers) -> Estimate:
    (both,) = by_drug_inside(follow_up(users, GI_HAEMORRHAGE, first_only=False))
    return risk_difference(YEAR, *both)


def standardised(users: NewUsers) -> Estimate:
    inside = by_drug_inside(follow_up(users, GI_HAEMORRHAGE, first_only=False), "had_ulcer")
    return standardised_difference(YEAR, {str(n): both for n, both in enumerate(inside)})


def on_negative_controls(users: NewUsers, truth: Truth, *facts: str) -> Estimate:
    """Log rate ratio of diclofenac against celecoxib over all negative controls together."""
    bands = [
        band
        for outcome in truth.negative_controls["concept_id"]
        for band in counted_by_drug(follow_up(users, outcome, first_only=True), *facts)
    ]
    return pooled_log_rate_ratio(bands)


def test_the_tables_show_the_people_whom_the_truth_is_about(simulated: Callable[[str], Path]):
    folder = simulated("confounded")
    people = new_users_of(folder).people.drop("end_date")
    known = read_truth(folder).treatment.filter("is_study_member").select(people.columns)
    assert people.height > 4_000
    assert people.equals(known.sort("person_id"))


def test_a_recorded_confounder_misleads_only_who_leaves_it_out(simulated: Callable[[str], Path]):
    folder = simulated("confounded")
    users, effect = new_users_of(folder), treatment_effect(read_truth(folder).treatment)

    assert effect.bias < -0.03
    assert crude(users).is_compatible_with(effect.crude_difference)
    assert not crude(users).covers(effect.risk_difference)
    assert standardised(users).is_compatible_with(effect.risk_difference)
    assert not standardised(users).covers(effect.crude_difference)


def test_negative_controls_are_quiet_once_the_recorded_confounder_is_used(
    simulated: Callable[[str], Path],
):
    folder = simulated("confounded")
    users, truth = new_users_of(folder), read_truth(folder)

    assert on_negative_controls(users, truth).upper < 0
    assert on_negative_controls(users, truth, "had_ulcer").is_compatible_with(0.0)


def test_what_is_not_recorded_cannot_be_adjusted_for_and_negative_controls_tell(
    simulated: Callable[[str], Path],
):
    folder = simulated("unmeasured_confounder")
    users, truth = new_users_of(folder), read_truth(folder)
    effect = treatment_effect(truth.treatment)

    assert effect.risk_difference == 0
    assert crude(users).is_compatible_with(effect.crude_difference)
    assert standardised(users).upper < 0
    assert on_negative_controls(users, truth, "had_ulcer").upper < log(0.9)


def test_where_nothing_is_planted_nothing_is_found(simulated: Callable[[str], Path]):
    folder = simulated("nothing_planted")
    users, truth = new_users_of(folder), read_truth(folder)

    assert treatment_effect(truth.treatment).risk_difference == 0
    assert crude(users).is_compatible_with(0.0)
    assert standardised(users).is_compatible_with(0.0)
    assert on_negative_controls(users, truth).is_compatible_with(0.0)


def survival(followed: Followed) -> object:
    """Kaplan and Meier's curve by SciPy, which takes what is censored on the right."""
    return ecdf(
        CensoredData(
            uncensored=[days for days, had in followed if had],
            right=[days for days, had in followed if not had],
        )
    ).sf


@pytest.mark.parametrize("day", [60, 180, 365])
def test_kaplan_and_meier_recover_the_planted_curve(simulated: Callable[[str], Path], day: int):
    folder = simulated("nothing_planted")
    followed = follow_up(new_users_of(folder), GI_HAEMORRHAGE, first_only=False)
    recovered = survival(list(followed.select("days", "had_outcome").iter_rows()))
    members = read_truth(folder).treatment.filter("is_study_member")
    planted = planted_event_free(members, np.array([day]))[0]

    interval = recovered.confidence_interval()
    assert interval.low.evaluate(day) < planted < interval.high.evaluate(day)


def deaths_recorded(folder: Path) -> Followed:
    """From the first day observed to death or the end of the first observation period."""
    periods = (
        pl.read_parquet(folder / "observation_period.parquet")
        .sort("person_id", "observation_period_start_date")
        .group_by("person_id", maintain_order=True)
        .first()
    )
    died = pl.read_parquet(folder / "death.parquet").select("person_id", "death_date")
    end = pl.col("observation_period_end_date")
    rows = periods.join(died, on="person_id", how="left").select(
        (end - pl.col("observation_period_start_date")).dt.total_days().alias("days"),
        (pl.col("death_date") == end).fill_null(False).alias("died"),
    )
    return list(rows.iter_rows())


def deaths_planted(truth: Truth) -> Followed:
    """The same people, had nobody left."""
    start = pl.col("first_day_observed")
    end = pl.min_horizontal("death_date", pl.lit(LAST_DATE))
    rows = truth.unrecorded.select(
        (end - start).dt.total_days().alias("days"),
        (pl.col("death_date") <= LAST_DATE).fill_null(False).alias("died"),
    )
    return list(rows.iter_rows())


def test_survival_is_recovered_unless_the_ill_leave(simulated: Callable[[str], Path]):
    day = 5 * YEAR
    for profile, is_recovered in (("nothing_planted", True), ("informative_censoring", False)):
        folder = simulated(profile)
        planted = survival(deaths_planted(read_truth(folder))).evaluate(day)
        interval = survival(deaths_recorded(folder)).confidence_interval()
        low, high = interval.low.evaluate(day), interval.high.evaluate(day)
        if is_recovered:
            assert low < planted < high
        else:
            # Those who stay are healthier: the curve is too high.
            assert low > planted


def test_more_deaths_compete_where_the_profile_says_so(simulated: Callable[[str], Path]):
    planted = [
        sum(died for _, died in deaths_planted(read_truth(simulated(profile))))
        for profile in ("nothing_planted", "informative_censoring")
    ]
    assert 1.2 < planted[1] / planted[0] < 1.5


@pytest.mark.parametrize("seed", [31, 32])
def test_immortal_time_makes_a_useless_statin_look_good_and_a_landmark_does_not(seed: int):
    newly_diabetic = statins_of("immortal_time", persons=30_000, seed=seed)
    assert log_rate_ratio(*ever_and_never(newly_diabetic)).upper < log(0.75)
    assert log_rate_ratio(*from_a_landmark(newly_diabetic, YEAR)).is_compatible_with(0.0)
    assert pooled_log_rate_ratio(statin_bands(newly_diabetic)).is_compatible_with(0.0)


def test_without_early_deaths_and_late_statins_there_is_little_to_be_misled_by():
    newly_diabetic = statins_of("nothing_planted", persons=30_000, seed=33)
    assert log_rate_ratio(*ever_and_never(newly_diabetic)).is_compatible_with(0.0)
