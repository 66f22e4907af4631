"""A group of whom less is written down is found, a year that drifts jumps; else nothing is told.

What every simulated CDM has is told of each: the laboratories of care sites 4 and 7 report in SI
units, and of a third of the people who are Hispanic or Latino the race is not said.
"""

from pathlib import Path

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.simulator import simulate
from analytics.warehouse import Workspace, land, open_cdm, read_mart, run_dbt

pytestmark = pytest.mark.agreement

APART = ["less than others", "more than others"]
JUMPS = ["jump down", "jump up"]
IN_EVERY_CDM = {
    ("units_usual", "Care site 4", "less than others"),
    ("units_usual", "Care site 7", "less than others"),
    ("race", "Hispanic or Latino", "less than others"),
    ("race", "Not Hispanic or Latino", "more than others"),
}


WANTED = ["--select", "+recording_by_group", "+recording_by_year"]
NO_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


def recorded(folder: Path, profile: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is told apart of 3,000 people, and which years jump; one workspace for all."""
    simulate(persons=3_000, seed=5, out=folder / Path(profile).stem, profile=profile)
    workspace = Workspace(root=folder / "w")
    land(open_cdm(folder / Path(profile).stem), workspace, load_contracts("omop_cdm"))
    run_dbt(workspace, ["build", *WANTED, *NO_TESTS])
    groups = read_mart(workspace, "recording_by_group").filter(pl.col("verdict").is_in(APART))
    years = read_mart(workspace, "recording_by_year").filter(pl.col("verdict").is_in(JUMPS))
    found = pl.struct("measure", "group_name", "verdict").map_elements(
        lambda row: tuple(row.values()) in IN_EVERY_CDM, return_dtype=pl.Boolean
    )
    told = groups.with_columns(is_in_every_cdm=found)
    assert told["is_in_every_cdm"].sum() == len(IN_EVERY_CDM)
    return told.filter(~pl.col("is_in_every_cdm")), years


def test_a_group_whose_conditions_are_not_written_down_is_told_apart(folder: Path):
    groups, years = recorded(folder, "label_bias")

    assert set(groups["measure"]) == {"condition_records"}
    assert set(groups["attribute"]) == {"race"}
    (found,) = groups.filter(verdict="less than others").iter_rows(named=True)
    assert found["group_name"] == "Black or African American"
    # Seven in ten are not written down.
    assert found["ratio_lower"] < 0.3 < found["ratio_upper"]
    assert years.is_empty()


def test_nobody_is_told_apart_and_no_year_jumps_where_nothing_was_planted(folder: Path):
    groups, years = recorded(folder, "nothing_planted")

    assert groups.is_empty()
    assert years.is_empty()


def test_a_year_in_which_less_is_written_down_and_in_other_units_jumps(folder: Path):
    """Twice the shipped drift: at once, it takes a fifth of the conditions, which is the limit."""
    profile = folder / "drift.yaml"
    profile.write_text("name: mine\ndescription: a drift\ndrift: {strength: 2.0}\n")

    groups, years = recorded(folder, str(profile))

    assert groups.is_empty()
    assert set(years.select("measure", "calendar_year", "verdict").rows()) == {
        ("condition_records", 2024, "jump down"),
        ("units_usual", 2024, "jump down"),
    }
