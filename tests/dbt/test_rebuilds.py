"""A build does again what hangs on what changed, says why, and leaves all else as it is."""

import json
import shutil

import pytest

from analytics.contracts import load_contracts
from analytics.pipelines import rebuilding
from analytics.pipelines.adding_cohorts import add_definitions
from analytics.pipelines.rebuilding import rebuild_cohort_layer
from analytics.settings import house_root
from analytics.warehouse import Workspace, dbt_runs, land, open_cdm, run_dbt
from analytics.warehouse.build_records import TableMark, read_cohort_builds
from analytics.warehouse.workspace import connect
from tests.support.definitions import concept_set, definition
from tests.support.pictured_cdm import write_pictured_cdm

pytestmark = pytest.mark.agreement

PERSON = "person_id | year_of_birth\n 1 | 1950\n 2 | 1960"
OBSERVED = """
    person_id | observation_period_start_date | observation_period_end_date
            1 | 2018-01-01                    | 2020-12-31
            2 | 2018-01-01                    | 2020-12-31
"""
CONDITIONS = """
    person_id | condition_concept_id | condition_start_date
            1 |               201826 | 2019-02-01
            2 |               192671 | 2019-08-01
"""
CONCEPTS = """
    concept_id | concept_name                | domain_id
         43000 | Diabetes, of a kind         | Condition
        201826 | Type 2 diabetes mellitus    | Condition
        192671 | Gastrointestinal hemorrhage | Condition
"""
ANCESTORS = """
    ancestor_concept_id | descendant_concept_id
                 201826 |                201826
"""
ADDED = "recorded_diabetes"


class House:
    """A dbt project and a CDM of their own, and the workspace that they are built into."""

    def __init__(self, folder):
        self.folder = folder
        self.project = folder / "house" / "dbt_project"
        self.workspace = Workspace(root=folder / "w")
        self.made = []
        self.tables = {
            "person": PERSON,
            "observation_period": OBSERVED,
            "condition_occurrence": CONDITIONS,
            "concept": CONCEPTS,
            "concept_ancestor": ANCESTORS,
        }

    def define(self, first_only):
        """Add the cohort of people with diabetes, from every record or from the first."""
        which = {"First": True} if first_only else {}
        said = definition({"ConditionOccurrence": {"CodesetId": 0, **which}})
        said["ConceptSets"] = [concept_set(0, "Diabetes", 201826, includeDescendants=True)]
        path = self.folder / "definition.json"
        path.write_text(json.dumps(said))
        add_definitions(path, project=self.project, name=ADDED, replaces=True)

    def build(self, *, is_text_known=False):
        """Land the CDM and build; the lines told, and the names of the models built."""
        cdm = open_cdm(write_pictured_cdm(self.folder / "cdm", **self.tables))
        contracts = load_contracts("omop_cdm")
        land(cdm, self.workspace, contracts)
        found = cdm.fingerprints(contracts)
        tables = {name: found.get(name, "absent") for name in contracts}
        self.made.clear()
        built = rebuild_cohort_layer(self.workspace, tables, is_text_known=is_text_known)
        return built.lines, set(self.made)

    def run_dbt(self, place, args):
        """Run dbt, and note what it built."""
        done = run_dbt(place, args)
        self.made += done.node_names if args[0] == "build" else ()
        return done


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Built once with the cohort added; each test changes one thing and leaves it changed."""
    house = House(tmp_path_factory.mktemp("rebuilds"))
    left_out = shutil.ignore_patterns(*dbt_runs.LEFT_BEHIND)
    shutil.copytree(house_root() / "dbt_project", house.project, ignore=left_out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_runs, "house_root", lambda: house.project.parent)
        patch.setattr(rebuilding, "run_dbt", house.run_dbt)
        house.define(first_only=False)
        house.first_lines, _ = house.build()
        yield house


def test_the_first_build_builds_each_cohort(house):
    assert f"{ADDED} built: first build" in house.first_lines
    assert not any("reused" in line for line in house.first_lines)
    known = read_cohort_builds(house.workspace)[ADDED]
    assert known.tables["condition_occurrence"].n_rows == 2
    assert set(known.tables) == {"condition_occurrence", "observation_period"}


def test_a_changed_definition_rebuilds_its_cohort_and_what_is_made_of_it(house):
    n_cohorts = len(house.first_lines)
    house.define(first_only=True)

    lines, made = house.build()

    assert lines == (
        f"{n_cohorts - 1} cohorts reused: nothing they hang on changed",
        f"{ADDED} built: the definition changed",
    )
    assert {name for name in made if name.startswith("cohort__")} == {f"cohort__{ADDED}"}
    assert {"cohort", "cohort_days", f"criteria__{ADDED}"} <= made
    assert "condition_event" not in made
    assert "person" not in made


def test_a_changed_row_rebuilds_the_cohorts_that_read_its_table(house):
    house.tables["condition_occurrence"] = CONDITIONS.replace("2019-08-01", "2019-08-02")

    lines, made = house.build(is_text_known=True)

    reading = {
        name
        for name, build in read_cohort_builds(house.workspace).items()
        if "condition_occurrence" in build.tables
    }
    assert {name for name in made if name.startswith("cohort__")} == {
        f"cohort__{name}" for name in reading
    }
    assert set(lines[1:]) == {
        f"{name} built: the CDM's condition_occurrence changed" for name in reading
    }
    assert ADDED in reading
    assert "inpatient_visit" not in reading
    assert "drug_event" not in made


def test_a_new_descendant_rebuilds_the_cohorts_of_its_concept_set(house):
    house.tables["concept_ancestor"] = f"{ANCESTORS.rstrip()}\n  201826 | 43000"

    lines, made = house.build(is_text_known=True)

    assert f"{ADDED} built: the vocabulary changed" in lines
    built = {name for name in made if name.startswith("cohort__")}
    assert f"cohort__{ADDED}" in built
    assert "cohort__gastrointestinal_haemorrhage" not in built
    assert "cohort__inpatient_visit" not in built


def test_the_same_again_builds_nothing(house):
    lines, made = house.build()

    assert lines == (f"{len(house.first_lines)} cohorts reused: nothing they hang on changed",)
    assert made == set()


def test_a_table_that_somebody_dropped_is_built_again(house):
    with connect(house.workspace) as connection:
        connection.execute(f"drop table cohorts.cohort__{ADDED}")

    lines, _ = house.build(is_text_known=True)

    assert lines[1:] == (f"{ADDED} built: its table was gone",)
    marks = read_cohort_builds(house.workspace)[ADDED].tables
    assert isinstance(marks["condition_occurrence"], TableMark)
