"""Do compiled cohorts hold whom a plain reading of the definition holds, whatever it asks?"""

import json
from random import Random

import pytest

from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.reader import read_definition
from tests.support.circe import cohort_rows, load_concept_sets, split_cohort_rows
from tests.support.plainly_circe import cohort_spans
from tests.support.random_definitions import load_people, random_definition, random_people

FEW, MANY = range(25), range(25, 300)


def test_random_definitions_hold_whom_a_plain_reading_holds():
    assert _with_other_rows(FEW) == []


@pytest.mark.agreement
def test_many_random_definitions_hold_whom_a_plain_reading_holds():
    assert _with_other_rows(MANY) == []


def _with_other_rows(seeds: range) -> list[int]:
    """The seeds of definitions whose rows are not those expected, as one model or as several."""
    people = random_people(Random(seeds.start), 60)
    cdm = load_people(people)
    wrong, n_rows = [], 0
    for seed in seeds:
        definition = random_definition(Random(seed))
        expression = read_definition(json.dumps(definition), f"{seed}.json")
        cohort = compile_cohort(expression, name=f"random_{seed}", most_criteria=0)
        load_concept_sets(cdm, cohort.concept_sets)
        expected = sorted(
            (person.person_id, start, end)
            for person in people
            for start, end in cohort_spans(definition, person)
        )
        n_rows += len(expected)
        if cohort_rows(cdm, cohort) != expected or split_cohort_rows(cdm, cohort) != expected:
            wrong.append(seed)
    assert n_rows > 20 * len(seeds)  # else nothing much was compared
    return wrong
