"""The project that lasts as long as `cohorts generate`: the models that `cohorts add` writes."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import yaml

from analytics.phenotypes.model_files import MODELS, SEEDS
from analytics.pipelines.adding_cohorts import add_definitions
from analytics.pipelines.cohort_project import cdm_tables_read, write_cohort_project
from analytics.pipelines.named_definitions import compile_definitions
from analytics.settings import Settings
from analytics.warehouse import Workspace
from analytics.warehouse.duckdb_cohorts import DuckDBCohorts
from tests.support.definitions import around, concept_set, definition, rule

ROOT = Path(__file__).resolve().parents[3]
SHORT = definition(InclusionRules=[rule("a diuretic", around({"DrugEra": {"CodesetId": 1}}, 0, 9))])
SETS = [concept_set(at, f"set {at}", 1000 + at) for at in range(12)]
MANY = [around({"Measurement": {"CodesetId": at}}, 0, 9) for at in range(12)]
RULES = [rule(f"rule {at}", each) for at, each in enumerate(MANY)]
LONG = {**definition(InclusionRules=RULES), "ConceptSets": SETS}


@pytest.fixture
def definitions(tmp_path):
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "17.json").write_text(json.dumps(SHORT))
    (folder / "-5.json").write_text(json.dumps(LONG))
    return folder


@pytest.fixture
def project(tmp_path, definitions):
    """The project of both definitions, on DuckDB."""
    place = DuckDBCohorts(workspace=Workspace(root=tmp_path / "w"), settings=Settings())
    compiled = compile_definitions(definitions)
    write_cohort_project(tmp_path / "project", list(compiled.cohorts.values()), place)
    return tmp_path / "project"


@pytest.fixture
def added(tmp_path, definitions):
    """A project that both definitions were added to."""
    folder = tmp_path / "dbt_project"
    (folder / "models/cohorts").mkdir(parents=True)
    shutil.copy(ROOT / "dbt_project/dbt_project.yml", folder)
    add_definitions(definitions, project=folder)
    return folder


def test_its_models_are_those_that_add_writes(project, added):
    generated = {path.name: path.read_text() for path in (project / MODELS).glob("*.sql")}
    written = {path.name: path.read_text() for path in (added / MODELS).glob("*.sql")}

    assert {"cohort__17.sql", "cohort__minus_5.sql"} < set(generated)
    assert len(generated) > 10
    assert generated == {name: written[name] for name in generated}
    assert {name for name in set(written) - set(generated) if name.startswith("cohort_")} == set()


def test_one_seed_holds_all_concept_sets(project, added):
    with (project / "seeds/concept_set.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    by_set = {}
    for row in rows:
        by_set.setdefault(row["concept_set"], []).append(row["concept_id"])
    assert set(by_set) == {path.stem for path in (added / SEEDS).glob("*.csv")}
    for name, concepts in by_set.items():
        with (added / SEEDS / f"{name}.csv").open(newline="") as file:
            assert [row["concept_id"] for row in csv.DictReader(file)] == concepts


def test_only_the_tables_that_are_read_are_staged(project, definitions):
    staged = {path.stem.removeprefix("stg_omop__") for path in project.rglob("stg_omop__*.sql")}

    cohorts = list(compile_definitions(definitions).cohorts.values())
    assert staged == cdm_tables_read(cohorts)
    assert {"condition_occurrence", "drug_era", "measurement", "concept_ancestor"} < staged
    assert "device_exposure" not in staged


def test_no_password_stands_in_its_profile(tmp_path):
    from analytics.warehouse.postgres_address import read_address
    from analytics.warehouse.postgres_cohorts import PostgresCohorts

    address = read_address("postgresql://ann:hush@host/people?schema=omop&sslmode=require")
    place = PostgresCohorts(address=address, schema="catchment_1")

    write_cohort_project(tmp_path / "project", [], place)

    text = (tmp_path / "project/profiles.yml").read_text()
    assert "hush" not in text + repr(address) + str(address)
    target = yaml.safe_load(text)["catchment"]["outputs"]["here"]
    assert (target["host"], target["dbname"], target["sslmode"]) == ("host", "people", "require")
