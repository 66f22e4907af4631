"""Small Circe definitions for tests: a valid one, and each kind with every attribute filled in."""

import json
from copy import deepcopy

from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.reader import read_definition
from tests.support.circe_schema import ATTRIBUTES

CONCEPT = {"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE", "VOCABULARY_ID": "Gender"}
VALUES = {
    "id": 1,
    "flag": True,
    "days": {"Value": "2020-01-01", "Extent": "2020-12-31", "Op": "bt"},
    "numbers": {"Value": 3, "Extent": 5.5, "Op": "!bt"},
    "concepts": [CONCEPT],
    "selection": {"CodesetId": 1, "IsExclusion": True},
    "text": {"Text": "a word", "Op": "!startsWith"},
    "period": {"StartDate": "2010-01-01", "EndDate": "2010-06-30"},
}
"""One value for each thing that an attribute can hold, none of them a default."""


def concept_set(concept_set_id: int, name: str, *concept_ids: int, **flags: bool) -> dict:
    """A concept set in Circe's JSON; its concepts are named after their ids."""
    return {
        "id": concept_set_id,
        "name": name,
        "expression": {
            "items": [
                {"concept": {"CONCEPT_ID": each, "CONCEPT_NAME": f"concept {each}"}, **flags}
                for each in concept_ids
            ]
        },
    }


def definition(*criteria: dict, **parts: object) -> dict:
    """A valid definition in Circe's JSON; without criteria, people with heart failure."""
    return {
        "ConceptSets": [
            concept_set(0, "Heart failure", 316139, includeDescendants=True),
            concept_set(1, "Diuretic", 956874, 1309799),
        ],
        "PrimaryCriteria": {
            "CriteriaList": list(criteria) or [{"ConditionOccurrence": {"CodesetId": 0}}],
            "ObservationWindow": {"PriorDays": 365, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        **deepcopy(parts),
    }


def rule(name: str, *criteria: dict, demographic: tuple[dict, ...] = (), **group: object) -> dict:
    """An inclusion rule of correlated criteria, all of which must hold unless `group` says else."""
    return {
        "name": name,
        "expression": {
            "Type": "ALL",
            "CriteriaList": list(criteria),
            "DemographicCriteriaList": list(demographic),
            "Groups": [],
            **group,
        },
    }


def around(
    criterion: dict,
    first: int | None,
    last: int | None,
    *,
    how_often: tuple[int, int] = (2, 1),
    **more: object,
) -> dict:
    """A correlated criterion from day `first` to day `last`; None is open. At least one event."""
    return {
        "Criteria": criterion,
        "StartWindow": {"Start": _endpoint(first, -1), "End": _endpoint(last, 1)},
        "Occurrence": {"Type": how_often[0], "Count": how_often[1]},
        **more,
    }


def full_criterion(kind: str) -> dict:
    """A criterion of this kind with every attribute that Circe knows for it."""
    body: dict[str, object] = {name: VALUES[holds] for name, holds in ATTRIBUTES[kind].items()}
    if kind == "DemographicCriteria":
        return body
    body["DateAdjustment"] = {
        "StartWith": "END_DATE",
        "StartOffset": -3,
        "EndWith": "START_DATE",
        "EndOffset": 7,
    }
    body["CorrelatedCriteria"] = {
        "Type": "AT_LEAST",
        "Count": 1,
        "CriteriaList": [around({"DrugExposure": {"CodesetId": 1}}, 0, 30)],
    }
    return {kind: body}


def read(value: object) -> CohortExpression:
    """The definition, through its JSON text."""
    return read_definition(json.dumps(value), "test.json")


def _endpoint(day: int | None, open_side: int) -> dict:
    if day is None:
        return {"Coeff": open_side}
    return {"Days": abs(day), "Coeff": -1 if day < 0 else 1}
