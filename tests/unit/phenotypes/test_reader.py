"""A definition is read whole, or all its faults are said at once, each with its JSON path."""

import json
from datetime import date

import pytest

from analytics.errors import BadInputError
from analytics.phenotypes.reader import read_definition, read_definition_file
from tests.support.definitions import around, concept_set, definition, read, rule

HEART_FAILURE = {"ConditionOccurrence": {"CodesetId": 0}}
FIRST = "$.PrimaryCriteria.CriteriaList[0]"


def faults_of(value: object) -> list[str]:
    with pytest.raises(BadInputError) as raised:
        read(value)
    return str(raised.value).splitlines()


def only_fault_of(value: object) -> str:
    headline, fault = faults_of(value)
    assert headline == "test.json has 1 fault:"
    return fault.strip()


def test_a_definition_is_read_into_one_value():
    expression = read(definition())

    (criterion,) = expression.primary_criteria.criteria
    assert (criterion.kind, criterion.concept_set_id) == ("ConditionOccurrence", 0)
    assert expression.primary_criteria.observation_window.prior_days == 365
    assert [each.name for each in expression.concept_sets] == ["Heart failure", "Diuretic"]
    assert expression.expression_limit.type == "First"
    assert expression.collapse_settings.era_pad == 0


# Not a definition at all


def test_what_is_not_json_is_refused_with_line_and_column():
    with pytest.raises(BadInputError, match=r"mine.json is not JSON: .* at line 2, column 18"):
        read_definition('{\n  "ConceptSets": nothing\n}', "mine.json")


def test_a_number_that_is_none_is_not_json():
    with pytest.raises(BadInputError, match="NaN is no number"):
        read_definition('{"Value": NaN}', "mine.json")


@pytest.mark.parametrize("text", [r'{"Title": "\ud800"}', r'{"\uDFFF": 1}'])
def test_half_a_character_is_refused(text: str):
    with pytest.raises(BadInputError, match=r"mine\.json holds half a character"):
        read_definition(text, "mine.json")


def test_a_character_written_in_two_halves_is_whole():
    assert read(definition(Title="\N{SNAKE}")).title == "\N{SNAKE}"


def test_a_number_of_thousands_of_digits_is_refused():
    with pytest.raises(BadInputError, match=r"mine\.json cannot be read: Exceeds the limit"):
        read_definition('{"Title": ' + "9" * 5_000 + "}", "mine.json")


def test_an_attribute_given_twice_is_refused():
    with pytest.raises(BadInputError, match="gives 'Title' twice"):
        read_definition('{"Title": "one", "Title": "two"}', "mine.json")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "it is [], not an object"),
        (5, "it is 5, not an object"),
        ({}, "it has no PrimaryCriteria, but nothing"),
        ({"study": "x"}, "it has no PrimaryCriteria, but 'study'"),
        ({"items": []}, "it looks like a concept set"),
        ({"id": 1, "name": "x", "expression": {}}, "Save what stands under 'expression'"),
    ],
)
def test_json_that_is_not_circe_is_refused_with_what_it_probably_is(value: object, said: str):
    (headline,) = faults_of(value)

    assert "is JSON, but no Circe cohort expression" in headline
    assert said in headline


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path):
    with pytest.raises(BadInputError, match=r"missing\.json cannot be read"):
        read_definition_file(tmp_path / "missing.json")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "marked.json"
    path.write_text(json.dumps(definition()), encoding="utf-8-sig")

    assert read_definition_file(path) == read(definition())


@pytest.mark.parametrize("levels", [150, 20_000])
def test_a_definition_nested_beyond_reason_is_refused(levels: int):
    groups = '{"Type": "ALL", "Groups": [' * levels + "]}" * levels
    text = json.dumps(definition())[:-1] + f', "AdditionalCriteria": {groups}}}'

    with pytest.raises(BadInputError, match="nested"):
        read_definition(text, "mine.json")


# Attributes and words


def test_an_unknown_attribute_is_refused_with_its_path_value_and_near_miss():
    fault = only_fault_of(definition({"ConditionOccurrence": {"CodesetID": 0}}))

    assert fault.startswith(f"{FIRST}.ConditionOccurrence.CodesetID: there is no such attribute")
    assert "(its value is 0). Did you mean 'CodesetId'?" in fault


