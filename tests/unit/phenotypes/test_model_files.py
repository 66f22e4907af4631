"""The files of an added cohort: the same definition gives the same texts, and dbt can read them."""

import csv
import json

import pytest
import yaml

from analytics.phenotypes import content_hash, describe_rules
from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.model_files import (
    MODELS,
    SEEDS,
    NamedDefinition,
    cohort_files,
    read_seed,
    seed_files,
)
from tests.support.definitions import definition, read, rule

MALE = {"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE"}


def files_of(value: dict, *, definition_id: int | None = None) -> dict[str, str]:
    """The files of a cohort called `failing_heart`, by their names."""
    named = NamedDefinition(
        name="failing_heart", definition_id=definition_id, expression=read(value)
    )
    compiled = compile_cohort(named.expression, name=named.name, title="failing heart")
    files = {**cohort_files(named, compiled), **seed_files(compiled.concept_sets)}
    return {str(path): text for path, text in files.items()}


def seeds_of(*values: dict) -> dict[str, str]:
    """The seeds of several definitions, by their names."""
    compiled = [compile_cohort(read(value), name="failing_heart") for value in values]
    concept_sets = [each for cohort in compiled for each in cohort.concept_sets]
    return {str(path): text for path, text in seed_files(concept_sets).items()}


def called(set_name: str, *concept_names: str | None) -> dict:
    """A definition of one concept set that names concepts 11, 12, … by these names."""
    items = [
        {"concept": {"CONCEPT_ID": number, "CONCEPT_NAME": name}}
        for number, name in enumerate(concept_names, start=11)
    ]
    value = definition()
    value["ConceptSets"][0] = {"id": 0, "name": set_name, "expression": {"items": items}}
    return value


def properties_of(value: dict, **more: int) -> dict:
    text = files_of(value, **more)[f"{MODELS}/cohort__failing_heart.yml"]
    return yaml.safe_load(text)["models"][0]


def test_a_cohort_is_a_model_its_yaml_its_definition_and_two_files_for_each_concept_set():
    files = files_of(definition())

    assert [name.removeprefix(str(MODELS)) for name in files][:4] == [
        "/cohort__failing_heart.sql",
        "/cohort__failing_heart.yml",
        "/cohort__failing_heart.json",
        "/criteria__failing_heart.sql",
    ]
    (seed, words) = list(files)[4:]
    assert seed.startswith(f"{SEEDS}/concept_316139__")
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


def test_a_concept_set_under_another_title_is_the_same_seed():
    first, second = called("Weak heart", "one", "two"), called("[1] Heart failure", "one", "two")

    assert len(seeds_of(first, second)) == 2  # the seed and its YAML
    assert seeds_of(first) == seeds_of(second) == seeds_of(first, second)


def test_concepts_by_other_names_give_one_seed_whatever_comes_first():
    first, second = called("A set", "one", "two"), called("A set", "one", "Two, of a kind")
    unnamed = called("A set", "one", None)

    seeds = seeds_of(first, second, unnamed)
    assert seeds == seeds_of(unnamed, second, first)
    (seed,) = (text for path, text in seeds.items() if path.endswith(".csv"))
    assert [row["concept_name"] for row in csv.DictReader(seed.splitlines())] == [
        "one",
        "Two, of a kind",
    ]


@pytest.mark.parametrize("flag", ["includeDescendants", "includeMapped", "isExcluded"])
def test_each_flag_of_a_concept_makes_another_seed(flag: str):
    value = called("A set", "one", "two")
    before = set(seeds_of(value))
    value["ConceptSets"][0]["expression"]["items"][0][flag] = True

    assert before.isdisjoint(seeds_of(value))


def test_the_order_and_repetition_of_concepts_make_no_other_seed():
    value = called("A set", "one", "two")
    before = seeds_of(value)
    items = value["ConceptSets"][0]["expression"]["items"]
    items[:] = [*items[::-1], items[0]]

    assert seeds_of(value) == before


def test_a_seed_is_read_as_it_was_written():
    value = called("A set", 'a, "b"', "two\nlines", None)
    value["ConceptSets"][0]["expression"]["items"][0]["isExcluded"] = True
    compiled = compile_cohort(read(value), name="failing_heart")
    before = seed_files(compiled.concept_sets)
    seed = next(path for path in before if path.suffix == ".csv")

    assert seed_files([read_seed(seed.stem, before[seed])]) == before


def test_the_name_of_a_seed_fits_postgresql():
    value = called("A set", "word " * 40, *["other"] * 12_000)

    assert {len(name.split("/")[-1].split(".")[0]) <= 63 for name in seeds_of(value)} == {True}


def test_the_definition_that_is_kept_is_the_definition():
    value = definition(Title="kept")

    kept = files_of(value)[f"{MODELS}/cohort__failing_heart.json"]
    assert read(json.loads(kept)) == read(value)
