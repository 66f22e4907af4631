"""What changed between two versions of a definition, in words."""

import copy

import pytest

from analytics.phenotypes.words import difference_in_words
from tests.support.definitions import around, concept_set, definition, read, rule

HEART_FAILURE = {"ConditionOccurrence": {"CodesetId": 0}}
ADULT = {"Age": {"Value": 18, "Op": "gte"}}


def changed(**parts: object) -> str:
    return difference_in_words(read(definition()), read(definition(**parts)))


def test_equal_definitions_do_not_differ():
    assert changed() == "Nothing changed.\n"


def test_what_decides_nothing_is_said_to_decide_nothing():
    assert changed(Title="another").startswith("Nothing changed but titles")


def test_another_entry_event_is_said():
    old, new = read(definition()), read(definition(HEART_FAILURE, {"Death": {}}))

    assert difference_in_words(old, new) == (
        "Entry events:\n"
        "  - A person may enter the cohort at this event:\n"
        "  + A person may enter the cohort at any of these events:\n"
        "  + deaths of any cause\n"
    )


def test_a_rule_that_came_and_one_that_changed_are_said_under_their_names():
    old = read(definition(InclusionRules=[rule("adult", demographic=(ADULT,))]))
    older = {"Age": {"Value": 65, "Op": "gte"}}
    new = read(
        definition(
            InclusionRules=[
                rule("no death", around({"Death": {}}, 0, 0, how_often=(0, 0))),
                rule("adult", demographic=(older,)),
            ]
        )
    )

    assert difference_in_words(old, new) == (
        "Inclusion rule 'no death' came, as number 1:\n"
        "  + An entry event meets this rule if this holds:\n"
        "  + no deaths of any cause, starting on the day of the entry event\n"
        "Inclusion rule 'adult':\n"
        "  - a person at an age at least 18\n"
        "  + a person at an age at least 65\n"
    )
    assert "Inclusion rule 'no death' is gone:" in difference_in_words(new, old)


def test_rules_in_another_order_are_said_because_attrition_follows_it():
    rules = [rule("one", demographic=(ADULT,)), rule("two", demographic=({},))]

    difference = difference_in_words(
        read(definition(InclusionRules=rules)), read(definition(InclusionRules=rules[::-1]))
    )
    assert difference == "Inclusion rules now come in this order: two, one\n"


def test_concepts_that_came_or_went_are_said_with_their_names():
    value = definition()
    other = copy.deepcopy(value)
    other["ConceptSets"][0]["expression"]["items"][0]["includeDescendants"] = False
    other["ConceptSets"][1]["name"] = "Loop diuretic"
    other["ConceptSets"].append(concept_set(2, "Sepsis", 132797))

    assert difference_in_words(read(value), read(other)) == (
        "Concept set 0 'Heart failure':\n"
        "  - 316139 concept 316139, with descendants\n"
        "  + 316139 concept 316139\n"
        "Concept set 1 'Diuretic' is now called 'Loop diuretic'.\n"
        "Concept set 2 'Sepsis' came:\n"
        "  + 132797 concept 132797\n"
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"ExpressionLimit": {"Type": "All"}}, "Events kept:"),
        ({"EndStrategy": {"DateOffset": {"Offset": 1}}}, "Exit:"),
        ({"CensoringCriteria": [{"Death": {}}]}, "Exit:"),
        ({"CollapseSettings": {"EraPad": 3}}, "Cohort eras:"),
        ({"CensorWindow": {"EndDate": "2012-12-31"}}, "Cohort eras:"),
    ],
)
def test_each_part_of_a_definition_is_compared(parts: dict, said: str):
    assert changed(**parts).startswith(said)
