"""A definition that was added is a cohort that dbt builds, tests and documents like any other."""

import json
import shutil
from datetime import date

import pytest

from analytics.contracts import load_contracts
from analytics.pipelines.adding_cohorts import add_definitions
from analytics.settings import house_root
from analytics.warehouse import Workspace, dbt_runs, land, open_cdm, run_dbt
from analytics.warehouse.workspace import connect
from tests.support.definitions import around, concept_set, definition, rule
from tests.support.pictured_cdm import write_pictured_cdm

pytestmark = pytest.mark.agreement

DIABETES = {"ConditionOccurrence": {"CodesetId": 0}}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The dbt project in a house of its own, to add to."""
    house = tmp_path / "house"
    left_out = shutil.ignore_patterns(*dbt_runs.LEFT_BEHIND)
    shutil.copytree(house_root() / "dbt_project", house / "dbt_project", ignore=left_out)
    monkeypatch.setattr(dbt_runs, "house_root", lambda: house)
    return house / "dbt_project"


@pytest.fixture
def workspace(tmp_path):
    """Person 1 has diabetes twice and a bleed after the second; person 2 has it unobserved."""
    cdm = write_pictured_cdm(
        tmp_path / "cdm",
        person="person_id | year_of_birth\n 1 | 1950\n 2 | 1960",
        observation_period="""
            person_id | observation_period_start_date | observation_period_end_date
                    1 | 2018-01-01                    | 2020-12-31
                    2 | 2018-01-01                    | 2018-12-31
        """,
        condition_occurrence="""
            person_id | condition_concept_id | condition_start_date | condition_end_date
                    1 |                43000 | 2019-02-01           | 2019-02-03
                    1 |               201826 | 2019-08-01           | 2019-08-04
                    1 |               192671 | 2019-08-10           | 2019-08-10
                    2 |               201826 | 2019-02-01           | 2019-02-01
        """,
        concept="""
            concept_id | concept_name                | domain_id
                 43000 | Diabetes, of a kind         | Condition
                201826 | Type 2 diabetes mellitus    | Condition
                192671 | Gastrointestinal hemorrhage | Condition
        """,
        concept_ancestor="""
            ancestor_concept_id | descendant_concept_id
                         201826 |                 43000
                         201826 |                201826
                         192671 |                192671
        """,
    )
    workspace = Workspace(root=tmp_path / "w")
    land(open_cdm(cdm), workspace, load_contracts("omop_cdm"))
    return workspace


def test_an_added_cohort_builds_with_its_tests_and_its_words(tmp_path, project, workspace):
    bleed = around({"ConditionOccurrence": {"CodesetId": 1}}, 1, 30)
    value = definition(
        DIABETES,
        ExpressionLimit={"Type": "All"},
        InclusionRules=[rule("a bleed: {{ soon }}", bleed)],
        EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 7}},
    )
    value["ConceptSets"] = [
        concept_set(0, "Type 2 diabetes", 201826, includeDescendants=True),
        concept_set(1, "Bleed", 192671),
    ]
    path = tmp_path / "-5.json"
    path.write_text(json.dumps(value))
    add_definitions(path, project=project, name="diabetes_then_bleed")

    done = run_dbt(workspace, ["build", "--select", "+cohort__diabetes_then_bleed"])

    with connect(workspace, read_only=True) as connection:
        rows = connection.execute("from cohorts.cohort__diabetes_then_bleed").fetchall()
    assert rows == [(1, date(2019, 8, 1), date(2019, 8, 11))]
    held = [name for name in done.node_names if name.startswith("observed_on_cohort__diabetes")]
    assert len(held) == 1
    manifest = json.loads((workspace.dbt / "target/manifest.json").read_text())
    model = manifest["nodes"]["model.catchment.cohort__diabetes_then_bleed"]
    assert "1. conditions of 'Type 2 diabetes'" in model["description"]
    assert "#### Rule 1: a bleed: { { soon }}" in model["description"]
    assert model["config"]["meta"]["cohort_definition_id"] == -5
