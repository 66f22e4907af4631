"""Do as many people remain after each rule as the same cohort has with only so many rules?

The second way: the definition cut after its first rules, compiled as a cohort whose people stay
until the end of observation. That compiled cohorts give the rows of OHDSI's engine is tested beside
this; the cut definition knows nothing of attrition.
"""

from collections import Counter

import pytest

from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.reader import read_definition_file
from tests.support.circe import (
    circe_cdm,
    criteria_rows,
    definition_files,
    load_concept_sets,
    people_found,
)

pytestmark = pytest.mark.needs_shared

SAMPLE = (256, 305, 725, 1278)
"""Three rules; none; rules with groups in them; fifteen rules."""


def _cut(expression: CohortExpression, n_rules: int) -> CohortExpression:
    """The definition with its first rules, whose people stay until the end of observation."""
    return expression.model_copy(
        update={
            "inclusion_rules": expression.inclusion_rules[:n_rules],
            "end_strategy": None,
            "censoring_criteria": (),
            "censor_window": None,
        }
    )


def _with_other_people(numbers: list[int]) -> dict[int, str]:
    """The definitions after one of whose rules other people remain, and how many there are."""
    connection, wrong, n_compared = circe_cdm(), {}, 0
    for number in numbers:
        expression = read_definition_file(definition_files()[number])
        cohort = compile_cohort(expression, name=f"cohort_{number}")
        load_concept_sets(connection, cohort.concept_sets)
        furthest = Counter[int]()
        for person_id, _, n_rules_passed, _ in criteria_rows(connection, cohort):
            furthest[person_id] = max(furthest[person_id], n_rules_passed)
        for n_rules in range(len(expression.inclusion_rules) + 1):
            remain = sorted(person for person, passed in furthest.items() if passed > n_rules)
            cut = compile_cohort(_cut(expression, n_rules), name=f"cut_{number}")
            n_compared += len(remain)
            expected = people_found(connection, cut)
            if remain != expected:
                wrong[number] = f"after rule {n_rules}: {len(remain)}, not {len(expected)}"
    assert n_compared > 10 * len(numbers)
    return wrong


def test_after_each_rule_of_a_sample_those_remain_who_meet_it_and_those_before():
    assert _with_other_people([*SAMPLE]) == {}


@pytest.mark.agreement
def test_after_each_rule_of_every_second_definition_with_rules_the_right_people_remain():
    with_rules = [
        number
        for number, path in sorted(definition_files().items())
        if read_definition_file(path).inclusion_rules
    ]

    assert len(with_rules) > 100
    assert _with_other_people(with_rules[::2]) == {}
