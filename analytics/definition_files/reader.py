"""One YAML file, one value, or one error that names every fault of the file."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from analytics.definition_files.faults import Kinds, fault_lines
from analytics.definition_files.yaml_text import parse_yaml
from analytics.errors import BadInputError

Definition = TypeVar("Definition", bound=BaseModel)


def read_definition(path: Path, model: type[Definition], kinds: Kinds | None = None) -> Definition:
    """The file at `path` as a `model`; `kinds` where the model is a union told apart by `kind`.

    Raises one `BadInputError` that names every fault: file, line, field, value, and what was
    probably meant.
    """
    try:
        document = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadInputError(f"{path.name} is not YAML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path.name} cannot be read: {error}") from None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        lines = fault_lines(error, document, kinds or {model.__name__: model})
        count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
        raise BadInputError(
            f"{path.name} has {count}:\n" + "\n".join(f"  {line}" for line in lines)
        ) from None
