"""A delivery that cannot be built on, and one whose build is cut short, open no gate."""

import polars as pl
import pytest

from analytics.errors import BadInputError, ContractBreachError
from analytics.pipelines import build
from analytics.pipelines.build import build_workspace, check_is_built
from analytics.pipelines.steps import Silent
from analytics.pipelines.study_fit import FIT_CHECKS, list_unfit
from analytics.studies import load_study
from analytics.warehouse import Workspace
from tests.support.workspaces import SimulatedWorkspace

STUDY = load_study("readmission_30d")


@pytest.fixture
def unfit(simulated_workspace: SimulatedWorkspace, tmp_path):
    """A built workspace of which one check is past its limit on what a study uses."""
    workspace = simulated_workspace.copy_to(tmp_path / "workspace")
    file = workspace.root / "quality" / FIT_CHECKS
    is_it = pl.col("check_id") == "field_isrequired_visit_occurrence_visit_start_date"
    checks = pl.read_parquet(file)
    checks.with_columns(
        status=pl.when(is_it).then(pl.lit("failed")).otherwise("status"),
        share=pl.when(is_it).then(0.9).otherwise("share"),
        limit_share=pl.when(is_it).then(0.05).otherwise("limit_share"),
    ).write_parquet(file)
    assert len(list_unfit(STUDY, Workspace(root=workspace.root))) == 1
    return workspace


def change(workspace, **columns):
    file = workspace.cdm / "visit_occurrence.parquet"
    pl.read_parquet(file).with_columns(**columns).write_parquet(file)


def test_after_a_refused_delivery_the_study_is_held_against_the_data_it_has(unfit):
    place = Workspace(root=unfit.root)
    change(unfit, visit_start_date=pl.lit("last week"))

    with pytest.raises(ContractBreachError, match="stops `build`"):
        build_workspace(cdm=unfit.cdm, workspace=unfit.root, display=Silent())

    check_is_built(place)
    assert len(list_unfit(STUDY, place)) == 1
    assert (unfit.root / "quality" / "refused" / "quality_report.html").is_file()


def test_after_a_build_that_was_killed_when_it_had_checked_nothing_runs(unfit, monkeypatch):
    change(unfit, provider_id=pl.lit(None, dtype=pl.Int64))
    monkeypatch.setattr(build, "_land_step", _killed)

    with pytest.raises(KeyboardInterrupt):
        build_workspace(cdm=unfit.cdm, workspace=unfit.root, display=Silent())

    with pytest.raises(BadInputError, match="its last build did not come to its end"):
        check_is_built(Workspace(root=unfit.root))


def _killed(*_arguments):
    raise KeyboardInterrupt
