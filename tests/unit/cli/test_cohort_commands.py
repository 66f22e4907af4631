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
    shutil.copy(ROOT / "dbt_project/models/cohorts/cohort__adult_year.sql", cohorts)
    (tmp_path / "463.json").write_text(json.dumps(definition()))
    return tmp_path


def test_a_definition_is_listed_described_and_compared(folder):
    add_definitions(folder / "463.json", project=folder / "dbt_project", name="weak_heart")

    listed = catchment_here("cohorts", "list", cwd=folder).stdout.splitlines()
    assert [line.split(":")[0] for line in listed] == ["adult_year", "weak_heart [463]"]

    described = catchment_here("cohorts", "describe", "weak_heart", cwd=folder).stdout
    assert described.startswith("### Entry events\n")

    compared = catchment_here("cohorts", "diff", "weak_heart", "463.json", cwd=folder)
    assert compared.stdout == "Nothing changed.\n"


def test_an_added_definition_says_what_it_wrote(folder):
    added = catchment_here("cohorts", "add", "463.json", "--name", "weak_heart", cwd=folder)

    assert (added.exit_code, added.stderr) == (0, "")
    model = "models/cohorts/from_definitions/cohort__weak_heart.sql"
    assert added.stdout.splitlines() == [
        f"weak_heart [463]: added; {model} and 1 concept set",
        "In dbt_project. Build with: catchment build --cdm CDM",
    ]
    assert (folder / "dbt_project" / model).is_file()
    again = catchment_here("cohorts", "add", "463.json", "--name", "weak_heart", cwd=folder)
    assert again.stdout.startswith("weak_heart [463]: unchanged;")


def test_another_definition_takes_the_place_of_one_only_when_told_to(folder):
    catchment_here("cohorts", "add", "463.json", cwd=folder)
    (folder / "463.json").write_text(json.dumps(definition({"Death": {}})))

    refused = catchment_here("cohorts", "add", "463.json", cwd=folder)
    assert refused.exit_code == 2
    assert "cohort '463' exists with another definition" in refused.stderr
    replaced = catchment_here("cohorts", "add", "463.json", "--replace", cwd=folder)
    assert replaced.stdout.startswith("463 [463]: replaced;")


def with_primary(**parts: object) -> dict:
    value = definition()
    value["PrimaryCriteria"] |= parts
    return value


def with_concepts(**parts: object) -> dict:
    value = definition()
    value["ConceptSets"][0] |= parts
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "faulty.json is not JSON"),
        ({"name": "a study"}, "faulty.json is JSON, but no Circe cohort expression"),
        (definition({"Death": {"Frist": True}}), "$.PrimaryCriteria.CriteriaList[0].Death.Frist"),
        (with_primary(PrimaryCriteriaLimit={"Type": "Frist"}), '"Frist" is not one of All, First'),
        (with_primary(CriteriaList=[]), "$.PrimaryCriteria.CriteriaList: is empty"),
        (with_concepts(expression={"items": []}), "concept set 0 has no concepts"),
        (with_concepts(id=7), "there is no concept set 0. Declared in ConceptSets: 7, 1."),
    ],
    ids=[
        "not JSON",
        "not Circe",
        "unknown attribute",
        "unknown word",
        "no primary criteria",
        "concept set without concepts",
        "missing concept set",
    ],
)
def test_what_is_at_fault_is_said_and_nothing_is_added(folder, value, said):
    text = value if isinstance(value, str) else json.dumps(value)
    (folder / "faulty.json").write_text(text)
    before = sorted(folder.rglob("*"))

    refused = catchment_here("cohorts", "add", "faulty.json", cwd=folder)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("catchment: faulty.json ")
    assert said in refused.stderr
    assert sorted(folder.rglob("*")) == before


def test_two_definitions_with_one_name_are_refused(folder):
    definitions = folder / "definitions"
    definitions.mkdir()
    for name in ("Weak heart.json", "weak_heart.json"):
        (definitions / name).write_text(json.dumps(definition()))

    refused = catchment_here("cohorts", "add", "definitions", cwd=folder)
    assert refused.exit_code == 2
    assert "would both be cohort 'weak_heart'" in refused.stderr


def test_ids_of_64_bits_and_negative_ids_are_kept(folder):
    for number in (2**63 - 1, -(2**63)):
        (folder / f"{number}.json").write_text(json.dumps(definition()))
        added = catchment_here("cohorts", "add", f"./{number}.json", cwd=folder)
        assert f"[{number}]: added;" in added.stdout
    (folder / f"{2**63}.json").write_text(json.dumps(definition()))

    refused = catchment_here("cohorts", "add", f"./{2**63}.json", cwd=folder)
    assert "does not fit into 64 bits" in refused.stderr


def test_a_faulty_definition_is_refused_with_exit_code_2(folder):
    (folder / "faulty.json").write_text(json.dumps(definition({"Death": {"Frist": True}})))

    said = catchment_here("cohorts", "describe", "faulty.json", cwd=folder)
    assert said.exit_code == 2
    assert said.stderr.startswith("catchment: faulty.json has 1 fault:\n  $.PrimaryCriteria.")


def test_without_a_project_the_commands_say_where_to_be(folder):
    said = catchment_here("cohorts", "list", "--project", "elsewhere", cwd=folder)

    assert said.exit_code == 2
    assert "elsewhere is no dbt project: it has no dbt_project.yml" in said.stderr
