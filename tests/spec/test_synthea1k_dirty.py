"""A CDM with random rows in it: what is wrong with it is named, and nothing crashes."""

import json

import pytest

from tests.support.command_line import catchment_here
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    out = tmp_path_factory.mktemp("dirty") / "quality"
    said = catchment_here("check", shared_data("synthea1k_dirty"), "--out", out)
    assert (said.exit_code, said.stderr) == (0, "")
    return " ".join(said.stdout.split()), json.loads((out / "quality_report.json").read_text())


def test_each_breach_is_named_with_its_table_rule_count_and_share(checked):
    printed, report = checked
    breached = [found for found in report["findings"] if found["status"] == "breached"]

    assert len(breached) == 7
    assert f"7 of {len(report['findings'])} rules of the house found something" in printed
    for found in breached:
        assert f"{found['table']}" in printed
        assert f"{found['n_violated']:,} of {found['n_rows']:,} rows" in found["message"]
        assert found["examples"]


def test_every_death_lies_after_the_observation_of_its_person(checked):
    # ../shared/data/README.md: "every death after the observation period".
    printed, report = checked
    (deaths,) = [
        found for found in report["findings"] if found["check_id"] == "death.inside_observation"
    ]

    assert (deaths["n_violated"], deaths["n_rows"]) == (142, 142)
    assert "death: 142 of 142 rows (100.0 %)" in printed


def test_no_check_ends_in_an_error_and_nothing_stops_the_build(checked):
    _, report = checked

    assert [found for found in report["findings"] if found["status"] == "error"] == []
    assert (report["stops_build"], report["stops_run"]) == (False, False)


def test_what_it_lacks_is_said(checked):
    printed, _ = checked

    assert "The CDM has no table measurement; it is read as empty." in printed
    assert "The CDM has no table concept_ancestor; it is read as empty." in printed
