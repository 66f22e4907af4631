"""`catchment cohorts …` as a person runs it: what it prints, and how it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from analytics.pipelines.adding_cohorts import add_definitions
from tests.support.command_line import catchment_here
from tests.support.definitions import definition

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with a dbt project of one cohort, and a definition to add."""
    project = tmp_path / "dbt_project"
    cohorts = project / "models/cohorts"
    cohorts.mkdir(parents=True)
    shutil.copy(ROOT / "dbt_project/dbt_project.yml", project)
    shutil.copy(ROOT / "dbt_project/models/cohorts/cohort__type_2_diabetes.sql", cohorts)
    (tmp_path / "463.json").write_text(json.dumps(definition()))
    return tmp_path


def test_a_definition_is_listed_described_and_compared(folder):
    add_definitions(folder / "463.json", project=folder / "dbt_project", name="weak_heart")

    listed = catchment_here("cohorts", "list", cwd=folder).stdout.splitlines()
    assert [line.split(":")[0] for line in listed] == ["type_2_diabetes", "weak_heart [463]"]

    described = catchment_here("cohorts", "describe", "weak_heart", cwd=folder).stdout
    assert described.startswith("### Entry events\n")

    compared = catchment_here("cohorts", "diff", "weak_heart", "463.json", cwd=folder)
    assert compared.stdout == "Nothing changed.\n"


def test_a_faulty_definition_is_refused_with_exit_code_2(folder):
    (folder / "faulty.json").write_text(json.dumps(definition({"Death": {"Frist": True}})))

    said = catchment_here("cohorts", "describe", "faulty.json", cwd=folder)
    assert said.exit_code == 2
    assert said.stderr.startswith("catchment: faulty.json has 1 fault:\n  $.PrimaryCriteria.")


def test_without_a_project_the_commands_say_where_to_be(folder):
    said = catchment_here("cohorts", "list", "--project", "elsewhere", cwd=folder)

    assert said.exit_code == 2
    assert "elsewhere is no dbt project: it has no dbt_project.yml" in said.stderr
