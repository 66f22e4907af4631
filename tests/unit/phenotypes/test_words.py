"""A definition in plain words: everything that decides is said, and the same thing always alike."""

import copy

import pytest

from analytics.phenotypes.expression import Endpoint, StartWindow
from analytics.phenotypes.reader import read_definition_file
from analytics.phenotypes.words import (
    correlated_words,
    criterion_words,
    demographic_words,
    describe,
    describe_rules,
)
from analytics.phenotypes.words.windows import window_words
from tests.support.circe_schema import ATTRIBUTES
from tests.support.definitions import around, definition, full_criterion, read, rule
from tests.support.shared import shared_agreement

HEART_FAILURE = {"ConditionOccurrence": {"CodesetId": 0}}
EVERY_ATTRIBUTE = [(kind, name) for kind, names in ATTRIBUTES.items() for name in names]


def words_of(criterion: dict) -> str:
    expression = read(definition(criterion))
    return criterion_words(expression.primary_criteria.criteria[0], expression.concept_sets)


def words_of_demographic(criterion: dict) -> str:
    expression = read(definition(InclusionRules=[rule("x", demographic=(criterion,))]))
    (found,) = expression.inclusion_rules[0].expression.demographic_criteria
    return demographic_words(found, expression.concept_sets)


def words_of_correlated(correlated: dict) -> str:
    expression = read(definition(InclusionRules=[rule("x", correlated)]))
    (found,) = expression.inclusion_rules[0].expression.criteria
    return correlated_words(found, expression.concept_sets)


# One criterion


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (HEART_FAILURE, "conditions of 'Heart failure'"),
        ({"DrugExposure": {}}, "drug exposures of any drug"),
        ({"ObservationPeriod": {}}, "observation periods"),
        (
            {"ConditionOccurrence": {"CodesetId": 0, "First": True}},
            "conditions of 'Heart failure', for the first time in the person's history",
        ),
        (
            {"Death": {"Age": {"Value": 18, "Op": "gte"}}},
            "deaths of any cause, at an age at least 18",
        ),
        (
            {"VisitOccurrence": {"OccurrenceEndDate": {"Value": "2020-01-01", "Op": "lt"}}},
            "visits of any kind, ending before 2020-01-01",
        ),
        (
            {"Measurement": {"ValueAsNumber": {"Value": 6.5, "Extent": 9, "Op": "bt"}}},
            "measurements of any kind, with a value between 6.5 and 9",
        ),
        (
            {"DrugExposure": {"DrugTypeCS": {"CodesetId": 1, "IsExclusion": True}}},
            "drug exposures of any drug, of a type not in 'Diuretic'",
        ),
        (
            {"DrugExposure": {"GenderCS": {"IsExclusion": False}}},
            "drug exposures of any drug, of a gender given",
        ),
        (
            {"DeviceExposure": {"DeviceType": [{"CONCEPT_ID": 5}], "DeviceTypeExclude": True}},
            "device exposures of any device, of type other than 5",
        ),
    ],
)
def test_a_criterion_in_one_sentence(criterion: dict, words: str):
    assert words_of(criterion) == words


@pytest.mark.parametrize(("kind", "name"), EVERY_ATTRIBUTE)
def test_each_attribute_of_each_kind_is_said(kind: str, name: str):
    full = full_criterion(kind)
    without = copy.deepcopy(full)
    say = words_of_demographic if kind == "DemographicCriteria" else words_of
    body = without if kind == "DemographicCriteria" else without[kind]
    del body[name]

    assert say(full) != say(without)


def test_days_are_said_of_the_event_and_not_of_the_person():
    dated = {"OccurrenceStartDate": {"Value": "1990-01-01", "Op": "gte"}}

    assert words_of_demographic(dated) == "a person whose event starts on or after 1990-01-01"


def test_what_is_asked_around_an_event_names_the_event():
    around_it = around({"VisitOccurrence": {"CodesetId": 1}}, -1, 0)
    value = definition(
        {
            "VisitOccurrence": {
                "CodesetId": 0,
                "CorrelatedCriteria": {"Type": "ALL", "CriteriaList": [around_it]},
            }
        }
    )

    assert (
        "1. at least 1 visit of 'Diuretic', starting between 1 day before and the day of "
        "that visit of 'Heart failure'"
    ) in describe_rules(read(value))


