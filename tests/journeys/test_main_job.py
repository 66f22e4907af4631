"""The main job from end to end as a person runs it, and what a second run does again.

Everything is reused by content: touching a file changes nothing, and changing one row of one table
runs exactly its dependants again.
"""

import json
import os
from dataclasses import dataclass

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.pipelines.pathway_events import study_events
from analytics.studies import PathwayEvent, load_study
from analytics.warehouse import Workspace
from tests.support.command_line import catchment, worked
from tests.support.workspaces import (
    PATHWAYS,
    STUDIES,
    SimulatedWorkspace,
    published_folder,
    published_marts,
    steps_that_ran,
    when_each_step_ended,
)

BUILD = {"check", "land", "cohort_layer", "land_events"}
OF_A_STUDY = (
    *("population", "covariates", "train", "evaluate"),
    *("audit", "characterise", "package", "predict", "results"),
)
SYSTOLIC = 3004249


def every_step():
    of_studies = {f"{study}.{step}" for study in STUDIES for step in OF_A_STUDY}
    of_pathways = {f"{study}.{step}" for study in PATHWAYS for step in ("pathways", "results")}
    return {"simulate", "marts", "publish"} | BUILD | of_studies | of_pathways


def lines_of_steps(said):
    return [line for line in said.stdout.splitlines() if line.startswith("✓")]


