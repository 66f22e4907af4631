"""What is recorded of whom, and when: the marts say what counting person by person gives."""

from pathlib import Path

import polars as pl
import pytest

from analytics.warehouse import Workspace, read_mart
from analytics.warehouse.workspace import connect, read_frame
from tests.support.known_groups import SMALLEST, Groups
from tests.support.plainly_disclosure import Reader
from tests.support.plainly_recording import ATTRIBUTES, Measured, Plainly
from tests.support.recording_known import BEHIND, Recording
from tests.support.workspaces import SimulatedWorkspace, published_marts

ACCEPTED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "accepted_value.csv"
SYSTOLIC = 3004249


@pytest.fixture(scope="module")
def workspace(simulated_workspace: SimulatedWorkspace) -> Workspace:
    return Workspace(root=simulated_workspace.root)


@pytest.fixture(scope="module")
def plainly(simulated_workspace: SimulatedWorkspace) -> Plainly:
    return Plainly(simulated_workspace.cdm, simulated_workspace.landed("person"))


@pytest.fixture(scope="module")
def measures(plainly: Plainly) -> dict[str, Measured]:
    return {
        "condition_records": plainly.records("condition"),
        "visit_records": plainly.records("visit"),
        "race": plainly.known("race"),
        "observed_years": plainly.observed_years(),
        f"input_{SYSTOLIC}": plainly.with_value_of(SYSTOLIC),
        "values_plausible": plainly.plausible_values(ACCEPTED),
    }


@pytest.fixture(scope="module")
def comparison(workspace: Workspace) -> pl.DataFrame:
    with connect(workspace, read_only=True) as connection:
        return read_frame(connection, "select * from events.recording_comparison")


def test_a_group_is_held_against_others_of_its_age_sex_and_years(plainly, measures, comparison):
    for measure, measured in measures.items():
        for attribute in ATTRIBUTES:
            if attribute == measure:
                continue
            counted = plainly.beside_others(measured, attribute)
            rows = comparison.filter(measure=measure, attribute=attribute)
            assert set(rows["group_name"]) == set(counted)
            for row in rows.iter_rows(named=True):
                beside, place = counted[row["group_name"]], (measure, attribute, row["group_name"])
                if row["looked_at"]:
                    assert row["recorded"] / row["looked_at"] == pytest.approx(beside.value), place
                assert row["value_of_others"] == pytest.approx(beside.value_of_others), place
                assert row["ratio"] == pytest.approx(beside.ratio), place
                assert row["z_squared"] or pytest.approx(beside.z_squared, abs=1e-6) == 0.0, place


def test_a_verdict_follows_from_the_limits_and_the_number_of_comparisons(comparison):
    judged = comparison.filter(
        pl.col("verdict").is_in(["like others", "less than others", "more than others"])
    )
    far = 2 * pl.lit(judged.height / 0.05).log()
    difference = pl.col("recorded") / pl.col("looked_at") - pl.col("value_of_others")
    expected = judged.with_columns(
        is_less=pl.when("is_rate").then(pl.col("ratio") <= 0.8).otherwise(difference <= -0.1),
        is_more=pl.when("is_rate").then(pl.col("ratio") >= 1.25).otherwise(difference >= 0.1),
        is_beyond_chance=pl.col("z_squared") >= far,
    ).select(
        "verdict",
        expected=pl.when(~pl.col("is_beyond_chance").fill_null(False))
        .then(pl.lit("like others"))
        .when("is_less")
        .then(pl.lit("less than others"))
        .when("is_more")
        .then(pl.lit("more than others"))
        .otherwise(pl.lit("like others")),
    )

    assert judged.height > 100
    assert expected["verdict"].to_list() == expected["expected"].to_list()


def test_what_is_told_is_what_was_counted(workspace, comparison):
    mart = read_mart(workspace, "recording_by_group").join(
        comparison, on=["measure", "attribute", "group_name"], suffix="_exact"
    )

    assert mart.height == comparison.height
    exact = (mart["recorded"] / mart["looked_at"]).fill_nan(None)
    assert (mart["value"] - exact).abs().max() <= 0.005 + 1e-9
    assert mart["verdict"].to_list() == mart["verdict_exact"].to_list()


