"""What care costs follows illness or access, as the profile says: never the number of visits."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics.simulator import simulate
from analytics.simulator.profile import Cost, load_profile

PERSONS = 1_000


def years(folder: Path) -> pl.DataFrame:
    """What each person's visits of a year cost in all, beside what nobody writes down."""
    costs = pl.read_parquet(folder / "cost.parquet")
    visits = pl.read_parquet(folder / "visit_occurrence.parquet")
    return (
        costs.join(visits, left_on="cost_event_id", right_on="visit_occurrence_id")
        .group_by("person_id", pl.col("visit_start_date").dt.year().alias("year"))
        .agg(pl.col("total_paid").sum(), pl.len().alias("n_visits"))
        .join(pl.read_parquet(folder / "truth" / "unrecorded.parquet"), on="person_id")
        .sort("person_id", "year")
    )


def simulated_with(strength: float, folder: Path) -> pl.DataFrame:
    profile = load_profile("nothing_planted").model_copy(update={"cost": Cost(access=strength)})
    return years(simulate(persons=PERSONS, seed=19, out=folder, profile=profile).folder)


def correlation(of: pl.DataFrame, fact: str) -> float:
    return float(np.corrcoef(np.log(of["total_paid"]), of[fact])[0, 1])


@pytest.mark.parametrize(
    ("strength", "deciding", "other"), [(0, "illness", "access"), (1, "access", "illness")]
)
def test_costs_follow_illness_or_access(tmp_path: Path, strength: float, deciding: str, other: str):
    of_years = simulated_with(strength, tmp_path / "cdm")
    assert correlation(of_years, deciding) > 0.6
    assert abs(correlation(of_years, other)) < 0.06


def test_a_years_costs_are_those_expected_however_often_somebody_comes(tmp_path: Path):
    of_years = simulated_with(0.5, tmp_path / "cdm")
    ratio = of_years["total_paid"] / of_years["expected_cost_per_year"]
    # The luck of a year has a mean of 1 and a standard deviation of 0.53.
    assert ratio.mean() == pytest.approx(1, abs=4 * 0.53 / len(ratio) ** 0.5)
    assert abs(float(np.corrcoef(np.log(ratio), np.log(of_years["n_visits"]))[0, 1])) < 0.04
