"""Turn what pydantic found wrong in a definition file into lines that a person can act on."""

import re
from collections.abc import Mapping
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from analytics.definition_files.yaml_text import FieldPath, YamlDocument
from analytics.errors import near_miss

QUOTED = re.compile(r"'([^']*)'|(\d+)")
Kinds = Mapping[str, type[BaseModel]]
"""What a file may hold, by its `kind`; a single entry where there is but one."""


def fault_lines(error: ValidationError, document: YamlDocument, kinds: Kinds) -> list[str]:
    """One line for each fault, in the order of the file: line, field, what is wrong, near miss."""
    faults: dict[FieldPath, tuple[int, str]] = {}
    for detail in error.errors(include_url=False):
        kind, path = _split_kind(detail["loc"], kinds)
        if path in faults:  # the other branch of a union has said it already
            continue
        line = document.line_of(path)
        field = _in_words(path)
        place = f"line {line}, {field}" if field else f"line {line}"
        faults[path] = (line, f"{place}: {_what_is_wrong(detail, kind, path, kinds)}")
    return [text for _, text in sorted(faults.values(), key=lambda fault: fault[0])]


def _split_kind(location: tuple[int | str, ...], kinds: Kinds) -> tuple[str | None, FieldPath]:
    """Take off the kind of file, and the tail that names a branch of a union."""
    kind = str(location[0]) if len(kinds) > 1 and location and location[0] in kinds else None
    path = location[1:] if kind else location
    while path and _is_branch(path[-1]):
        path = path[:-1]
    return kind, path


def _is_branch(part: int | str) -> bool:
    text = str(part)
    return text in ("int", "str", "none", "float", "bool") or "[" in text


def _in_words(path: FieldPath) -> str:
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in path).replace(
        ".[", "["
    )


def _what_is_wrong(detail: ErrorDetails, kind: str | None, path: FieldPath, kinds: Kinds) -> str:
    value = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = _fields_at(kind, path[:-1], kinds)
            return f"no such field.{near_miss(str(path[-1]), known)} Known: {', '.join(known)}."
        case "missing":
            return "is missing and must be given."
        case "literal_error":
            options = [text or number for text, number in QUOTED.findall(str(context["expected"]))]
            return f"{value!r} is not one of {', '.join(options)}.{near_miss(str(value), options)}"
        case "union_tag_invalid":
            return f"kind {str(context['tag'])!r} is not one of {', '.join(kinds)}." + near_miss(
                str(context["tag"]), kinds
            )
        case "union_tag_not_found":
            return f"kind is missing: it must be one of {', '.join(kinds)}."
        case "model_attributes_type":
            return f"{value!r} is not a list of fields with their values (`field: value`)."
        case "string_pattern_mismatch" if path[-1] != "event":
            return f"{value!r} may only have lower-case letters, digits and underscores."
        case "value_error":
            return f"{context['error']}."
        case _:
            return f"{value!r}: {detail['msg'].replace('Input should', 'it should')}."


def _fields_at(kind: str | None, path: FieldPath, kinds: Kinds) -> list[str]:
    """The fields that the part of a file at `path` may have."""
    model = kinds[kind] if kind else next(iter(kinds.values()))
    for part in path:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation) or model
    return sorted(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next((model for model in inner if model is not None), None)
