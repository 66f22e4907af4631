"""Turn what is wrong in a Circe expression into lines with JSON path, value and near miss."""

import json
import re
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from analytics.errors import near_miss
from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.expression.part import WrappedPart

JsonPath = tuple[str | int, ...]
QUOTED = re.compile(r"'([^']*)'|(-?\d+)")
LONGEST_VALUE = 80


def fault_lines(error: ValidationError) -> list[str]:
    """One line for each fault that the types found, in the order of the file."""
    faults: dict[JsonPath, str] = {}
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # what is in the list is at fault itself, and is named
        path = _without_branches(detail["loc"])
        faults.setdefault(path, f"{path_in_words(path)}: {_what_is_wrong(detail, path)}")
    return list(faults.values())


def path_in_words(path: JsonPath) -> str:
    """`$.InclusionRules[0].expression`: where in the JSON, from its root."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def shown(value: object) -> str:
    """A value as JSON, shortened where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _without_branches(location: tuple[int | str, ...]) -> JsonPath:
    """The path without the tail that names a branch of a union."""
    path = location
    while path and (str(path[-1]) in ("int", "float") or "[" in str(path[-1])):
        path = path[:-1]
    return path


def _what_is_wrong(detail: ErrorDetails, path: JsonPath) -> str:
    value = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = _attributes_at(path[:-1])
            name = str(path[-1])
            return (
                f"there is no such attribute (its value is {shown(value)})."
                f"{near_miss(name, known)} Known: {', '.join(known)}."
            )
        case "missing":
            return "is missing and must be given."
        case "literal_error":
            options = [text or number for text, number in QUOTED.findall(str(context["expected"]))]
            return (
                f"{shown(value)} is not one of {', '.join(options)}."
                f"{near_miss(str(value), options)}"
            )
        case "union_tag_invalid" | "union_tag_not_found":
            kinds = [model.kind for model in _models_at(path) if issubclass(model, WrappedPart)]
            given = ", ".join(value) if isinstance(value, dict) else ""
            return (
                f"{shown(value)} is not an object with one attribute that names its kind: "
                f"{', '.join(kinds)}.{near_miss(given, kinds)}"
            )
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{shown(value)} is not an object."
        case "tuple_type":
            return f"{shown(value)} is not a list."
        case "too_short":
            return "is empty: at least one is needed."
        case "value_error" if isinstance(value, dict):
            return f"{context['error']}."
        case "value_error":
            return f"{shown(value)}: {context['error']}."
        case _:
            return f"{shown(value)}: {detail['msg'].replace('Input should', 'it should')}."


def _attributes_at(path: JsonPath) -> list[str]:
    """Circe's names of the attributes that the object at `path` may have."""
    return sorted(
        {
            str(field.validation_alias)
            for model in _models_at(path)
            for field in model.model_fields.values()
        }
    )


def _models_at(path: JsonPath) -> list[type[BaseModel]]:
    """What the object at `path` may be; several where it may be of several kinds."""
    models: list[type[BaseModel]] = [CohortExpression]
    for part in path:
        if isinstance(part, int):
            continue
        of_kind: list[type[BaseModel]] = [
            model for model in models if issubclass(model, WrappedPart) and model.kind == part
        ]
        models = of_kind or [
            inner
            for model in models
            for field in model.model_fields.values()
            if field.validation_alias == part
            for inner in _models_in(field.annotation)
        ]
    return models


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