def test_an_attribute_of_another_kind_of_criterion_is_refused():
    fault = only_fault_of(definition({"Death": {"First": True}}))

    assert fault.startswith(f"{FIRST}.Death.First: there is no such attribute (its value is true)")


def test_our_own_english_names_are_no_circe_attributes():
    fault = only_fault_of(definition({"ConditionOccurrence": {"concept_set_id": 0}}))

    assert fault.startswith(f"{FIRST}.ConditionOccurrence.concept_set_id: there is no such")


def test_an_unknown_attribute_at_the_top_is_refused():
    fault = only_fault_of(definition(InclusionRule=[]))

    assert "$.InclusionRule: there is no such attribute" in fault
    assert "Did you mean 'InclusionRules'?" in fault


def test_an_unknown_kind_of_criterion_is_refused_with_the_kinds_there_are():
    fault = only_fault_of(definition({"ConditionOccurence": {"CodesetId": 0}}))

    assert fault.startswith(f'{FIRST}: {{"ConditionOccurence": {{"CodesetId": 0}}}} is not an')
    assert "VisitOccurrence. Did you mean 'ConditionOccurrence'?" in fault


def test_an_unknown_end_strategy_is_refused():
    fault = only_fault_of(definition(EndStrategy={"DateOfset": {"Offset": 1}}))

    assert fault.startswith("$.EndStrategy: ")
    assert "DateOffset, CustomEra. Did you mean 'DateOffset'?" in fault


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            definition({"ConditionOccurrence": {"Age": {"Value": 18, "Op": "gtee"}}}),
            f'{FIRST}.ConditionOccurrence.Age.Op: "gtee" is not one of lt, lte, eq, !eq, gt, gte, '
            "bt, !bt. Did you mean 'gte'?",
        ),
        (
            definition(InclusionRules=[rule("adult", Type="SOME", Groups=[{"Type": "ALL"}])]),
            '$.InclusionRules[0].expression.Type: "SOME" is not one of ALL, ANY, AT_LEAST, '
            "AT_MOST.",
        ),
        (
            definition(ExpressionLimit={"Type": "Frist"}),
            '$.ExpressionLimit.Type: "Frist" is not one of All, First, Last. Did you mean \'First',
        ),
        (
            definition(ExpressionLimit={"Type": None}),
            "$.ExpressionLimit.Type: null is not one of All, First, Last.",
        ),
        (
            definition(CollapseSettings={"CollapseType": "NO_COLLAPSE", "EraPad": 0}),
            '$.CollapseSettings.CollapseType: "NO_COLLAPSE" is not one of ERA.',
        ),
        (
            definition(EndStrategy={"DateOffset": {"DateField": "enddate", "Offset": 1}}),
            '$.EndStrategy.DateOffset.DateField: "enddate" is not one of StartDate, EndDate. Did',
        ),
        (
            definition(InclusionRules=[rule("x", around(HEART_FAILURE, 0, 1, how_often=(3, 1)))]),
            "$.InclusionRules[0].expression.CriteriaList[0].Occurrence.Type: 3 is not one of 0, 1, "
            "2.",
        ),
    ],
)
def test_an_unknown_word_is_refused_with_its_path_and_the_words_there_are(value: dict, said: str):
    assert only_fault_of(value).startswith(said)