def test_a_year_is_counted_of_people_observed_a_year_before_it(workspace, plainly, measures):
    mart = read_mart(workspace, "recording_by_year")
    by_year = measures | {"observed_years": plainly.observed_part()}
    for measure in ("condition_records", "visit_records", "values_plausible", "observed_years"):
        counted = plainly.by_year(by_year[measure])
        shown = dict(mart.filter(measure=measure).select("calendar_year", "value").rows())
        assert shown == pytest.approx(counted, abs=0.0005), measure


def test_the_people_of_the_demo_are_recorded_alike_and_every_year_like_the_last(workspace):
    """But for what every simulated CDM has: two laboratories with other units, races not said."""
    groups = read_mart(workspace, "recording_by_group")
    told_apart = groups.filter(pl.col("verdict") == "less than others")

    assert set(told_apart.select("measure", "group_name").rows()) <= {
        ("race", "Hispanic or Latino"),
        ("units_usual", "Care site 4"),
        ("units_usual", "Care site 7"),
    }
    assert set(read_mart(workspace, "recording_by_year")["verdict"]) <= {
        *("no jump", "first year", "too few to judge"),
    }


def test_one_who_knows_how_many_people_each_group_has_learns_no_small_count(workspace):
    """And would, were the rows shown as they are in the workspace."""
    with connect(workspace, read_only=True) as connection:
        true = read_frame(connection, BEHIND)
    shown = published_marts(workspace.root)["recording_by_group"].sort(
        "measure", "attribute", "group_name"
    )
    published, carelessly = (read_all(true, frame) for frame in (shown, true))
    # Of a group that is small itself this reader was told so by others.
    of_small = true.filter(pl.col("n_people") < SMALLEST).select("attribute", "group_name").unique()
    small = tuple(f"recorded {attribute} {group} " for attribute, group in of_small.rows())
    few = [
        name
        for name, place in published.names.items()
        if 0 < published.truth[place] < SMALLEST and not name.startswith(small)
    ]

    assert len(few) > 100
    assert published.bounds_below(SMALLEST, few) == {}
    assert len(carelessly.bounds_below(SMALLEST, few[::10])) > 5


def read_all(true: pl.DataFrame, seen: pl.DataFrame) -> Reader:
    groups = Groups()
    Recording(groups, knows_sizes=True).read(
        zip(true.iter_rows(named=True), seen.iter_rows(named=True), strict=True)
    )
    return groups.reader


def test_a_year_in_which_few_have_a_record_is_withheld(workspace, plainly):
    shown = published_marts(workspace.root)["recording_by_year"].filter(measure="device_records")
    recorded = {key for key, n in plainly.records("device").recorded.items() if n}
    for row in shown.iter_rows(named=True):
        settled = {key for key in plainly.settled if key[1] == row["calendar_year"]}
        assert row["is_suppressed"] == (0 < len(settled & recorded) < SMALLEST)
        assert (row["value"] is None) == row["is_suppressed"]
        assert (row["size"] == "not told") == row["is_suppressed"]


def test_no_year_that_is_shown_tells_of_few_people(workspace):
    """Nor does a change from a year that is withheld."""
    with connect(workspace, read_only=True) as connection:
        counted = read_frame(connection, "select * from events.recording_year_comparison")
    shown = published_marts(workspace.root)["recording_by_year"]
    with_it, of = (
        pl.when(pl.col("basis") == "records").then(records).otherwise(people)
        for records, people in (("recorded", "n_people_recorded"), ("looked_at", "n_people"))
    )
    without = pl.when(pl.col("basis").is_in(["people", "records"])).then(of - with_it).otherwise(0)
    rows = (
        shown.join(counted, on=["measure", "calendar_year"], suffix="_exact")
        .with_columns(
            has_few=pl.any_horizontal(
                part.round().is_between(1, SMALLEST - 1)
                for part in (pl.col("n_people", "n_people_recorded"), of, with_it, without)
            )
        )
        .sort("measure", "calendar_year")
        .with_columns(was_withheld=pl.col("has_few").shift(1).over("measure").fill_null(False))
    )

    assert rows.height == shown.height == counted.height
    assert rows["is_suppressed"].to_list() == rows["has_few"].to_list()
    assert rows["has_few"].any()
    changes = rows.filter("was_withheld")
    assert changes["ratio_to_year_before"].null_count() == changes.height
    assert set(changes["verdict"]) <= {"too few to judge"}
