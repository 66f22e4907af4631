"""Which records open a cohort is read from its primary criteria, and from nothing else."""

import pytest

from analytics.phenotypes.compiler.concept_sets import compile_concept_set
from analytics.phenotypes.entry_events import entry_events
from tests.support.definitions import around, definition, read, rule

HEART_FAILURE = {"ConditionOccurrence": {"CodesetId": 0}}
DIURETIC_ERA = {"DrugEra": {"CodesetId": 1}}
SETS = {each.name: each for each in read(definition()).concept_sets}


def opened_by(*criteria, **parts):
    """Each table with the name that the definition gives its concept set; empty for any concept."""
    titles = {compile_concept_set(each).name: name for name, each in SETS.items()} | {"": ""}
    expression = read(definition(*criteria, **parts))
    return [(event.table, titles[event.concept_set]) for event in entry_events(expression)]


def test_each_criterion_names_its_table_and_its_concept_set():
    assert opened_by(HEART_FAILURE, DIURETIC_ERA) == [
        ("condition_occurrence", "Heart failure"),
        ("drug_era", "Diuretic"),
    ]


def test_a_criterion_that_is_named_twice_counts_once():
    first = {"ConditionOccurrence": {"CodesetId": 0, "First": True}}

    assert opened_by(HEART_FAILURE, first) == [("condition_occurrence", "Heart failure")]


def test_what_a_rule_asks_for_opens_nothing():
    diuretic = around(DIURETIC_ERA, 0, 30)

    assert opened_by(HEART_FAILURE, InclusionRules=[rule("a diuretic", diuretic)]) == [
        ("condition_occurrence", "Heart failure")
    ]


@pytest.mark.parametrize(
    ("criterion", "opened"),
    [
        ({"VisitOccurrence": {}}, [("visit_occurrence", "")]),
        ({"Death": {}}, [("death", "")]),
        ({"ConditionOccurrence": {"ConditionSourceConcept": 0}}, []),
        ({"ObservationPeriod": {}}, []),
    ],
)
def test_any_concept_of_a_table_may_open_a_cohort_or_none(criterion, opened):
    assert opened_by(criterion) == opened
