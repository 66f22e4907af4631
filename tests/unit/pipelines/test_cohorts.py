"""Definitions are added to a dbt project whole or not at all; what is added can be told again."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from analytics.errors import BadInputError
from analytics.pipelines.adding_cohorts import add_definitions
from analytics.pipelines.cohorts import compare_definitions, describe_cohort, list_cohorts
from tests.support.definitions import concept_set, definition

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path) -> Path:
    """The cohorts of the project that are written by hand, and its lists, to add to."""
    folder = tmp_path / "dbt_project"
    by_hand = shutil.ignore_patterns("from_definitions")
    shutil.copytree(ROOT / "dbt_project/models/cohorts", folder / "models/cohorts", ignore=by_hand)
    shutil.copy(ROOT / "dbt_project/dbt_project.yml", folder)
    return folder


@pytest.fixture
def save(tmp_path):
    """Write a definition to a file in `definitions/` and say where it is."""

    def write(name: str, value: object) -> Path:
        path = tmp_path / "definitions" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return path

    return write


def texts_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def lists_of(project: Path) -> tuple[list[str], dict[str, str]]:
    variables = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]
    return variables["cohorts"], variables["concept_sets"]


def added_seeds(project: Path) -> set[str]:
    return {path.stem for path in (project / "seeds/concept_sets").rglob("*.csv")}


def refusal(*arguments, **more) -> str:
    with pytest.raises(BadInputError) as raised:
        add_definitions(*arguments, **more)
    return str(raised.value)


def test_an_added_cohort_is_listed_with_its_id_among_those_written_by_hand(project, save):
    before = [cohort.name for cohort in list_cohorts(project)]
    (added,) = add_definitions(save("463.json", definition()), project=project, name="weak_heart")

    assert (added.name, added.status, len(added.concept_sets)) == ("weak_heart", "added", 1)
    known = {cohort.name: cohort for cohort in list_cohorts(project)}
    assert sorted(known) == sorted([*before, "weak_heart"])
    assert known["weak_heart"].definition_id == 463
    assert known["weak_heart"].says.startswith("One row for each person and span of days")
    assert known["adult_year"].definition_id is None
    cohorts, concept_sets = lists_of(project)
    assert cohorts[-1] == "weak_heart"
    assert {concept_sets[name] for name in added.concept_sets} == {"definition"}
    assert added_seeds(project) == set(added.concept_sets)


@pytest.mark.parametrize(
    ("file", "name", "definition_id"),
    [
        ("Weak Heart.json", "weak_heart", None),
        ("463.json", "463", 463),
        ("-5.json", "minus_5", -5),
        (f"{2**63 - 1}.json", str(2**63 - 1), 2**63 - 1),
    ],
)
def test_without_a_name_the_file_names_the_cohort(project, save, file, name, definition_id):
    add_definitions(save(file, definition()), project=project)

    (found,) = (cohort for cohort in list_cohorts(project) if cohort.definition)
    assert (found.name, found.definition_id) == (name, definition_id)


@pytest.mark.parametrize(
    ("file", "name", "title"),
    [
        ("New NSAID user.json", None, "New NSAID user"),
        ("T2DM.json", None, "T2DM"),
        ("weak_heart.json", None, None),
        ("Weak heart.json", None, None),
        ("463.json", None, None),
        ("New NSAID user.json", "nsaid", None),
    ],
)
def test_a_cohort_is_called_what_its_file_is_where_the_name_does_not_say_it(
    project, save, file, name, title
):
    (added,) = add_definitions(save(file, definition()), project=project, name=name)

    properties = project / added.model.with_suffix(".yml")
    meta = yaml.safe_load(properties.read_text())["models"][0]["config"]["meta"]
    assert meta.get("title") == title


def test_adding_the_same_again_changes_no_byte(project, save):
    path = save("weak_heart.json", definition())
    add_definitions(path, project=project)
    before = texts_of(project)

    (again,) = add_definitions(path, project=project)
    assert again.status == "unchanged"
    assert texts_of(project) == before


def test_a_folder_is_added_in_the_order_of_its_file_names(project, save):
    save("b.json", definition())
    path = save("a.json", definition({"DrugExposure": {"CodesetId": 1}}))

    added = add_definitions(path.parent, project=project)
    assert [cohort.name for cohort in added] == ["a", "b"]
    assert lists_of(project)[0][-2:] == ["a", "b"]


def test_cohorts_that_use_one_concept_set_share_its_seed(project, save):
    add_definitions(save("a.json", definition()), project=project)
    add_definitions(save("b.json", definition({"ConditionEra": {"CodesetId": 0}})), project=project)

    assert len(added_seeds(project)) == 1


def test_a_definition_takes_the_place_of_another_only_when_told_to(project, save):
    path = save("weak_heart.json", definition())
    add_definitions(path, project=project)
    other = save("weak_heart.json", definition({"DrugExposure": {"CodesetId": 1}}))
    before = texts_of(project)

    assert "cohort 'weak_heart' exists with another definition" in refusal(other, project=project)
    assert texts_of(project) == before
    (replaced,) = add_definitions(other, project=project, replaces=True)
    assert replaced.status == "replaced"
    assert added_seeds(project) == set(replaced.concept_sets)
    assert lists_of(project)[0].count("weak_heart") == 1
    assert [n for n, kind in lists_of(project)[1].items() if kind == "definition"] == list(
        replaced.concept_sets
    )


def test_a_cohort_written_by_hand_is_never_replaced(project, save):
    path = save("adult_year.json", definition())

    assert "exists and is written by hand" in refusal(path, project=project, replaces=True)


def test_two_definitions_with_one_name_are_refused_and_nothing_is_written(project, save):
    save("Weak heart.json", definition())
    path = save("weak_heart.json", definition({"Death": {}}))
    before = texts_of(project)

    said = refusal(path.parent, project=project)
    assert said.startswith("Weak heart.json and weak_heart.json would both be cohort 'weak_heart'")
    assert texts_of(project) == before


def test_all_faults_of_all_files_are_said_and_nothing_is_written(project, save):
    save("a.json", "{")
    save("b.json", definition({"Death": {"Frist": True}}))
    path = save("c.json", definition())
    before = texts_of(project)

    said = refusal(path.parent, project=project)
    assert "a.json is not JSON" in said
    assert "b.json has 1 fault:\n  $.PrimaryCriteria.CriteriaList[0].Death.Frist" in said
    assert texts_of(project) == before


@pytest.mark.parametrize(
    ("name", "offered"), [("Weak heart", "weak_heart"), ("a__b", "a_b"), ("é!", "e")]
)
def test_a_name_that_is_none_is_refused_with_one_that_is(project, save, name, offered):
    said = refusal(save("a.json", definition()), project=project, name=name)

    assert f"Did you mean '{offered}'?" in said


def test_one_name_cannot_name_a_folder(project, save):
    path = save("a.json", definition())

    assert "names one cohort, but" in refusal(path.parent, project=project, name="weak_heart")


def test_what_is_not_there_is_refused(project, tmp_path):
    (tmp_path / "empty").mkdir()

    assert "does not exist" in refusal(tmp_path / "no.json", project=project)
    assert "no file in it ends in .json" in refusal(tmp_path / "empty", project=project)
    assert "is no dbt project" in refusal(tmp_path / "empty", project=tmp_path)


def test_long_names_that_begin_alike_do_not_share_models_of_criteria(project, save):
    ages = [{"Op": "gt", "Value": age} for age in range(10)]
    long_one = definition(*({"ConditionOccurrence": {"CodesetId": 0, "Age": age}} for age in ages))
    for ending in ("first", "second"):
        path = save(f"gastrointestinal_haemorrhage_{ending}.json", long_one)
        add_definitions(path, project=project)

    models = [path.name for path in project.rglob("criterion__*.sql")]
    assert len(models) == 20
    replaced = save("gastrointestinal_haemorrhage_first.json", definition())
    add_definitions(replaced, project=project, replaces=True)
    assert len(list(project.rglob("criterion__*.sql"))) == 10


def test_an_id_that_another_cohort_has_is_refused(project, save):
    add_definitions(save("17.json", definition()), project=project, name="weak_heart")
    again = save("17.json", definition({"Death": {}}))

    said = refusal(again, project=project, name="dead")
    assert said.startswith("17.json: the id 17 is that of cohort 'weak_heart'.")
    # The cohort itself may change and keep its id.
    (replaced,) = add_definitions(again, project=project, name="weak_heart", replaces=True)
    assert (replaced.definition_id, replaced.status) == (17, "replaced")


def test_an_id_kept_for_cohorts_without_one_is_refused(project, save):
    said = refusal(save("2000000003.json", definition()), project=project, name="weak_heart")

    assert "the ids from 2000000001 to 2000999999 are kept for cohorts that come without" in said


def test_concepts_by_other_names_give_one_seed_whatever_is_added_first(project, save, tmp_path):
    other_project = shutil.copytree(project, tmp_path / "other_project")
    renamed = definition({"Death": {"CodesetId": 0}})
    concept = renamed["ConceptSets"][0]["expression"]["items"][0]["concept"]
    concept["CONCEPT_NAME"] = "concept 316139, of the heart"
    paths = [save("a.json", definition()), save("b.json", renamed)]

    for folder, order in ((project, paths), (other_project, paths[::-1])):
        for path in order:
            add_definitions(path, project=folder)
    seeds = [texts_of(folder / "seeds") for folder in (project, other_project)]
    assert seeds[0] == seeds[1]
    assert len(added_seeds(project)) == 2  # the slug of the first concept's name differs


def test_an_id_beyond_64_bits_is_refused(project, save):
    path = save(f"{2**63}.json", definition())

    assert "does not fit into 64 bits" in refusal(path, project=project)


def test_an_added_cohort_can_be_described_by_its_name_or_its_file(project, save):
    path = save("weak_heart.json", definition())
    add_definitions(path, project=project)

    described = describe_cohort("weak_heart", project)
    assert described == describe_cohort(str(path), project)
    assert "1. conditions of 'Heart failure'" in described


def test_a_cohort_that_does_not_exist_is_refused_with_the_nearest(project):
    with pytest.raises(BadInputError, match="Did you mean 'adult_year'"):
        describe_cohort("adult_yaer", project)


def test_a_cohort_written_by_hand_says_what_its_model_says(project):
    with pytest.raises(BadInputError, match=r"written by hand.* One row for each adult and"):
        describe_cohort("adult_year", project)


def test_an_added_cohort_is_compared_with_a_file(project, save):
    add_definitions(save("weak_heart.json", definition()), project=project)
    value = definition()
    value["ConceptSets"][0] = concept_set(0, "Heart failure", 316139)

    assert compare_definitions("weak_heart", str(save("new.json", value)), project) == (
        "Concept set 0 'Heart failure':\n"
        "  - 316139 concept 316139, with descendants\n"
        "  + 316139 concept 316139\n"
    )