# Types and values


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"CodesetId": "heart"}, '.CodesetId: "heart": it should be a valid integer.'),
        ({"CodesetId": True}, ".CodesetId: true: it should be a valid integer."),
        ({"First": "maybe"}, '.First: "maybe": it should be a valid boolean.'),
        ({"Gender": {"CONCEPT_ID": 1}}, '.Gender: {"CONCEPT_ID": 1} is not a list.'),
        ({"Gender": [{}]}, ".Gender[0].CONCEPT_ID: is missing and must be given."),
        ({"Age": 18}, ".Age: 18 is not an object."),
        ({"Age": {"Op": "gte"}}, ".Age.Value: is missing and must be given."),
        ({"Age": {"Value": "x", "Op": "gt"}}, '.Age.Value: "x": it should be a number.'),
        (
            {"Age": {"Value": 1, "Op": "bt"}},
            ".Age: Op 'bt' (between) needs an Extent, the upper end.",
        ),
        (
            {"OccurrenceStartDate": {"Value": "1/2/2020", "Op": "gt"}},
            '.OccurrenceStartDate.Value: "1/2/2020": it should be a day written as 2020-12-31.',
        ),
        (
            {"OccurrenceStartDate": {"Value": "2020-02-30", "Op": "gt"}},
            '.OccurrenceStartDate.Value: "2020-02-30": there is no such day in the calendar.',
        ),
        (
            {"DateAdjustment": {"StartOffset": 5.7}},
            ".DateAdjustment.StartOffset: 5.7: it should be a valid integer",
        ),
    ],
)
def test_a_wrong_type_is_refused_with_its_path_and_value(body: dict, said: str):
    fault = only_fault_of(definition({"ConditionOccurrence": body}))

    assert fault.startswith(f"{FIRST}.ConditionOccurrence{said}")


def test_every_fault_is_named_in_one_error():
    headline, *faults = faults_of(
        definition(
            {"ConditionOccurrence": {"CodesetId": 7, "Frist": True}},
            {"Death": {"Age": {"Value": 18, "Op": "over"}}},
            EndStrategy={"CustomEra": {"GapDays": 30}},
        )
    )

    assert headline == "test.json has 4 faults:"
    assert [fault.strip().split(": ")[0] for fault in faults] == [
        "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.Frist",
        "$.PrimaryCriteria.CriteriaList[1].Death.Age.Op",
        "$.EndStrategy.CustomEra.DrugCodesetId",
        "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId",
    ]


# Parts that must be there


def test_empty_primary_criteria_are_refused():
    value = definition()
    value["PrimaryCriteria"]["CriteriaList"] = []

    fault = only_fault_of(value)
    assert fault == "$.PrimaryCriteria.CriteriaList: is empty: at least one is needed."


@pytest.mark.parametrize("part", ["CriteriaList", "ObservationWindow"])
def test_primary_criteria_without_a_part_of_theirs_are_refused(part: str):
    value = definition()
    del value["PrimaryCriteria"][part]

    assert only_fault_of(value) == f"$.PrimaryCriteria.{part}: is missing and must be given."


def test_a_group_that_asks_something_must_say_how_much_of_it_holds():
    value = definition(AdditionalCriteria={"DemographicCriteriaList": [{}]})

    assert only_fault_of(value).startswith("$.AdditionalCriteria: Type is missing: it must be one")


def test_at_least_needs_a_count():
    value = definition(AdditionalCriteria={"Type": "AT_LEAST", "DemographicCriteriaList": [{}]})

    assert only_fault_of(value) == "$.AdditionalCriteria: Type 'AT_LEAST' needs a Count."


def test_a_window_must_have_both_ends():
    correlated = around(HEART_FAILURE, 0, 1)
    del correlated["StartWindow"]["End"]

    fault = only_fault_of(definition(InclusionRules=[rule("x", correlated)]))
    assert fault.endswith("CriteriaList[0].StartWindow.End: is missing and must be given.")


# Concept sets


def test_a_concept_set_that_is_missing_is_refused_where_it_is_asked_for():
    fault = only_fault_of(definition({"DrugExposure": {"DrugSourceConcept": 9}}))

    assert fault == (
        f"{FIRST}.DrugExposure.DrugSourceConcept: there is no concept set 9. "
        "Declared in ConceptSets: 0, 1."
    )


def test_a_concept_set_without_concepts_is_refused_where_it_is_asked_for():
    value = definition({"DrugExposure": {"CodesetId": 2}})
    value["ConceptSets"].append(concept_set(2, "nothing"))

    fault = only_fault_of(value)
    assert fault.startswith(f"{FIRST}.DrugExposure.CodesetId: concept set 2 has no concepts")


def test_a_concept_set_without_concepts_that_nobody_asks_for_does_no_harm():
    value = definition()
    value["ConceptSets"].append(concept_set(2, "nothing"))

    assert len(read(value).concept_sets) == 3


