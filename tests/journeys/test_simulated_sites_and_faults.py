"""Clean people break no clause; each site of a network is built, dirty people too; structural
faults are refused.

About four minutes: each build takes some twenty seconds.
"""

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import polars as pl
import pytest

from analytics.contracts.quality_checks import OF_ROWS
from analytics.pipelines.built_workspace import OHDSI_CHECKS
from analytics.quality.fit_checks import ANY_DAY
from analytics.quality.run_checks import run_checks
from analytics.simulator import SimulatedSites, simulate, simulate_sites
from analytics.simulator.faults import spoil
from analytics.simulator.faults.ground import OF_EVENTS
from analytics.warehouse import open_cdm
from tests.support.command_line import catchment, worked
from tests.support.workspaces import SimulatedWorkspace


def breaches(workspace: Path, planted: Collection[str] = ()) -> dict[str, int | None]:
    """The rows that break each rule of the house, and (where rows are asked) what a row must have.

    Such values, keys and references are OHDSI's checks, asked of a CDM that can be built on; so is
    what is asked of events, of which those that were `planted` count: another day broke, too.
    """
    report = json.loads((workspace / "quality" / "quality_report.json").read_text())
    own = {
        found["check_id"]: found["n_violated"]
        for found in report["findings"]
        if found["status"] == "breached"
    }
    asked = workspace / "quality" / OHDSI_CHECKS
    if not asked.is_file():
        return own
    broken = pl.read_parquet(asked).filter(
        pl.col("n_violated") > 0,
        pl.col("check_name").is_in(OF_ROWS)
        | (pl.col("check_name").is_in(OF_EVENTS) & pl.col("check_id").is_in(planted)),
    )
    return own | dict(broken.select("check_id", "n_violated").iter_rows())


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSites:
    out = tmp_path_factory.mktemp("network") / "sites"
    return simulate_sites(persons=600, n_sites=5, seed=4, out=out)


def test_the_people_of_the_demo_break_no_clause(simulated_workspace: SimulatedWorkspace):
    assert breaches(simulated_workspace.root) == {}


@pytest.mark.agreement
@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_a_site_without_some_tables_breaks_no_clause_and_is_built(
    network: SimulatedSites, number: int, tmp_path: Path
):
    cdm, site = network.cdms[number - 1], network.sites[number - 1]

    said = worked(catchment("build", "--cdm", cdm.folder, "--workspace", tmp_path))

    assert breaches(tmp_path) == {}
    assert site.missing_tables
    for table in site.missing_tables:
        assert table in said.stdout


@pytest.mark.agreement
def test_dirty_people_are_built_and_every_study_is_answered(tmp_path: Path):
    out, workspace = tmp_path / "dirty", tmp_path / "workspace"
    worked(catchment("simulate", "--persons", 3000, "--seed", 5, "--dirty", "--out", out))
    planted: Counter[str] = Counter()
    for fault in json.loads((out / "truth" / "faults.json").read_text())["faults"]:
        if fault["check_id"] is not None:
            planted[fault["check_id"]] += fault["n_rows"]

    said = worked(catchment("demo", "--cdm", out, "--workspace", workspace, "--no-serve"))

    assert breaches(workspace, planted) == planted
    assert "Passed over" not in said.stdout
    for study in ("diabetes_onset_1y", "gi_bleed_nsaid_1y", "readmission_30d"):
        assert f"\n{study}\n" in said.stdout


@pytest.mark.agreement
def test_structural_faults_are_exactly_the_breaches_and_refused_by_name(tmp_path: Path):
    folder = simulate(persons=200, seed=5, out=tmp_path / "cdm").folder
    faults = spoil(folder, 5, level="structural")

    said = catchment("build", "--cdm", folder, "--workspace", tmp_path / "workspace")

    run = run_checks(open_cdm(folder), today=ANY_DAY, only=OF_ROWS)
    found = breaches(tmp_path / "workspace") | {
        one.check.check_id: one.num_violated_rows for one in run.with_status("failed")
    }
    assert {check_id: n_rows or 0 for check_id, n_rows in found.items()} == faults.breaking_rows()
    assert set(found) == {
        "measurement.measurement_concept_id.column_is_there",
        "condition_occurrence.condition_start_date.type_is_right",
        "drug_exposure.drug_exposure_start_date.values_fit",
        "person.is_observed",
        "field_isrequired_person_person_id",
        "field_isprimarykey_person_person_id",
    }
    assert said.exit_code == 3
    assert "measurement.measurement_concept_id is missing" in said.stderr
    assert "condition_occurrence.condition_start_date is of type" in said.stderr
    assert "31.02.2021" in said.stderr
