"""Is a compiled model a file that a data engineer would take: named, short, the same each time?"""

import json
import re

import pytest

from analytics.errors import BadInputError
from analytics.phenotypes.compiler import CompiledCohort, compile_cohort
from analytics.phenotypes.reader import read_definition
from tests.support.circe import render

Json = dict[str, object]
SEPSIS = {"id": 0, "name": "Sepsis", "expression": {"items": [{"concept": {"CONCEPT_ID": 132797}}]}}
FEVER = {"id": 7, "name": "5-day fever {{ x }}", "expression": SEPSIS["expression"]}
BEFORE = {"Start": {"Days": 365, "Coeff": -1}, "End": {"Days": 1, "Coeff": -1}}


def _compiled(*, name: str = "sepsis", most_criteria: int = 8, **parts: object) -> CompiledCohort:
    definition = {
        "ConceptSets": [SEPSIS, FEVER],
        "PrimaryCriteria": {
            "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "QualifiedLimit": {"Type": "All"},
        "ExpressionLimit": {"Type": "All"},
        **parts,
    }
    expression = read_definition(json.dumps(definition), "sepsis.json")
    return compile_cohort(expression, name=name, most_criteria=most_criteria)


def _rule(name: str, **occurrence: object) -> Json:
    correlated = {
        "Criteria": {"ConditionOccurrence": {"CodesetId": 7}},
        "StartWindow": BEFORE,
        "Occurrence": {"Type": 0, "Count": 0, **occurrence},
    }
    return {"name": name, "expression": {"Type": "ALL", "CriteriaList": [correlated]}}


def test_the_parts_are_named_by_the_words_of_the_definition():
    cohort = _compiled(InclusionRules=[_rule("No fever before")])

    assert [cte.name for cte in cohort.ctes] == [
        "observation_period",
        "condition_occurrence",
        "sepsis_concepts",
        "_5_day_fever_x_concepts",
        "sepsis_conditions",
        "entry_events",
        "_5_day_fever_x_conditions",
        "no_fever_before",
        "included_events",
        "cohort_spans",
        "cohort_periods",
        "final",
    ]


def test_a_rule_says_in_words_what_it_asks():
    sql = _compiled(InclusionRules=[_rule("No fever before")]).one_model.sql

    assert "-- Rule 1: No fever before.\n" in sql
    assert "-- No 5 day fever x conditions, starting 365 to 1 day before the entry event." in sql


def test_the_same_definition_gives_the_same_text():
    assert _compiled() == _compiled()


def test_no_concept_id_stands_in_a_model():
    assert "132797" not in _compiled().one_model.sql


def test_equal_concept_sets_of_two_definitions_have_one_name():
    ours, theirs = _compiled().concept_sets, _compiled(name="another").concept_sets

    assert ours == theirs
    assert re.fullmatch(r"concepts__[0-9a-f]{8}", ours[0].name)


def test_equal_concept_sets_of_one_definition_are_one_under_the_titles_of_both():
    cohort = _compiled(InclusionRules=[_rule("No fever before")])

    assert len(cohort.concept_sets) == 1
    assert {"sepsis_concepts", "_5_day_fever_x_concepts"} <= {cte.name for cte in cohort.ctes}


def _concept_set(number: int, title: str, *concepts: tuple[int, str]) -> Json:
    items = [{"concept": {"CONCEPT_ID": i, "CONCEPT_NAME": name}} for i, name in concepts]
    return {"id": number, "name": title, "expression": {"items": items}}


@pytest.mark.parametrize("title", ["set", "Unnamed Concept Set", "Fever", ""])
def test_sets_that_their_titles_do_not_tell_apart_go_by_what_is_in_them(title):
    sets = [
        _concept_set(0, title, (1, "Viral sepsis"), (2, "Sepsis")),
        _concept_set(7, title, (3, "Fever")),
    ]

    cohort = _compiled(ConceptSets=sets, InclusionRules=[_rule("No fever before")])

    names = {cte.name for cte in cohort.ctes}
    assert {"viral_sepsis_and_others_concepts", "fever_concepts"} <= names
    assert {"viral_sepsis_and_others_conditions", "fever_conditions"} <= names


def test_a_title_that_tells_a_set_from_the_others_stays_its_name():
    cohort = _compiled(ConceptSets=[_concept_set(0, "Sepsis of adults", (1, "Viral sepsis"))])

    assert "sepsis_of_adults_concepts" in {cte.name for cte in cohort.ctes}


@pytest.mark.parametrize(
    ("asked", "name", "words"),
    [
        ({"Op": "bt", "Value": 4, "Extent": 8.25}, "of_4_to_8p25", "of 4 to 8.25"),
        ({"Op": "gte", "Value": 6.5}, "from_6p5", "from 6.5"),
        ({"Op": "lt", "Value": -1}, "below_minus_1", "below minus 1"),
        ({"Op": "!bt", "Value": 4.0, "Extent": 1000000.0}, "outside_4_to_1000000", "outside 4 to"),
    ],
)
def test_a_value_that_is_asked_for_stands_in_the_name_and_in_the_words(asked, name, words):
    rule = _rule("No high value")
    correlated = rule["expression"]["CriteriaList"][0]  # type: ignore[index]
    correlated["Criteria"] = {"Measurement": {"CodesetId": 7, "ValueAsNumber": asked}}
    sets = [SEPSIS, _concept_set(7, "HLA 17p13", (3, "HLA"))]

    cohort = _compiled(ConceptSets=sets, InclusionRules=[rule])

    assert f"hla_17p13_measurements_{name}" in {cte.name for cte in cohort.ctes}
    assert f"-- No hla 17p13 measurements {words}" in cohort.one_model.sql


def test_a_thing_that_the_title_names_is_not_named_twice():
    sets = [_concept_set(0, "Antifungal drugs", (1, "Fluconazole"))]
    exposures = [{"DrugExposure": {"CodesetId": 0}}]

    cohort = _compiled(ConceptSets=sets, CensoringCriteria=exposures)

    assert "antifungal_drug_exposures" in {cte.name for cte in cohort.ctes}


@pytest.mark.parametrize("most_criteria", [8, 1])
def test_each_model_says_what_to_change_instead_of_it(most_criteria):
    cohort = _compiled(InclusionRules=[_rule("No fever before")], most_criteria=most_criteria)

    for model in (*cohort.models, cohort.criteria):
        first, second, *_ = model.sql.splitlines()
        assert first.startswith("-- One row for each")
        assert second.startswith("-- Written by `catchment cohorts add` from cohort__sepsis.json")


def test_a_condition_is_never_broken_so_that_its_and_reads_like_another_one():
    sql = _compiled(InclusionRules=[_rule("No fever before")]).one_model.sql

    assert "and {{ add_days('entry_events.start_date', -365) }} <= _5_day_fever" in sql
    assert not [line for line in sql.splitlines() if line.strip().startswith("between ")]


def test_names_are_given_once_and_fit_postgresql():
    long = "A rule with a name that is very much longer than any warehouse would take it to be"
    cohort = _compiled(InclusionRules=[_rule(long), _rule(long), _rule("final")])

    names = [cte.name for cte in cohort.ctes]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63


def test_jinja_in_the_words_of_a_definition_is_only_words():
    filtered = {"Observation": {"ValueAsString": {"Op": "eq", "Text": "{{ boom() }} isn't"}}}
    cohort = _compiled(
        InclusionRules=[_rule("{% raise %} {{ boom() }}")], CensoringCriteria=[filtered]
    )

    assert "like '{{ boom() }} isn''t'" in render(cohort.one_model.sql)


def test_a_long_definition_becomes_one_model_for_each_criterion():
    cohort = _compiled(InclusionRules=[_rule("No fever before")], most_criteria=1)

    assert [model.name for model in cohort.models] == [
        "criterion__sepsis__sepsis_conditions",
        "criterion__sepsis___5_day_fever_x_conditions",
        "cohort__sepsis",
    ]
    assert "ref('criterion__sepsis__sepsis_conditions')" in cohort.models[-1].sql
    assert "stg_omop__condition_occurrence" not in cohort.models[-1].sql


def test_a_short_definition_is_one_model():
    cohort = _compiled(InclusionRules=[_rule("No fever before")], most_criteria=2)

    assert cohort.models == (cohort.one_model,)


def test_events_cannot_be_counted_by_what_they_do_not_have():
    rule = _rule("Two refills", Type=2, Count=2, IsDistinct=True, CountColumn="REFILLS")
    where = re.escape("$.InclusionRules[0].expression.CriteriaList[0].Criteria.ConditionOccurrence")

    with pytest.raises(BadInputError, match=where):
        _compiled(InclusionRules=[rule])


def test_a_backslash_in_a_text_is_refused():
    filtered = {"Observation": {"ValueAsString": {"Op": "contains", "Text": "a\\b"}}}

    with pytest.raises(BadInputError, match=r"ValueAsString\.Text: 'a.+b' holds a backslash"):
        _compiled(CensoringCriteria=[filtered])


def test_a_name_that_no_warehouse_takes_is_refused():
    with pytest.raises(BadInputError, match=r"'Sepsis 2!'.*Try 'sepsis_2'"):
        _compiled(name="Sepsis 2!")
