"""The cohorts that ship are what the compiler writes from the definitions that ship."""

import re
import shutil
from pathlib import Path

import yaml

from analytics.pipelines.adding_cohorts import add_definitions
from analytics.settings import house_root

DEFINITIONS = Path("analytics/phenotypes/definitions")
PROJECT = Path("dbt_project")
WRITTEN = ("models/cohorts/from_definitions", "seeds/concept_sets/from_definitions")


def _texts(project: Path) -> dict[str, str]:
    files = [path for folder in WRITTEN for path in sorted((project / folder).glob("*"))]
    files += [project / "dbt_project.yml", project / "seeds/cohort_rules.csv"]
    return {str(path.relative_to(project)): path.read_text() for path in files}


def test_adding_the_shipped_definitions_again_changes_no_file(tmp_path):
    shipped, copy = house_root() / PROJECT, tmp_path / "dbt_project"
    shutil.copytree(shipped, copy, ignore=shutil.ignore_patterns("target", "logs"))
    for folder in WRITTEN:
        shutil.rmtree(copy / folder)

    add_definitions(house_root() / DEFINITIONS, project=copy)

    assert _texts(copy) == _texts(shipped)


def test_each_cohort_has_its_criteria_and_its_rules_in_words():
    project = house_root() / PROJECT
    cohorts = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]["cohorts"]
    rules = (project / "seeds/cohort_rules.csv").read_text().splitlines()[1:]
    criteria = {path.stem for path in (project / "models/cohorts").rglob("criteria__*.sql")}

    assert {line.split(",")[0] for line in rules} == set(cohorts)
    assert criteria == {f"criteria__{name}" for name in cohorts}


def test_the_docs_show_two_definitions_and_their_models_as_they_are():
    project = house_root() / PROJECT
    shown = re.findall(r"```(json|sql)\n(.*?\n)```", (project / "README.md").read_text(), re.DOTALL)
    definitions = {path.read_text() for path in (house_root() / DEFINITIONS).glob("*.json")}
    models = {path.read_text() for path in (project / WRITTEN[0]).glob("cohort__*.sql")}

    assert [language for language, _ in shown] == ["json", "sql"] * 2
    assert {text for language, text in shown if language == "json"} <= definitions
    assert {text for language, text in shown if language == "sql"} <= models
