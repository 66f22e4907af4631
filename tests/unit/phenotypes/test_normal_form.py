"""What is read can be written back without loss, and equal definitions have equal hashes."""

import json
from collections.abc import Iterator

import pytest

from analytics.phenotypes.expression import KINDS
from analytics.phenotypes.normal_form import content_hash, normalised_json
from analytics.phenotypes.reader import read_definition_file
from tests.support.circe_schema import ATTRIBUTES
from tests.support.definitions import around, definition, full_criterion, read, rule
from tests.support.shared import shared_agreement

DEFAULTS = {
    "First": [False],
    "Abnormal": [False],
    "IsExclusion": [False],
    "IsDistinct": [False],
    "RestrictVisit": [False],
    "IgnoreObservationPeriod": [False],
    "UseIndexEnd": [False],
    "UseEventEnd": [False, True],
    "isExcluded": [False],
    "includeDescendants": [False],
    "includeMapped": [False],
    "Type": ["First", "ALL"],
    "PriorDays": [0],
    "PostDays": [0],
    "EraPad": [0],
    "CollapseType": ["ERA"],
    "PrimaryCriteriaLimit": [{"Type": "First"}],
    "QualifiedLimit": [{"Type": "First"}],
    "ExpressionLimit": [{"Type": "First"}],
    "CollapseSettings": [{"CollapseType": "ERA", "EraPad": 0}],
}
"""What Circe takes where an attribute is not given."""
EVERY_KIND = [kind for kind in ATTRIBUTES if kind != "DemographicCriteria"]


def losses(given: object, written: object, path: str = "$") -> Iterator[str]:
    """Where the written definition lacks what was given, or holds what is no default of Circe's."""
    if isinstance(given, dict) and isinstance(written, dict):
        for name in given.keys() | written.keys():
            if name not in written:
                if given[name] not in (None, []):
                    yield f"{path}.{name} is lost"
            elif name not in given:
                default = DEFAULTS.get(name, [False] if name.endswith("TypeExclude") else [])
                if written[name] not in default:
                    yield f"{path}.{name} was made up"
            else:
                yield from losses(given[name], written[name], f"{path}.{name}")
    elif isinstance(given, list) and isinstance(written, list):
        if len(given) != len(written):
            yield f"{path} has another length"
        for position, (was, now) in enumerate(zip(given, written, strict=False)):
            yield from losses(was, now, f"{path}[{position}]")
    elif given != written or isinstance(given, bool) != isinstance(written, bool):
        yield f"{path}: {given!r} became {written!r}"


def losses_of_files(step: int) -> tuple[int, list[str]]:
    paths = sorted((shared_agreement("circe") / "definitions").glob("*.json"))[::step]
    found = [
        f"{path.name}: {loss}"
        for path in paths
        for loss in losses(
            json.loads(path.read_text(encoding="utf-8")),
            json.loads(normalised_json(read_definition_file(path))),
        )
    ]
    return len(paths), found


@pytest.mark.needs_shared
def test_one_reference_definition_in_ten_is_written_back_without_loss():
    n_read, found = losses_of_files(step=10)

    assert (n_read, found) == (64, [])


@pytest.mark.needs_shared
@pytest.mark.agreement
def test_all_reference_definitions_are_written_back_without_loss():
    n_read, found = losses_of_files(step=1)

    assert (n_read, found) == (631, [])


def test_the_sixteen_kinds_of_criterion_are_those_of_circe():
    assert sorted(kind.kind for kind in KINDS) == sorted(EVERY_KIND)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_each_kind_takes_exactly_the_attributes_that_circe_has_for_it(kind: str):
    (model,) = [each for each in KINDS if each.kind == kind]

    ours = {str(field.validation_alias) for field in model.model_fields.values()}
    assert ours == {*ATTRIBUTES[kind], "CorrelatedCriteria", "DateAdjustment"}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_criterion_with_every_attribute_is_written_back_without_loss(kind: str):
    given = definition(full_criterion(kind))

    assert list(losses(given, json.loads(normalised_json(read(given))))) == []


def test_demographic_criteria_with_every_attribute_are_written_back_without_loss():
    given = definition(
        InclusionRules=[rule("who", demographic=(full_criterion("DemographicCriteria"),))]
    )

    assert list(losses(given, json.loads(normalised_json(read(given))))) == []


def test_windows_counts_ends_and_censoring_are_written_back_without_loss():
    correlated = around(
        full_criterion("Death"),
        -365,
        None,
        how_often=(1, 3),
        EndWindow={
            "Start": {"Days": 1, "Coeff": 1},
            "End": {"Coeff": 1},
            "UseIndexEnd": True,
            "UseEventEnd": False,
        },
        RestrictVisit=True,
        IgnoreObservationPeriod=True,
    )
    correlated["Occurrence"] |= {"IsDistinct": True, "CountColumn": "VISIT_ID"}
    correlated["StartWindow"] |= {"UseIndexEnd": True, "UseEventEnd": True}
    given = definition(
        InclusionRules=[rule("x", correlated, Type="AT_MOST", Count=2) | {"description": "why"}],
        EndStrategy={
            "CustomEra": {
                "DrugCodesetId": 1,
                "GapDays": 30,
                "Offset": 14,
                "DaysSupplyOverride": 7,
            }
        },
        CensoringCriteria=[full_criterion("Death")],
        CensorWindow={"StartDate": "2009-01-01", "EndDate": "2012-12-31"},
        CollapseSettings={"CollapseType": "ERA", "EraPad": 30},
        cdmVersionRange=">=5.0.0",
        Title="all of it",
    )

    assert list(losses(given, json.loads(normalised_json(read(given))))) == []


def test_the_normal_form_is_read_back_as_the_same_value():
    expression = read(definition(full_criterion("Measurement")))

    again = read(json.loads(normalised_json(expression)))
    assert again == expression
    assert normalised_json(again) == normalised_json(expression)


def test_the_order_of_attributes_nulls_and_spelt_out_defaults_do_not_change_the_hash():
    brief = definition()
    wordy = dict(reversed(definition().items())) | {
        "CensoringCriteria": [],
        "EndStrategy": None,
        "QualifiedLimit": {"Type": "first"},
        "CollapseSettings": {"EraPad": "0", "CollapseType": "ERA"},
    }

    assert content_hash(read(brief)) == content_hash(read(wordy))


@pytest.mark.parametrize(
    "change",
    [
        {"CollapseSettings": {"EraPad": 1}},
        {"InclusionRules": [rule("anyone")]},
        {"Title": "another"},
        {"EndStrategy": {"DateOffset": {"Offset": 0}}},
    ],
)
def test_every_change_of_a_definition_changes_its_hash(change: dict):
    assert content_hash(read(definition())) != content_hash(read(definition(**change)))
