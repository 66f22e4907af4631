"""Data past their limit stop the studies that use them, until somebody signs: the card says who.

About a minute: the workspace is built and one study run again.
"""

import polars as pl
import pytest

from analytics.pipelines.packaging import POINTER
from analytics.pipelines.study_fit import check_fit
from analytics.studies import load_study
from analytics.warehouse import Workspace
from tests.support.command_line import catchment, worked
from tests.support.workspaces import PATHWAYS, SimulatedWorkspace

STUDY = "readmission_30d"
DAY = "device_exposure_start_date"
CHECK = f"field_withinvisitdates_device_exposure_{DAY}"
REASON = "Devices are dated when the bill is written; they weigh little in this model."
WAIVER = f"""
waivers:
  - check: {CHECK}
    study: {STUDY}
    signed_by: "A. Person, data steward"
    date: 2026-11-22
    reason: "{REASON}"
"""


def card_of(workspace: SimulatedWorkspace) -> str:
    latest = (workspace.root / "studies" / STUDY / "package" / POINTER).read_text().strip()
    return (workspace.root / "packages" / STUDY / latest / "model_card.md").read_text()


@pytest.mark.agreement
def test_a_study_stops_at_data_past_their_limit_until_a_waiver_is_signed(
    simulated_workspace: SimulatedWorkspace, tmp_path
):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    file = workspace.cdm / "device_exposure.parquet"
    later = pl.col(DAY) + pl.duration(days=20)
    pl.read_parquet(file).with_columns(later.alias(DAY)).write_parquet(file)
    worked(catchment("build", "--cdm", workspace.cdm, "--workspace", workspace.root))

    stopped = catchment("run", STUDY, "--workspace", workspace.root)

    assert stopped.exit_code == 3
    assert f"sign a waiver for '{CHECK}'" in " ".join(stopped.stderr.split())
    assert "covariates: device" in stopped.stderr
    assert "models: xgboost, logistic_l1, age_and_sex" in stopped.stderr
    assert "Waived" not in card_of(workspace)
    for pathways in PATHWAYS:
        check_fit(load_study(pathways), Workspace(root=workspace.root))

    (workspace.root / "waivers.yaml").write_text(WAIVER)
    worked(catchment("run", STUDY, "--workspace", workspace.root))

    said = " ".join(card_of(workspace).split())
    assert "## Data past their limits" in said
    signed = f"Waived by A. Person, data steward on 2026-11-22: {REASON}"
    assert f"{CHECK} is past its limit. {signed}" in said
