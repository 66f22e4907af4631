"""A definition in one agreed form, so that equal definitions are equal text and equal hashes.

Attributes come in a fixed order under Circe's names; defaults are written out; what is not given
(null, an empty list) is left out. Lists keep their order, because a rule's place is part of it.
"""

import json
from datetime import date
from hashlib import sha256

from analytics.phenotypes.expression import CircePart, CohortExpression
from analytics.phenotypes.expression.part import WrappedPart


def normalised_json(expression: CohortExpression) -> str:
    """The definition as Circe JSON in its agreed form, ending in a line break."""
    return json.dumps(as_circe(expression), indent=2, ensure_ascii=False) + "\n"


def as_circe(part: CircePart) -> dict[str, object]:
    """A part of an expression as the JSON object that Circe would read it from."""
    body = {
        str(field.serialization_alias): _written(value)
        for name, field in type(part).model_fields.items()
        if (value := getattr(part, name)) is not None and value != ()
    }
    return {part.kind: body} if isinstance(part, WrappedPart) else body


def _written(value: object) -> object:
    match value:
        case CircePart():
            return as_circe(value)
        case tuple():
            return [_written(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value


def content_hash(expression: CohortExpression) -> str:
    """SHA-256 of the agreed form, in hexadecimal: it changes when anything in it changes."""
    return sha256(normalised_json(expression).encode()).hexdigest()
