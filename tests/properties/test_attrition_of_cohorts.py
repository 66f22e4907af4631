"""Does each rule of a cohort leave whom a plain reading leaves, whatever the definition asks?"""

import json
from random import Random

import pytest

from analytics.phenotypes.compiler import MOST_CRITERIA, compile_cohort
from analytics.phenotypes.reader import read_definition
from tests.support.circe import criteria_rows, load_concept_sets
from tests.support.plainly_circe import rules_passed
from tests.support.random_definitions import (
    load_people,
    random_definition,
    random_people,
    random_rules,
)

FEW, MANY = range(25), range(25, 150)


def test_random_definitions_leave_whom_a_plain_reading_leaves():
    assert _with_other_events(FEW) == []


@pytest.mark.agreement
def test_many_random_definitions_leave_whom_a_plain_reading_leaves():
    assert _with_other_events(MANY) == []


def _with_other_events(seeds: range) -> list[int]:
    """The seeds of definitions of whose events other numbers of rules are passed."""
    people = random_people(Random(seeds.start), 60)
    cdm = load_people(people)
    wrong, farthest = [], 0
    for seed in seeds:
        random = Random(seed)
        definition = random_definition(random) | {"InclusionRules": random_rules(random, 3)}
        expression = read_definition(json.dumps(definition), f"{seed}.json")
        most_criteria = 0 if seed % 2 else MOST_CRITERIA
        cohort = compile_cohort(expression, name=f"random_{seed}", most_criteria=most_criteria)
        load_concept_sets(cdm, cohort.concept_sets)
        expected = sorted(
            (person.person_id, event.start, event.n_passed, event.is_best)
            for person in people
            for event in rules_passed(definition, person)
        )
        farthest += sum(n_passed == 4 for _, _, n_passed, _ in expected)
        if criteria_rows(cdm, cohort) != expected:
            wrong.append(seed)
    assert farthest > 5 * len(seeds)  # else rules were hardly put to the test
    return wrong
