"""A cohort's attrition: what each rule asks in words, and how many an event passes."""

import pytest

from analytics.phenotypes.compiler import compile_cohort
from tests.support.definitions import around, definition, read, rule

DIURETIC = {"DrugExposure": {"CodesetId": 1}}
FAILURE = {"ConditionOccurrence": {"CodesetId": 0, "First": True}}


def compiled(*criteria: dict, **parts: object):
    return compile_cohort(read(definition(*criteria, **parts)), name="failing")


def test_rules_in_words_say_what_is_found_what_may_enter_and_what_the_author_asks():
    cohort = compiled(FAILURE, InclusionRules=[rule("a diuretic", around(DIURETIC, 0, 30))])

    assert cohort.attrition == (
        "Conditions of 'Heart failure', for the first time in the person's history",
        "Inside an observation period with at least 365 days of it before",
        "a diuretic",
    )


def test_limits_and_additional_criteria_are_told_with_the_entry():
    limited = compiled(
        DIURETIC,
        AdditionalCriteria={"Type": "ALL", "CriteriaList": [around(FAILURE, None, 0)]},
        QualifiedLimit={"Type": "Last"},
    )

    assert limited.attrition[1] == (
        "Inside an observation period with at least 365 days of it before; "
        "with what is asked around it; the latest of each person"
    )


def test_of_many_kinds_of_entry_events_three_are_named():
    kinds = ["ConditionOccurrence", "DrugExposure", "Measurement", "Observation", "Specimen"]
    found, *_ = compiled(*({kind: {"CodesetId": 0}} for kind in kinds)).attrition

    assert found == (
        "Conditions of 'Heart failure'; or drug exposures of 'Heart failure'; or measurements of "
        "'Heart failure'; or one of 2 other kinds of event"
    )


def test_a_rule_without_a_name_says_so():
    nameless = rule("", around(DIURETIC, 0, 30))

    assert compiled(FAILURE, InclusionRules=[nameless]).attrition[2] == (
        "Inclusion rule 1, which has no name"
    )


@pytest.mark.parametrize("most_criteria", [0, 8])
def test_the_criteria_of_a_cohort_share_its_parts(most_criteria: int):
    expression = read(
        definition(FAILURE, InclusionRules=[rule("a diuretic", around(DIURETIC, 0, 30))])
    )
    cohort = compile_cohort(expression, name="failing", most_criteria=most_criteria)

    assert cohort.criteria.name == "criteria__failing"
    assert cohort.criteria.sql.startswith("-- One row for each event that may open the cohort")
    for model in cohort.models[:-1]:
        assert f"ref('{model.name}')" in cohort.criteria.sql
    own_rule = "a_diuretic as (\n\n    select\n        entry_events.person_id,"
    assert own_rule in cohort.criteria.sql
    assert own_rule in cohort.models[-1].sql
    assert "count_rules_passed('recorded_events', 'entry_events', 'rules_met')" in (
        cohort.criteria.sql
    )


def test_without_rules_nothing_is_counted_but_what_may_enter():
    sql = compiled(FAILURE).criteria.sql

    assert "count_rules_passed('recorded_events', 'entry_events')" in sql
    assert "rules_met" not in sql
