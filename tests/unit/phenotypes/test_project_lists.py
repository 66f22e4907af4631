"""The lists of a dbt project gain what is added, and keep what a person wrote."""

import pytest

from analytics.errors import BadInputError
from analytics.phenotypes.project_lists import with_cohort, with_concept_sets

PROJECT = """\
# Ours.
name: catchment

vars:
  # One line for each concept set.
  concept_sets:
    celecoxib: drug
    stroke: condition

  # One line for each cohort.
  cohorts:
    - adult_year

  era_gap_days: 30
"""
ADDED = frozenset({"definition"})


def test_a_cohort_comes_at_the_end_of_the_list_because_its_position_is_its_id():
    text = with_cohort(PROJECT, "a_new_one")

    assert text == PROJECT.replace("    - adult_year\n", "    - adult_year\n    - a_new_one\n")
    assert with_cohort(text, "a_new_one") == text


def test_a_cohort_named_by_a_number_stays_a_name():
    assert '    - "463"\n' in with_cohort(PROJECT, "463")


def test_concept_sets_are_listed_by_name_beside_those_of_a_person():
    text = with_concept_sets(PROJECT, {"sepsis__1a": "definition"}, ADDED)

    assert text == PROJECT.replace(
        "    stroke: condition\n", "    sepsis__1a: definition\n    stroke: condition\n"
    )


def test_a_concept_set_that_no_definition_uses_any_more_is_taken_out():
    before = with_concept_sets(PROJECT, {"sepsis__1a": "definition"}, ADDED)

    assert with_concept_sets(before, {}, ADDED) == PROJECT


def test_a_concept_set_keeps_the_domain_that_somebody_gave_it_as_long_as_it_is_used():
    in_use = {"sepsis__1a2b3c4d": "definition"}
    given = PROJECT.replace("    stroke", "    sepsis__1a2b3c4d: condition\n    stroke")

    assert with_concept_sets(given, in_use, ADDED) == given
    assert with_concept_sets(given, {}, ADDED) == PROJECT


@pytest.mark.parametrize("text", ["name: other\n", "vars:\n  cohorts:\n    - one\n"])
def test_a_project_without_the_list_is_refused_with_what_to_add(text: str):
    with pytest.raises(BadInputError, match="no list 'concept_sets' under 'vars'"):
        with_concept_sets(text, {}, ADDED)
