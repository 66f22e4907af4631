"""Concept sets that a definition asks for: each must be declared, once, and hold a concept."""

from collections.abc import Iterator

from analytics.phenotypes.expression import KINDS, CircePart, ConceptSetSelection, CustomEra
from analytics.phenotypes.expression.scalars import as_whole_number
from analytics.phenotypes.faults import JsonPath, path_in_words

_POINTING: tuple[type[CircePart], ...] = (*KINDS, ConceptSetSelection, CustomEra)
POINTERS = frozenset(
    str(field.validation_alias)
    for model in _POINTING
    for name, field in model.model_fields.items()
    if name.endswith("concept_set_id")
)
"""Circe's names of the attributes that hold the id of a concept set."""


def reference_faults(definition: dict[str, object]) -> list[str]:
    """One line for each concept set declared twice, missing, or asked for though empty."""
    faults: list[str] = []
    is_empty: dict[object, bool] = {}
    for position, concept_set in enumerate(_objects(definition.get("ConceptSets"))):
        concept_set_id = as_whole_number(concept_set.get("id"))
        if concept_set_id in is_empty:
            place = path_in_words(("ConceptSets", position, "id"))
            faults.append(f"{place}: concept set {concept_set_id} is declared twice.")
        expression = concept_set.get("expression")
        items = expression.get("items") if isinstance(expression, dict) else None
        is_empty[concept_set_id] = not items
    declared = ", ".join(str(known) for known in is_empty) or "none"
    for path, concept_set_id in _pointers(definition, ()):
        if concept_set_id not in is_empty:
            faults.append(
                f"{path_in_words(path)}: there is no concept set {concept_set_id}. "
                f"Declared in ConceptSets: {declared}."
            )
        elif is_empty[concept_set_id]:
            faults.append(
                f"{path_in_words(path)}: concept set {concept_set_id} has no concepts, so nothing "
                "can be found with it. Add concepts to it, or leave the attribute out."
            )
    return faults


def _pointers(value: object, path: JsonPath) -> Iterator[tuple[JsonPath, object]]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name in POINTERS and isinstance(as_whole_number(part), int):
                yield (*path, name), as_whole_number(part)
            elif name != "ConceptSets":
                yield from _pointers(part, (*path, name))
    elif isinstance(value, tuple):
        for position, part in enumerate(value):
            yield from _pointers(part, (*path, position))


def _objects(value: object) -> list[dict[str, object]]:
    parts = value if isinstance(value, tuple) else ()
    return [part for part in parts if isinstance(part, dict)]
