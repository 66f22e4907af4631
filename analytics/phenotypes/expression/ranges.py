"""What an attribute is compared with: ranges of numbers and days, texts, periods, moved dates."""

from typing import Annotated, Literal

from pydantic import model_validator

from analytics.phenotypes.expression.part import CircePart, circe
from analytics.phenotypes.expression.scalars import Day, Number, Text, WholeNumber

Comparison = Literal["lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt"]
TextComparison = Literal[
    "contains", "!contains", "startsWith", "!startsWith", "endsWith", "!endsWith", "eq", "!eq"
]
EventDate = Literal["START_DATE", "END_DATE"]


class NumericRange(CircePart):
    """A number compared with `value`; between `value` and `extent`, both inclusive, for `bt`."""

    comparison: Annotated[Comparison, circe("Op")]
    value: Number
    extent: Number | None = None

    @model_validator(mode="after")
    def _between_has_two_ends(self) -> "NumericRange":
        if self.comparison.endswith("bt") and self.extent is None:
            raise ValueError(f"Op {self.comparison!r} (between) needs an Extent, the upper end")
        return self


class DateRange(CircePart):
    """A day compared with `value`; between `value` and `extent`, both inclusive, for `bt`."""

    comparison: Annotated[Comparison, circe("Op")]
    value: Day
    extent: Day | None = None

    @model_validator(mode="after")
    def _between_has_two_ends(self) -> "DateRange":
        if self.comparison.endswith("bt") and self.extent is None:
            raise ValueError(f"Op {self.comparison!r} (between) needs an Extent, the last day")
        return self


class TextFilter(CircePart):
    """A text that contains, starts with, ends with or equals another; `!` says it does not."""

    comparison: Annotated[TextComparison, circe("Op")]
    text: Text


class Period(CircePart):
    """A span of days, both inclusive; an end that is not given is open."""

    start_date: Day | None = None
    end_date: Day | None = None


class DateAdjustment(CircePart):
    """The start and end of an event, moved: days after its own start or end date."""

    start_with: EventDate = "START_DATE"
    start_offset: WholeNumber = 0
    end_with: EventDate = "END_DATE"
    end_offset: WholeNumber = 0
