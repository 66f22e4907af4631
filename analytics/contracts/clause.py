"""What every part of a contract file has in common: unknown words are refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
ColumnOfTable = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class Clause(BaseModel):
    """Any part of a contract file: camelCase as in the standard, unknown words refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False, strict=True
    )


class HouseClause(BaseModel):
    """A part of a contract that is our own (a custom property's value): snake_case."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
