"""What every part of a definition has in common: it is frozen, and an unknown field is a fault."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]*$", description="Lower-case letters, digits and underscores."),
]


Item = TypeVar("Item")


class FrozenModel(BaseModel):
    """A value that checks itself when made and cannot be changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def each_once(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items as they are; raises when one is given twice."""
    for item in items:
        if items.count(item) > 1:
            raise ValueError(f"{item!r} is given twice")
    return items