def contents(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_the_demo_names_each_step_once_with_its_people_and_its_time(simulated_workspace):
    lines = lines_of_steps(simulated_workspace.demo)
    population = simulated_workspace.made("readmission_30d", "population", "rows")

    assert len(lines) == len(every_step())
    assert not [line for line in lines if "unchanged, reused" in line]
    (simulated,) = [line for line in lines if "Simulate people" in line]
    assert " 1,500 people " in simulated
    of_readmission = simulated_workspace.demo.stdout.split("\nreadmission_30d\n")[1]
    (counted,) = [line for line in of_readmission.splitlines() if "✓ Population" in line]
    assert f" {population['person_id'].n_unique():,} people " in counted
    with_outcome = population.filter("had_outcome")["person_id"].n_unique()
    assert f" {with_outcome:,} people with the outcome" in counted


def test_every_mart_is_published_and_holds_something(simulated_workspace):
    marts = published_marts(simulated_workspace.root)

    assert set(marts) == set(load_contracts("marts"))
    assert [name for name, mart in marts.items() if mart.is_empty()] == []
    for name in ("study_attrition", "model_performance", "fairness_audit"):
        assert set(marts[name]["study"]) >= set(STUDIES), name
    # Whoever took a first NSAID in the last year is in that study's population already.
    assert set(marts["risk_list"]["study"]) == {"diabetes_onset_1y", "readmission_30d"}
    assert set(marts["treatment_pathway"]["study"]) == set(PATHWAYS)


def test_episodes_of_the_cdm_are_events_of_a_pathway_study(simulated_workspace):
    episodes = pl.read_parquet(simulated_workspace.cdm / "episode.parquet")
    (regimen,) = episodes["episode_object_concept_id"].mode().sort().head(1)
    study = load_study("diabetes_treatment").model_copy(
        update={
            "events": (PathwayEvent(concepts=(regimen,), source="episode", event="Regimen"),),
        }
    )
    (found,) = study_events(study, Workspace(root=simulated_workspace.root))

    below = pl.read_parquet(simulated_workspace.cdm / "concept_ancestor.parquet").filter(
        pl.col("ancestor_concept_id") == regimen
    )["descendant_concept_id"]
    of_it = episodes.filter(pl.col("episode_object_concept_id").is_in([regimen, *below]))
    day = pl.col("episode_start_date").cast(pl.Int32).cast(pl.Int64)
    assert found.source == "episode"
    assert sorted(found.records.select("person_id", "start_day").rows()) == sorted(
        of_it.select("person_id", day).rows()
    )
    assert of_it.height > 10


def test_the_run_log_tells_of_each_step_before_the_marts(simulated_workspace):
    log = published_marts(simulated_workspace.root)["run_log"]

    assert log.height == len(every_step() - {"marts", "publish"})
    assert set(log["status"]) == {"ran"}


def test_a_second_run_reuses_every_step_and_says_so_and_writes_nothing(simulated_workspace):
    before = contents(simulated_workspace.root)

    again = lines_of_steps(simulated_workspace.run_demo())

    assert len(again) == len(every_step())
    assert [line for line in again if "unchanged, reused" not in line] == []
    assert contents(simulated_workspace.root) == before


def test_touching_the_cdm_or_writing_the_same_bytes_again_changes_nothing(
    simulated_workspace, tmp_path
):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    for file in workspace.cdm.iterdir():
        os.utime(file, (1, 1))
    measurement = workspace.cdm / "measurement.parquet"
    measurement.write_bytes(measurement.read_bytes())
    before = when_each_step_ended(workspace.root)

    workspace.run_demo()

    assert steps_that_ran(before, when_each_step_ended(workspace.root)) == set()


def test_a_warehouse_that_is_gone_is_made_anew_with_all_that_lay_in_it(
    simulated_workspace, tmp_path
):
    """Models are not trained again for that; only what stood in the warehouse is done again."""
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    (workspace.root / "warehouse.duckdb").unlink()
    before = when_each_step_ended(workspace.root)

    workspace.run_demo()

    lay_in_it = {f"{study}.results" for study in (*STUDIES, *PATHWAYS)}
    ran = steps_that_ran(before, when_each_step_ended(workspace.root))
    assert ran == {"land", "cohort_layer", "marts"} | lay_in_it
    with duckdb.connect(str(workspace.root / "warehouse.duckdb"), read_only=True) as connection:
        (listed,) = connection.execute("select count(*) from marts.risk_list").fetchone()
    assert listed == published_marts(workspace.root)["risk_list"].height


@pytest.mark.parametrize("step", ["land", "cohort_layer", "land_events"])
def test_a_study_is_not_run_on_a_build_that_was_cut_short(simulated_workspace, tmp_path, step):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    (workspace.root / "state" / f"{step}.json").unlink()

    said = catchment("run", "readmission_30d", "-w", workspace.root)

    assert said.exit_code == BadInputError.exit_code
    assert "its last build did not come to its end" in said.stderr
    assert f"catchment build --cdm CDM --workspace {workspace.root}" in said.stderr


# What happened, and of whom how much of it is recorded.
EVENTS_WITH_MEASUREMENTS = (
    "measurement_event",
    "clinical_event",
    "measured_in_year",
    "records_in_year",
    "recorded_in_year",
    "recorded_of_person",
    "recorded_of_year",
    "recorded_in_cell",
    "people_recorded",
    "recording_cell",
    "recording_stratum",
    "recording_beside_others",
    "recording_comparison",
    "recording_year",
    "recording_year_comparison",
)


@dataclass(frozen=True, kw_only=True)
class OneValueChanged:
    """A workspace before and after one measurement was given another value."""

    workspace: SimulatedWorkspace
    ran_in_build: set[str]
    built_by_dbt: set[str]
    tables_remade: set[str]
    landed_detail: str
    ran_in_demo: set[str]
    published_before: str


@pytest.fixture(scope="module")
def changed(simulated_workspace, tmp_path_factory):
    """Build, then the whole job, after one systolic pressure of one person is raised by half.

    It is the latest before an index date of a person from whom two studies learned, and who never
    took a first NSAID, so that the third study knows nothing of it.
    """
    workspace = simulated_workspace.copy_to(tmp_path_factory.mktemp("changed") / "workspace")
    published_before = published_folder(workspace.root).name
    wanted = measurement_that_matters(workspace)
    file = workspace.cdm / "measurement.parquet"
    measured = pl.read_parquet(file)
    value = pl.col("value_as_number")
    risen = pl.when(pl.col("measurement_id") == wanted).then(value * 1.5).otherwise(value)
    measured.with_columns(value_as_number=risen).write_parquet(file)
    mark_every_table(workspace)

    start = when_each_step_ended(workspace.root)
    worked(catchment("build", "--cdm", workspace.cdm, "-w", workspace.root))
    after_build = when_each_step_ended(workspace.root)
    results = json.loads((workspace.root / "dbt" / "target" / "run_results.json").read_text())
    tables_remade = tables_without_a_mark(workspace)
    workspace.run_demo()
    return OneValueChanged(
        workspace=workspace,
        ran_in_build=steps_that_ran(start, after_build),
        built_by_dbt={result["unique_id"] for result in results["results"]},
        tables_remade=tables_remade,
        landed_detail=json.loads((workspace.root / "state" / "land.json").read_text())["detail"],
        ran_in_demo=steps_that_ran(after_build, when_each_step_ended(workspace.root)),
        published_before=published_before,
    )


def measurement_that_matters(workspace):
    nsaid_users = workspace.landed("cohort").filter(cohort_name="new_nsaid_user")["person_id"]
    latest = [
        index_dates.join(pressures_of(workspace), on="person_id")
        .filter(pl.col("measurement_date") < pl.col("index_date"))
        .sort("measurement_date", "measurement_id")
        .group_by("person_id", "index_date")
        .agg(pl.col("measurement_id").last())
        .filter(~pl.col("person_id").is_in(nsaid_users.implode()))
        for index_dates in (
            workspace.made(study, "train", "study_population").filter(~pl.col("is_test"))
            for study in ("diabetes_onset_1y", "readmission_30d")
        )
    ]
    return latest[0].join(latest[1], on="measurement_id")["measurement_id"].min()


def pressures_of(workspace):
    return (
        pl.read_parquet(workspace.cdm / "measurement.parquet")
        .filter(measurement_concept_id=SYSTOLIC)
        .drop_nulls("value_as_number")
        .select("person_id", "measurement_id", "measurement_date")
    )


def relations(connection):
    """Kind and name of each table and view outside `results`, and the mark it bears."""
    return connection.execute(
        "select 'table', schema_name || '.' || table_name, comment from duckdb_tables() "
        "where schema_name <> 'results' "
        "union all select 'view', schema_name || '.' || view_name, comment from duckdb_views() "
        "where not internal"
    ).fetchall()


def mark_every_table(workspace):
    """A comment stays on a table until it is made anew."""
    with duckdb.connect(str(workspace.root / "warehouse.duckdb")) as connection:
        for kind, name, _ in relations(connection):
            connection.execute(f"comment on {kind} {name} is 'made before'")


def tables_without_a_mark(workspace):
    with duckdb.connect(str(workspace.root / "warehouse.duckdb"), read_only=True) as connection:
        return {name for _, name, mark in relations(connection) if mark != "made before"}


def test_after_one_value_changed_build_lands_that_table_and_builds_its_dependants(changed):
    assert changed.ran_in_build == BUILD
    assert changed.landed_detail.startswith("1 tables, ")
    assert changed.tables_remade == {
        # landed; and the list of tables that the CDM has, which is written each time
        "cdm.measurement",
        "cdm.landed_table",
        # built by dbt: what reads measurements, and nothing else
        "staging.stg_omop__measurement",
        *(f"events.{name}" for name in EVENTS_WITH_MEASUREMENTS),
    }
    models = {name for name in changed.built_by_dbt if name.startswith("model.")}
    assert {name.removeprefix("model.catchment.") for name in models} == {
        "stg_omop__measurement",
        *EVENTS_WITH_MEASUREMENTS,
    }
    tests = {name for name in changed.built_by_dbt if name.startswith("test.")}
    assert tests
    about = ("measurement_keeps_its_contract", "stg_omop__measurement", *EVENTS_WITH_MEASUREMENTS)
    assert [test for test in tests if not any(name in test for name in about)] == []


def test_after_one_value_changed_studies_learn_again_where_it_matters(changed):
    """Step by step: what ran and what was reused, in each study."""
    onset, bleeds, readmission = STUDIES
    learned_again = {
        # population: reused. Who is in it depends on cohorts, people and observation alone.
        "covariates",  # reads the measurements
        "train",  # reads the covariates, of which at least one value is another
        "evaluate",  # reads what was trained
        "audit",  # reads what was trained
        "characterise",  # reads the covariates
        "package",  # holds what was trained
        "predict",  # reads the package and the measurements
        "results",  # hands over what changed
    }
    # Nobody in this study has the changed value: the covariates come out as they were, so that
    # nothing after them runs but `predict`, which reads the measurements itself.
    looked_again = {"covariates", "predict"}

    assert changed.ran_in_demo == {
        # simulate: reused; check, land, cohort_layer, land_events: reused since `build`
        *(f"{onset}.{step}" for step in learned_again),
        *(f"{readmission}.{step}" for step in learned_again),
        *(f"{bleeds}.{step}" for step in looked_again),
        # pathways: reused; they read drugs. Their results say that they rest on this CDM.
        *(f"{study}.results" for study in (bleeds, *PATHWAYS)),
        "marts",
        "publish",
    }


def test_after_one_value_changed_the_new_answer_is_published_beside_the_old(changed):
    root = changed.workspace.root

    assert published_folder(root).name != changed.published_before
    assert (root / "published" / changed.published_before / "aggregates.duckdb").is_file()
    log = published_marts(root)["run_log"]
    again = log.filter(pl.col("study") == "readmission_30d")
    assert set(again.filter(status="reused")["step"]) == {"Population and outcomes"}