# When and how often


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, ""),
        (-365, -1, "starting in the 365 days before the entry event"),
        (-1, -1, "starting 1 day before the entry event"),
        (0, 0, "starting on the day of the entry event"),
        (1, 30, "starting in the 30 days after the entry event"),
        (-30, 7, "starting between 30 days before and 7 days after the entry event"),
        (-30, 0, "starting between 30 days before and the day of the entry event"),
        (-365, -8, "starting between 365 and 8 days before the entry event"),
        (30, 365, "starting between 30 and 365 days after the entry event"),
        (None, 0, "starting on or before the day of the entry event"),
        (None, -1, "starting before the day of the entry event"),
        (None, -30, "starting at least 30 days before the entry event"),
        (None, 30, "starting at any time up to 30 days after the entry event"),
        (0, None, "starting on or after the day of the entry event"),
        (1, None, "starting after the day of the entry event"),
        (90, None, "starting at least 90 days after the entry event"),
        (-90, None, "starting at any time from 90 days before the entry event"),
    ],
)
def test_a_window_in_words(first: int | None, last: int | None, words: str):
    window = around(HEART_FAILURE, first, last)["StartWindow"]

    assert window_words(StartWindow.model_validate(window), "the entry event") == words


def test_a_window_that_ends_where_observation_starts_says_so():
    window = StartWindow(start=Endpoint(coefficient=-1), end=Endpoint(coefficient=-1))

    assert "the start of observation and the start of observation" in window_words(window, "it")


def test_windows_about_ends_say_which_end():
    window = around(HEART_FAILURE, 0, 7)["StartWindow"] | {
        "UseIndexEnd": True,
        "UseEventEnd": True,
    }

    words = window_words(StartWindow.model_validate(window), "the entry event")
    assert words == "ending between the day of and 7 days after the end of the entry event"


@pytest.mark.parametrize(
    ("how_often", "distinct", "words"),
    [
        ((2, 1), {}, "at least 1 condition of"),
        ((2, 2), {}, "at least 2 conditions of"),
        ((0, 0), {}, "no conditions of"),
        ((1, 0), {}, "no conditions of"),
        ((0, 3), {}, "exactly 3 conditions of"),
        ((1, 3), {}, "at most 3 conditions of"),
        ((2, 2), {"IsDistinct": True}, "at least 2 different concepts among conditions of"),
        (
            (2, 1),
            {"IsDistinct": True, "CountColumn": "START_DATE"},
            "at least 1 different start dates among conditions of",
        ),
    ],
)
def test_how_often_an_event_must_be_found(how_often: tuple[int, int], distinct: dict, words: str):
    correlated = around(HEART_FAILURE, 0, 30, how_often=how_often)
    correlated["Occurrence"] |= distinct

    assert words_of_correlated(correlated).startswith(words)


def test_the_same_visit_and_events_outside_observation_are_said():
    words = words_of_correlated(
        around(HEART_FAILURE, None, None, RestrictVisit=True, IgnoreObservationPeriod=True)
    )

    assert words == (
        "at least 1 condition of 'Heart failure', at any time, in the same visit as "
        "the entry event, also outside the observation period"
    )


# Whole definitions

WHOLE = """\
### Entry events

A person may enter the cohort at any of these events:

1. conditions of 'Heart failure'
2. visits of any kind, where this holds:
   1. at least 1 condition of 'Heart failure', starting on the day of that visit

The event must lie inside an observation period of the person, with at least 365 days before it \
observed.

### Inclusion rules

#### Rule 1: treated adults

Adults only, or much treated

An entry event meets this rule if any of these holds:

1. a person at an age at least 18
2. no drug exposures of 'Diuretic', starting in the 30 days before the entry event
3. at least 2 of these hold:
   1. a person of the gender 'MALE'
   2. at least 1 death of any cause, starting on or after the day of the entry event

Of the events that remain, the earliest of each person is kept.

### Exit

The person leaves 30 days after the start of the event, or at the end of observation if that is \
earlier.

The person leaves earlier at the first of these events:

1. deaths of any cause

### Cohort eras

Periods of a person at most 7 days apart are made one.

Only the part from 2009-01-01 is kept.
"""


