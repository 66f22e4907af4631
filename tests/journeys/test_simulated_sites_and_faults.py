"""Each site of a network can be built on, dirty people too; structural faults are refused.

About four minutes: each build takes some twenty seconds.
"""

import json
from pathlib import Path

import duckdb
import pytest

from analytics.simulator import SimulatedSites, simulate, simulate_sites
from analytics.simulator.faults import spoil
from tests.support.command_line import catchment, worked

pytestmark = pytest.mark.agreement


def breaches(workspace: Path) -> dict[str, int]:
    report = json.loads((workspace / "quality" / "quality_report.json").read_text())
    return {
        found["check_id"]: found["n_violated"]
        for found in report["findings"]
        if found["status"] == "breached"
    }


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSites:
    out = tmp_path_factory.mktemp("network") / "sites"
    return simulate_sites(persons=600, n_sites=5, seed=4, out=out)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_each_site_breaks_no_clause_and_is_built(
    network: SimulatedSites, number: int, tmp_path: Path
):
    cdm = network.cdms[number - 1]

    said = worked(catchment("build", "--cdm", cdm.folder, "--workspace", tmp_path))

    assert breaches(tmp_path) == {}
    for missing in network.sites[number - 1].missing_tables:
        assert missing in said.stdout


def test_dirty_people_are_built_and_every_study_is_answered(tmp_path: Path):
    out = tmp_path / "dirty"
    worked(catchment("simulate", "--persons", 3000, "--seed", 5, "--dirty", "--out", out))
    planted = json.loads((out / "truth" / "faults.json").read_text())["faults"]

    said = worked(
        catchment("demo", "--cdm", out, "--workspace", tmp_path / "workspace", "--no-serve")
    )

    expected: dict[str, int] = {}
    for fault in planted:
        if fault["check_id"]:
            expected[fault["check_id"]] = expected.get(fault["check_id"], 0) + fault["n_rows"]
    assert breaches(tmp_path / "workspace") == expected
    assert "readmission_30d" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_structural_faults_are_refused_by_name(tmp_path: Path):
    folder = simulate(persons=200, seed=5, out=tmp_path / "cdm").folder
    spoil(folder, 5, level="structural")

    said = catchment("build", "--cdm", folder, "--workspace", tmp_path / "workspace")

    assert said.exit_code == 3
    assert "measurement.measurement_concept_id" in said.stderr
    assert "condition_occurrence.condition_start_date" in said.stderr
    assert "31.02.2021" in said.stderr
    assert not (tmp_path / "workspace" / "warehouse.duckdb").exists() or not _landed(tmp_path)


def _landed(folder: Path) -> int:
    with duckdb.connect(str(folder / "workspace" / "warehouse.duckdb"), read_only=True) as there:
        (counted,) = there.execute("select count(*) from information_schema.tables").fetchone()
        return int(counted)
