"""The files of an added cohort: the same definition gives the same texts, and dbt can read them."""

import csv
import json

import pytest
import yaml

from analytics.phenotypes import content_hash, describe_rules
from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.model_files import MODELS, SEEDS, NamedDefinition, cohort_files
from tests.support.definitions import definition, read, rule

MALE = {"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE"}


def files_of(value: dict, *, definition_id: int | None = None) -> dict[str, str]:
    """The files of a cohort called `failing_heart`, by their names."""
    named = NamedDefinition(
        name="failing_heart", definition_id=definition_id, expression=read(value)
    )
    compiled = compile_cohort(named.expression, name=named.name, title="failing heart")
    return {str(path): text for path, text in cohort_files(named, compiled).items()}


def properties_of(value: dict, **more: int) -> dict:
    text = files_of(value, **more)[f"{MODELS}/cohort__failing_heart.yml"]
    return yaml.safe_load(text)["models"][0]


def test_a_cohort_is_a_model_its_yaml_its_definition_and_two_files_for_each_concept_set():
    files = files_of(definition())

    assert [name.removeprefix(str(MODELS)) for name in files][:3] == [
        "/cohort__failing_heart.sql",
        "/cohort__failing_heart.yml",
        "/cohort__failing_heart.json",
    ]
    (seed, words) = list(files)[3:]
    assert seed.startswith(f"{SEEDS}/heart_failure__")
    assert (seed[-4:], words) == (".csv", seed[:-4] + ".yml")


def test_the_same_definition_gives_the_same_files():
    wordy = definition(CensoringCriteria=[], EndStrategy=None)

    assert files_of(definition()) == files_of(dict(reversed(wordy.items())))


def test_the_yaml_says_who_is_in_the_cohort_in_words():
    model = properties_of(definition())

    assert model["name"] == "cohort__failing_heart"
    assert model["description"] == (
        "One row for each person and span of days in the cohort: failing heart.\n\n"
        + describe_rules(read(definition()))
    )


@pytest.mark.parametrize("definition_id", [None, 463, -5, 2**63 - 1])
def test_the_meta_keeps_the_id_and_the_hash_of_the_definition(definition_id: int | None):
    meta = properties_of(definition(), definition_id=definition_id)["config"]["meta"]

    assert meta.get("cohort_definition_id") == definition_id
    assert meta["definition_sha256"] == content_hash(read(definition()))
    assert list(meta["concept_sets"].values()) == ["definition"]


def test_a_definition_without_concept_sets_has_none_in_its_meta():
    meta = properties_of(definition({"ObservationPeriod": {}}))["config"]["meta"]

    assert meta["concept_sets"] == {}


def test_values_of_an_attribute_are_told_from_concept_sets():
    meta = properties_of(definition({"Death": {"Gender": [MALE]}}))["config"]["meta"]

    assert list(meta["concept_sets"].values()) == ["attribute"]


def declared_tests(value: dict) -> list[str]:
    return [next(iter(test)) for test in properties_of(value)["data_tests"]]


def test_grain_order_of_dates_and_observation_are_tested():
    assert declared_tests(definition()) == [
        "never_null",
        "one_row_for_each",
        "never_after",
        "observed_on",
    ]


def test_a_censor_window_that_may_cut_between_two_observation_periods_is_not_held_to_them():
    window = {"CensorWindow": {"StartDate": "2009-01-01"}}
    pad = {"CollapseSettings": {"EraPad": 30}}

    assert "observed_on" in declared_tests(definition(**window))
    assert "observed_on" in declared_tests(definition(**pad))
    assert "observed_on" in declared_tests(definition(**pad, CensorWindow={}))
    assert "observed_on" not in declared_tests(definition(**window, **pad))


def test_words_that_yaml_or_jinja_would_take_for_their_own_stay_words():
    name = "\"a\": {{ 1/0 }} {% raw %} {# 'b' \x07 - c"
    value = definition(InclusionRules=[rule(name) | {"description": "# one\n\n  two: three"}])
    value["ConceptSets"][0]["name"] = name

    files = files_of(value)
    for text in (text for path, text in files.items() if path.endswith(".yml")):
        assert "{{" not in text
        assert "{%" not in text
        assert "{#" not in text
        assert yaml.safe_load(text)["version"] == 2
    described = properties_of(value)["description"]
    assert (
        "Rule 1: \"a\": { { 1/0 }} { % raw %} { # 'b'   - c\n\n# one\n\n  two: three" in described
    )


def test_a_seed_holds_each_concept_once_with_what_comes_along():
    value = definition()
    items = value["ConceptSets"][0]["expression"]["items"]
    items.append({"concept": {"CONCEPT_ID": -5, "CONCEPT_NAME": 'a, "b"'}, "isExcluded": True})
    items.append(items[0])

    (text,) = (text for path, text in files_of(value).items() if path.endswith(".csv"))
    assert list(csv.reader(text.splitlines())) == [
        ["concept_id", "concept_name", "include_descendants", "include_mapped", "is_excluded"],
        ["-5", 'a, "b"', "false", "false", "true"],
        ["316139", "concept 316139", "true", "false", "false"],
    ]


def test_the_definition_that_is_kept_is_the_definition():
    value = definition(Title="kept")

    kept = files_of(value)[f"{MODELS}/cohort__failing_heart.json"]
    assert read(json.loads(kept)) == read(value)