def test_concept_sets_of_an_era_a_selection_and_a_nested_criterion_are_looked_for_too():
    nested = {
        "Type": "ALL",
        "CriteriaList": [around({"VisitOccurrence": {"CodesetId": 72}}, 0, 0)],
    }
    value = definition(
        {"ConditionOccurrence": {"GenderCS": {"CodesetId": 71}, "CorrelatedCriteria": nested}},
        EndStrategy={"CustomEra": {"DrugCodesetId": 73}},
    )

    _, *faults = faults_of(value)
    assert [fault.split("concept set ")[1][:2] for fault in faults] == ["71", "72", "73"]


def test_a_concept_set_declared_twice_is_refused():
    value = definition()
    value["ConceptSets"][1]["id"] = 0

    assert "$.ConceptSets[1].id: concept set 0 is declared twice." in only_fault_of(value)


# Ids


@pytest.mark.parametrize("concept_id", [2**63 - 1, -(2**63), 2_000_000_123, -5])
def test_ids_of_64_bits_and_negative_ids_are_kept_to_the_last_digit(concept_id: int):
    value = definition({"ConditionOccurrence": {"CodesetId": concept_id}})
    value["ConceptSets"].append(concept_set(concept_id, "own codes", concept_id))

    expression = read(value)
    assert expression.concept_sets[-1].items[0].concept.concept_id == concept_id
    assert expression.primary_criteria.criteria[0].concept_set_id == concept_id


def test_an_id_beyond_64_bits_is_refused():
    value = definition()
    value["ConceptSets"][0]["expression"]["items"][0]["concept"]["CONCEPT_ID"] = 2**63

    fault = only_fault_of(value)
    assert fault.startswith("$.ConceptSets[0].expression.items[0].concept.CONCEPT_ID: 92233720368")


# What Circe's own reader takes


def test_null_is_not_given():
    criterion = {
        "ConditionOccurrence": {"CodesetId": 0, "First": None, "Age": None, "Gender": None}
    }

    assert read(definition(criterion, EndStrategy=None, InclusionRules=None)) == read(definition())


def test_numbers_and_flags_written_as_text_are_what_they_stand_for():
    written = {
        "ConditionOccurrence": {
            "CodesetId": "0",
            "First": "true",
            "Age": {"Value": "18", "Extent": 65.0, "Op": "bt"},
        }
    }

    (criterion,) = read(definition(written)).primary_criteria.criteria
    assert (criterion.concept_set_id, criterion.first_only) == (0, True)
    assert (criterion.age.value, criterion.age.extent) == (18, 65)


def test_limits_and_groups_may_be_written_in_any_case():
    value = definition(
        ExpressionLimit={"Type": "LAST"},
        AdditionalCriteria={"Type": "any", "DemographicCriteriaList": [{}]},
    )

    expression = read(value)
    assert expression.expression_limit.type == "Last"
    assert expression.additional_criteria.type == "ANY"


def test_a_day_may_be_written_without_leading_zeros():
    value = definition(CensorWindow={"StartDate": "2009-1-5"})

    assert read(value).censor_window.start_date == date(2009, 1, 5)


def test_an_end_window_is_about_the_end_of_the_event_unless_it_says_otherwise():
    window = {"Start": {"Coeff": -1}, "End": {"Days": 0, "Coeff": 1}}
    silent = around(HEART_FAILURE, 0, 30, EndWindow=window)
    saying_start = around(HEART_FAILURE, 0, 30, EndWindow={**window, "UseEventEnd": False})

    expression = read(definition(InclusionRules=[rule("x", silent, saying_start)]))
    first, second = expression.inclusion_rules[0].expression.criteria
    assert (first.start_window.use_event_end, first.end_window.use_event_end) == (False, True)
    assert second.end_window.use_event_end is False


def test_what_atlas_shows_beside_a_concept_is_left_out_but_a_misspelt_attribute_is_not():
    value = definition()
    concept = value["ConceptSets"][0]["expression"]["items"][0]["concept"]
    concept["RECORD_COUNT"] = 12
    assert read(value) == read(definition())

    concept["CONCEPT_NAM"] = "Heart failure"
    assert "Did you mean 'CONCEPT_NAME'?" in only_fault_of(value)


def test_an_expression_cannot_be_changed():
    expression = read(definition())

    with pytest.raises(ValueError, match="frozen"):
        expression.title = "another"
