"""Read a Circe cohort expression from JSON, or say at once all that is wrong with it."""

from pathlib import Path

from pydantic import ValidationError

from analytics.errors import BadInputError
from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.faults import fault_lines, shown
from analytics.phenotypes.json_text import parse_json
from analytics.phenotypes.references import reference_faults


def read_definition_file(path: Path) -> CohortExpression:
    """The definition in the file at `path`; raises one `BadInputError` that names every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path.name} cannot be read: {error}") from None
    return read_definition(text, path.name)


def read_definition(json_text: str, where: str) -> CohortExpression:
    """The definition that `json_text` holds; `where` names it in errors.

    What Circe's own reader takes is taken with the same meaning: null for "not given", numbers
    and flags written as text, missing attributes that have a default. An attribute or a word that
    Circe does not know, a wrong type and a concept set that is missing or empty are faults; all
    of them are named in one `BadInputError`, each with its JSON path and its value.
    """
    definition = parse_json(json_text, where)
    if not isinstance(definition, dict) or not set(definition) & _known_at_the_top():
        raise BadInputError(
            f"{where} is JSON, but no Circe cohort expression: {_guess(definition)}"
        )
    faults: list[str] = []
    expression = None
    try:
        expression = CohortExpression.model_validate(definition, by_alias=True, by_name=False)
    except ValidationError as error:
        faults = fault_lines(error)
    faults += reference_faults(definition)
    if faults or expression is None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise BadInputError(f"{where} has {count}:\n{lines}")
    return expression


def _known_at_the_top() -> set[str]:
    return {str(field.validation_alias) for field in CohortExpression.model_fields.values()}


def _guess(definition: object) -> str:
    """What the JSON probably is, and what to do."""
    if not isinstance(definition, dict):
        return f"it is {shown(definition)}, not an object with PrimaryCriteria and ConceptSets."
    if "expression" in definition and "items" not in definition:
        return (
            "it wraps one, as WebAPI hands them out. Save what stands under 'expression' "
            "(in ATLAS: Export, JSON) and read that."
        )
    if "items" in definition:
        return "it looks like a concept set. Read the cohort definition that uses it."
    return f"it has no PrimaryCriteria, but {', '.join(map(repr, definition)) or 'nothing'}."