def whole_definition() -> dict:
    inner = around(HEART_FAILURE, 0, 0)
    nested = {
        "Type": "AT_LEAST",
        "Count": 2,
        "DemographicCriteriaList": [{"Gender": [{"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE"}]}],
        "CriteriaList": [around({"Death": {}}, 0, None)],
    }
    treated = rule(
        "treated adults",
        around({"DrugExposure": {"CodesetId": 1}}, -30, -1, how_often=(0, 0)),
        demographic=({"Age": {"Value": 18, "Op": "gte"}},),
        Type="ANY",
        Groups=[nested],
    )
    return definition(
        HEART_FAILURE,
        {"VisitOccurrence": {"CorrelatedCriteria": {"Type": "ALL", "CriteriaList": [inner]}}},
        InclusionRules=[treated | {"description": "Adults only, or much treated"}],
        EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": 30}},
        CensoringCriteria=[{"Death": {}}],
        CollapseSettings={"CollapseType": "ERA", "EraPad": 7},
        CensorWindow={"StartDate": "2009-01-01"},
    )


def test_a_whole_definition_in_words():
    assert describe_rules(read(whole_definition())) == WHOLE


def test_the_description_ends_with_the_concept_sets_and_their_concepts():
    described = describe(read(whole_definition()))

    assert described.startswith(WHOLE)
    assert described.removeprefix(WHOLE) == (
        "\n### Concept sets\n\n#### 0: Heart failure\n\n"
        "- 316139 concept 316139, with descendants\n\n"
        "#### 1: Diuretic\n\n- 956874 concept 956874\n- 1309799 concept 1309799\n"
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Heart failure", "Diuretic"), ["'Heart failure'", "'Diuretic'"]),
        (("set", "Set"), ["'set (concept 316139)'", "'Set (concept 956874 and others)'"]),
        (("Unnamed Concept Set", "x"), ["'Unnamed Concept Set (concept 316139)'", "'x'"]),
    ],
)
def test_concept_sets_whose_names_say_nothing_are_told_apart_by_their_first_concept(names, said):
    plain = definition(
        {"ConditionOccurrence": {"CodesetId": 0}}, {"DrugExposure": {"CodesetId": 1}}
    )
    for concept_set, name in zip(plain["ConceptSets"], names, strict=True):
        concept_set["name"] = name

    described = describe_rules(read(plain))

    assert [each for each in said if each in described] == said


def test_an_exit_by_drug_era_says_how_exposures_are_joined():
    era = {"DrugCodesetId": 1, "GapDays": 30, "Offset": 14, "DaysSupplyOverride": 7}

    described = describe_rules(read(definition(EndStrategy={"CustomEra": era})))
    assert (
        "when the continuous exposure to 'Diuretic' ends: exposures are taken 7 days long, and "
        "gaps of up to 30 days are bridged, and the end is moved by 14 days."
    ) in described


def test_qualified_limits_count_only_beside_additional_criteria():
    first = {"QualifiedLimit": {"Type": "First"}, "ExpressionLimit": {"Type": "All"}}
    adult = {"Type": "ALL", "DemographicCriteriaList": [{"Age": {"Value": 18, "Op": "gte"}}]}

    assert "earliest" not in describe_rules(read(definition(**first)))
    with_criteria = describe_rules(read(definition(**first, AdditionalCriteria=adult)))
    assert "Of these, the earliest of each person goes on." in with_criteria


@pytest.mark.needs_shared
def test_reference_definitions_are_described_the_same_way_twice():
    paths = sorted((shared_agreement("circe") / "definitions").glob("*.json"))[::10]

    for path in paths:
        described = describe(read_definition_file(path))
        assert described == describe(read_definition_file(path))
        assert described.startswith("### Entry events\n\nA person may enter the cohort at ")
        assert "None" not in described.split("### Concept sets")[0].replace("None ", "")
