"""A definition that was added is a cohort that dbt builds, tests and documents like any other."""

import json
import shutil
from collections.abc import Iterator
from datetime import date

import pytest

from analytics.contracts import load_contracts
from analytics.pipelines.adding_cohorts import add_definitions
from analytics.pipelines.definition_notes import definition_notes
from analytics.settings import house_root
from analytics.warehouse import DbtRun, Workspace, dbt_runs, land, open_cdm, run_dbt
from analytics.warehouse.workspace import connect
from tests.support.definitions import around, concept_set, definition, rule
from tests.support.pictured_cdm import write_pictured_cdm

pytestmark = [pytest.mark.agreement, pytest.mark.xdist_group("added cohorts")]

DIABETES = {"ConditionOccurrence": {"CodesetId": 0}}
MILLIGRAM = {"CONCEPT_ID": 8576, "CONCEPT_NAME": "milligram"}


def diabetes_then_bleed() -> dict:
    value = definition(
        DIABETES,
        ExpressionLimit={"Type": "All"},
        InclusionRules=[
            rule("a bleed: {{ soon }}", around({"ConditionOccurrence": {"CodesetId": 1}}, 1, 30))
        ],
        EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 7}},
    )
    value["ConceptSets"] = [
        concept_set(0, "Type 2 diabetes", 201826, includeDescendants=True),
        concept_set(1, "Bleed", 192671),
    ]
    return value


def diabetes_or_what_nobody_knows() -> dict:
    """Its concept set names a concept that the vocabulary lacks, though there is an event of it."""
    value = definition(DIABETES)
    value["ConceptSets"] = [concept_set(0, "Type 2 diabetes", 201826, 999)]
    return value


def samples_and_doses() -> dict:
    """It reads two tables that the CDM lacks."""
    dose = {"DoseEra": {"CodesetId": 1, "Unit": [MILLIGRAM]}}
    return definition({"Specimen": {}}, InclusionRules=[rule("a dose", around(dose, 0, None))])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    """Person 1 has diabetes twice and a bleed after the second; person 2 has it unobserved."""
    folder = tmp_path_factory.mktemp("added")
    cdm = write_pictured_cdm(
        folder / "cdm",
        person="person_id | year_of_birth\n 1 | 1950\n 2 | 1960",
        observation_period="""
            person_id | observation_period_start_date | observation_period_end_date
                    1 | 2017-01-01                    | 2020-12-31
                    2 | 2017-01-01                    | 2018-12-31
        """,
        condition_occurrence="""
            person_id | condition_concept_id | condition_start_date | condition_end_date
                    1 |                43000 | 2019-02-01           | 2019-02-03
                    1 |                  999 | 2019-05-01           | 2019-05-01
                    1 |               201826 | 2019-08-01           | 2019-08-04
                    1 |               192671 | 2019-08-10           | 2019-08-10
                    2 |               201826 | 2019-02-01           | 2019-02-01
        """,
        concept="""
            concept_id | concept_name                | domain_id
                 43000 | Diabetes, of a kind         | Condition
                201826 | Type 2 diabetes mellitus    | Condition
                192671 | Gastrointestinal hemorrhage | Condition
               1309799 | a diuretic                  | Drug
        """,
        concept_ancestor="""
            ancestor_concept_id | descendant_concept_id
                         201826 |                 43000
                         201826 |                201826
                         192671 |                192671
        """,
    )
    workspace = Workspace(root=folder / "w")
    land(open_cdm(cdm), workspace, load_contracts("omop_cdm"))
    return workspace


@pytest.fixture(scope="module")
def built(workspace, tmp_path_factory) -> Iterator[DbtRun]:
    """What `dbt build --select tag:cohorts` does after three definitions were added."""
    house = tmp_path_factory.mktemp("house")
    left_out = shutil.ignore_patterns(*dbt_runs.LEFT_BEHIND)
    shutil.copytree(house_root() / "dbt_project", house / "dbt_project", ignore=left_out)
    definitions = {
        "-5": ("diabetes_then_bleed", diabetes_then_bleed()),
        "17": ("diabetes_or_unknown", diabetes_or_what_nobody_knows()),
        "samples": ("samples_and_doses", samples_and_doses()),
    }
    for stem, (name, value) in definitions.items():
        path = house / f"{stem}.json"
        path.write_text(json.dumps(value))
        add_definitions(path, project=house / "dbt_project", name=name)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dbt_runs, "house_root", lambda: house)
        yield run_dbt(workspace, ["build", "--select", "tag:cohorts"])


def rows(workspace: Workspace, query: str) -> list[tuple[object, ...]]:
    with connect(workspace, read_only=True) as connection:
        return connection.execute(query).fetchall()


def from_dbt(workspace: Workspace, file: str) -> dict:
    return json.loads((workspace.dbt / "target" / file).read_text())


def test_an_added_cohort_builds_with_its_tests_and_its_words(workspace, built):
    assert rows(workspace, "from cohorts.cohort__diabetes_then_bleed") == [
        (1, date(2019, 8, 1), date(2019, 8, 11))
    ]
    held = [name for name in built.node_names if name.startswith("observed_on_cohort__diabetes")]
    assert len(held) == 2
    model = from_dbt(workspace, "manifest.json")["nodes"][
        "model.catchment.cohort__diabetes_then_bleed"
    ]
    assert "1. conditions of 'Type 2 diabetes'" in model["description"]
    assert "#### Rule 1: a bleed: { { soon }}" in model["description"]
    assert model["config"]["meta"]["cohort_definition_id"] == -5


def test_a_cohort_keeps_its_id_and_one_without_is_counted_far_from_them(workspace, built):
    found = rows(workspace, "select cohort_definition_id from cohorts.cohort")
    numbers = {number for (number,) in found}

    assert {-5, 17} <= numbers
    assert all(number > 2_000_000_000 for number in numbers - {-5, 17})


def test_a_concept_missing_from_the_vocabulary_is_named_and_the_build_goes_on(workspace, built):
    found = rows(workspace, "select cohort_start_date from cohorts.cohort__diabetes_or_unknown")
    assert found == [(date(2019, 8, 1),)]

    (note,) = [note for note in definition_notes(workspace) if "concept 999" in note]
    assert note.startswith("Concept set concept_999_and_1_other__")
    assert "the vocabulary of this CDM lacks: nothing is found by it." in note


def test_a_table_missing_from_the_cdm_is_named_with_the_cohorts_that_read_it(workspace, built):
    assert rows(workspace, "from cohorts.cohort__samples_and_doses") == []

    notes = definition_notes(workspace)
    for table in ("specimen", "dose_era"):
        said = f"This CDM has no table {table}, which 'samples_and_doses' reads"
        assert f"{said}: nothing is found there." in notes


def test_the_docs_of_dbt_show_each_cohort_with_its_words(workspace, built):
    run_dbt(workspace, ["docs", "generate"])

    models = from_dbt(workspace, "manifest.json")["nodes"]
    tables = from_dbt(workspace, "catalog.json")["nodes"]
    cohorts = {name for name in models if name.startswith("model.catchment.cohort__")}
    assert "model.catchment.cohort__samples_and_doses" in cohorts
    for name in cohorts:
        assert models[name]["description"].startswith("One row for each "), name
        assert {"person_id", "cohort_start_date", "cohort_end_date"} == set(tables[name]["columns"])
