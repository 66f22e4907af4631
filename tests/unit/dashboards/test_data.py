"""What the pages may read, and when."""

import shutil
import sys

import duckdb
import polars as pl
import pytest

from dashboards import data
from tests.support.published import publish_sample
from tests.support.published_marts import sample_marts


@pytest.fixture
def serve(monkeypatch):
    def _serve(published, *arguments):
        monkeypatch.setattr(sys, "argv", ["app.py", "--published", str(published), *arguments])

    return _serve


@pytest.fixture
def opened(monkeypatch):
    """The names of the files opened so far."""
    files = []
    connect = duckdb.connect

    def _connect(file, **options):
        files.append(file.rsplit("/", 1)[-1])
        return connect(file, **options)

    monkeypatch.setattr(duckdb, "connect", _connect)
    return files


def test_only_the_risk_list_opens_the_people_file(tmp_path, serve, opened):
    serve(publish_sample(tmp_path / "published"))
    opened.clear()

    data.study_attrition("readmission_30d")
    data.fairness_audit("readmission_30d")
    data.run_log()
    assert set(opened) == {"aggregates.duckdb"}

    data.risk_list("readmission_30d")
    assert opened[-1] == "people.duckdb"


def test_a_dashboard_of_aggregates_never_opens_the_people_file(tmp_path, serve, opened):
    serve(publish_sample(tmp_path / "published"), "--aggregates-only")
    opened.clear()

    with pytest.raises(data.NothingToShow, match="aggregates only"):
        data.risk_list("readmission_30d")
    with pytest.raises(data.NothingToShow, match="aggregates only"):
        data.risk_list_studies()
    assert opened == []


def test_a_mart_is_read_once_until_the_pointer_is_written_anew(tmp_path, serve, opened):
    published = publish_sample(tmp_path / "published")
    serve(published)
    opened.clear()

    data.calibration("readmission_30d")
    data.calibration("readmission_30d")
    assert len(opened) == 1

    publish_sample(published, run="run-2")
    opened.clear()
    data.calibration("readmission_30d")
    assert len(opened) == 1


def test_a_run_published_again_under_its_name_is_read_anew(tmp_path, serve):
    published = publish_sample(tmp_path / "published")
    serve(published)
    before = data.calibration("readmission_30d").height

    shutil.rmtree(published)
    half = sample_marts()["calibration"].filter(pl.col("bin_number") > 4)
    publish_sample(published, change={"calibration": half})

    assert data.calibration("readmission_30d").height == before // 2


def test_the_risk_list_and_the_paths_come_in_their_order(tmp_path, serve):
    serve(publish_sample(tmp_path / "published"))

    ranks = data.risk_list("readmission_30d")["risk_rank"].to_list()
    people = data.treatment_pathway("diabetes_treatment")["n_people"].drop_nulls().to_list()

    assert ranks == sorted(ranks)
    assert people == sorted(people, reverse=True)
    assert data.studies("treatment_pathway") == ["diabetes_treatment"]


def test_a_study_without_rows_says_which_step_was_not_run(tmp_path, serve):
    serve(publish_sample(tmp_path / "published"))

    with pytest.raises(data.NothingToShow, match="another has no rows in `calibration`"):
        data.calibration("another")


def test_exports_lie_beside_what_was_published(tmp_path, serve):
    serve(tmp_path / "workspace" / "published")

    assert data.exports_folder() == (tmp_path / "workspace").resolve() / "exports"
