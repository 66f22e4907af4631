"""JSON text as frozen values: lists are tuples, and an attribute given twice is an error."""

import json
from collections.abc import Collection, Sequence

from analytics.errors import BadInputError

DEEPEST = 200
"""Objects and lists inside each other that are still read: far more than a person would nest."""


def parse_json(text: str, where: str) -> object:
    """What `text` says; raises `BadInputError` with line and column where it is not JSON."""

    def take_pairs(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        taken: dict[str, object] = {}
        for name, value in pairs:
            if name in taken:
                raise BadInputError(f"{where} gives {name!r} twice in one object.")
            taken[name] = frozen(value)
        return taken

    def refuse(constant: str) -> object:
        raise BadInputError(f"{where} is not JSON: {constant} is no number.")

    try:
        value = frozen(json.loads(text, object_pairs_hook=take_pairs, parse_constant=refuse))
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"{where} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise BadInputError(f"{where} cannot be read: {error}") from None
    except RecursionError:
        raise BadInputError(f"{where} is nested too deeply to be read.") from None
    if "\\ud" in text.lower() and not _is_whole(value):
        raise BadInputError(
            f"{where} holds half a character (a lone surrogate, \\ud800 to \\udfff)."
        )
    if _depth(value) > DEEPEST:
        raise BadInputError(f"{where} is nested more than {DEEPEST} levels deep.")
    return value


def frozen(value: object) -> object:
    """`value` with each list as a tuple."""
    if isinstance(value, list):
        return tuple(frozen(part) for part in value)
    return value


def _is_whole(value: object) -> bool:
    """Whether each text is made of whole characters, so that it can be written to a file."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _depth(value: object) -> int:
    """How many objects and lists lie inside each other, counted without recursion."""
    level, depth = [value], 0
    while level := [part for whole in level for part in _parts(whole)]:
        depth += 1
    return depth


def _parts(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, tuple) else ()
