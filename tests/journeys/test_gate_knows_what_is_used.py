"""A study whose use of the CDM nobody knows any more does not run: no gate opens by forgetting."""

import shutil
from datetime import date

import pytest

from analytics.errors import BadInputError
from analytics.pipelines.build import build_workspace
from analytics.pipelines.built_workspace import OVERRIDES, check_is_built
from analytics.pipelines.checking import CheckRequest, check_quality
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.steps import Silent
from analytics.pipelines.study_fit import check_fit
from analytics.studies import load_study
from analytics.warehouse import Workspace
from tests.journeys.test_refused_deliveries import OF_EVERY_STUDY, find_past_limit
from tests.support.workspaces import SimulatedWorkspace

SITE = """
overrides:
  - table: visit_occurrence
    column: visit_start_date
    check: isRequired
    limit_share: 0.9
    reason: "Days of some visits are not kept."
    date: 2026-11-22
"""


@pytest.fixture
def place(simulated_workspace: SimulatedWorkspace, tmp_path):
    return Workspace(root=simulated_workspace.copy_to(tmp_path / "workspace").root)


@pytest.mark.parametrize("study", ["readmission_30d", "diabetes_treatment"])
def test_what_dbt_wrote_is_gone(study, place):
    find_past_limit(place, OF_EVERY_STUDY)
    shutil.rmtree(place.dbt / "target")

    with pytest.raises(BadInputError, match="it knows no model 'person'"):
        check_fit(load_study(study), place)
    with pytest.raises(BadInputError, match="Build it: catchment build"):
        check_is_built(place)


@pytest.mark.agreement
def test_a_build_brings_back_what_dbt_wrote(simulated_workspace: SimulatedWorkspace, place):
    shutil.rmtree(place.dbt / "target")

    build_workspace(cdm=simulated_workspace.cdm, workspace=place.root, display=Silent())

    check_is_built(place)
    check_fit(load_study("readmission_30d"), place)


def test_limits_that_changed_since_the_cdm_was_checked_let_nothing_be_published(place):
    check_is_built(place)
    (place.root / OVERRIDES).write_text(SITE)

    with pytest.raises(BadInputError, match=r"is not what it was .* Build again"):
        publish_marts(workspace=place.root, display=Silent())

    (place.root / OVERRIDES).unlink()
    check_is_built(place)


def test_what_the_build_found_is_not_overwritten(simulated_workspace: SimulatedWorkspace, place):
    before = {path: path.stat().st_mtime_ns for path in (place.root / "quality").iterdir()}
    request = CheckRequest(
        cdm=str(simulated_workspace.cdm), out=place.root / "quality", today=date(2026, 11, 22)
    )

    with pytest.raises(BadInputError, match="Give another folder"):
        check_quality(request)

    assert {path: path.stat().st_mtime_ns for path in before} == before
