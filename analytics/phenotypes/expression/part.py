"""What every part of a Circe expression has in common: its names, its nulls, its kind.

A part is frozen and refuses attributes that it does not know. In Python each attribute has one
English name; in JSON it keeps Circe's, which is the same in PascalCase unless `Circe(...)` says
otherwise. Null means "not given" everywhere.
"""

from typing import ClassVar

from pydantic import AliasGenerator, ConfigDict, model_validator
from pydantic.alias_generators import to_pascal
from pydantic.fields import Field, FieldInfo

from analytics.definition_files import FrozenModel


def circe(name: str) -> FieldInfo:
    """What an attribute is called in Circe's JSON, where that is not its name in PascalCase."""
    found: FieldInfo = Field(validation_alias=name, serialization_alias=name)
    return found


class CircePart(FrozenModel):
    """One object of a Circe expression."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_pascal, serialization_alias=to_pascal),
        validate_by_name=True,
        validate_by_alias=True,
    )
    nulls_count: ClassVar[bool] = False
    """Whether null says something of its own here (it does in a limit)."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, given: object) -> object:
        if isinstance(given, dict) and not cls.nulls_count:
            return {name: value for name, value in given.items() if value is not None}
        return given


class WrappedPart(CircePart):
    """A part that Circe writes inside an object of one attribute, the name of its kind."""

    kind: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, given: object) -> object:
        if isinstance(given, dict) and list(given) == [cls.kind]:
            body = given[cls.kind]
            if isinstance(body, dict):
                return {name: value for name, value in body.items() if value is not None}
            return body
        return given


def kind_of(given: object) -> str | None:
    """The kind of a wrapped part: the one attribute of its JSON object, or its class."""
    if isinstance(given, WrappedPart):
        return given.kind
    if isinstance(given, dict) and len(given) == 1:
        return str(next(iter(given)))
    return None
