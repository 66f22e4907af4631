"""Data past their limits stop the studies that use them, until somebody signs: the card says who.

About a minute and a half: the workspace is built, one study run again, and two publish.
"""

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analytics.pipelines.packaging import POINTER
from analytics.pipelines.study_fit import check_fit
from analytics.studies import load_study
from analytics.warehouse import Workspace
from tests.support.command_line import ROOT, catchment, worked
from tests.support.workspaces import PATHWAYS, STUDIES, SimulatedWorkspace, published_marts

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
    until: 2999-12-31
    reason: "{REASON}"
"""
SIGNED = f"Waived by A. Person, data steward on 2026-11-22 until 2999-12-31: {REASON}"


def card_of(workspace: SimulatedWorkspace) -> str:
    latest = (workspace.root / "studies" / STUDY / "package" / POINTER).read_text().strip()
    return (workspace.root / "packages" / STUDY / latest / "model_card.md").read_text()


def published_studies(workspace: SimulatedWorkspace) -> dict[str, set[str]]:
    """The studies of each published mart that names any, without the run log."""
    marts = published_marts(workspace.root)
    found = {name: set(each["study"]) - {""} for name, each in marts.items() if "study" in each}
    return {name: studies for name, studies in found.items() if studies and name != "run_log"}


@pytest.mark.agreement
def test_a_study_stops_at_data_past_their_limit_until_a_waiver_is_signed(
    simulated_workspace: SimulatedWorkspace, tmp_path, monkeypatch
):
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    file = workspace.cdm / "device_exposure.parquet"
    later = pl.col(DAY) + pl.duration(days=20)
    pl.read_parquet(file).with_columns(later.alias(DAY)).write_parquet(file)
    built = worked(catchment("build", "--cdm", workspace.cdm, "--workspace", workspace.root))
    assert f"{STUDY} is stopped: data that it uses are past their limit ({CHECK})" in built.stdout
    assert f"To take these studies off them: catchment publish --workspace {workspace.root}" in (
        built.stdout
    )
    here = ("--workspace", workspace.root)

    stopped = catchment("run", STUDY, *here)

    assert stopped.exit_code == 3
    assert f"sign a waiver for '{CHECK}'" in " ".join(stopped.stderr.split())
    assert "covariates: device" in stopped.stderr
    assert "models: xgboost, logistic_l1, age_and_sex" in stopped.stderr
    assert "Waived" not in card_of(workspace)
    for pathways in PATHWAYS:
        check_fit(load_study(pathways), Workspace(root=workspace.root))

    # Another study publishes: of the stopped ones nothing is on the pages but why.
    worked(catchment("pathways", PATHWAYS[0], *here))

    shown = published_studies(workspace)
    assert {study for studies in shown.values() for study in studies} == {PATHWAYS[0]}
    assert "risk_list" not in shown
    warnings = page_says(workspace, "data_quality", monkeypatch)
    assert [study for study in STUDIES if f"{study} is stopped" in warnings] == list(STUDIES)
    assert f"{PATHWAYS[1]} is out of date" in warnings
    assert CHECK in warnings

    (workspace.root / "waivers.yaml").write_text(WAIVER)
    out = tmp_path / "risks.parquet"
    worked(catchment("predict", STUDY, "--as-of", "2023-06-30", "--out", out, *here))
    assert pl.read_parquet(out)["waivers"].unique().to_list() == [
        f"{CHECK} is past its limit. {SIGNED}"
    ]
    worked(catchment("run", STUDY, *here))

    said = " ".join(card_of(workspace).split())
    assert "## Data past their limits" in said
    assert f"{CHECK} is past its limit. {SIGNED}" in said
    assert published_studies(workspace)["risk_list"] == {STUDY}
    assert f"{STUDY} is stopped" not in page_says(workspace, "data_quality", monkeypatch)


def page_says(workspace: SimulatedWorkspace, page: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The warnings on a page of what the workspace published, as plain words."""
    monkeypatch.setattr("sys.argv", ["app.py", "--published", str(workspace.root / "published")])
    app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60)
    shown = app.switch_page(f"app_pages/{page}.py").run()
    assert [error.value for error in shown.exception] == []
    return " ".join(warning.value for warning in shown.main.warning).replace("\\", "")
