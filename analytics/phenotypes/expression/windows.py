"""When an event must come, relative to another, and how often."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from analytics.phenotypes.expression.part import CircePart, circe
from analytics.phenotypes.expression.scalars import Flag, WholeNumber, as_whole_number

HowOften = Literal["exactly", "at most", "at least"]
CountedColumn = Literal[
    "DAYS_SUPPLY",
    "DOMAIN_CONCEPT",
    "DOMAIN_SOURCE_CONCEPT",
    "DURATION",
    "END_DATE",
    "ERA_OCCURRENCES",
    "GAP_DAYS",
    "QUANTITY",
    "RANGE_HIGH",
    "RANGE_LOW",
    "REFILLS",
    "START_DATE",
    "UNIT",
    "VALUE_AS_NUMBER",
    "VISIT_ID",
    "VISIT_DETAIL_ID",
]


class Endpoint(CircePart):
    """One end of a window: `days` before (`coefficient` -1) or after (1) the index.

    Without `days` the window is open on that side: all days before, or all days after.
    """

    days: WholeNumber | None = None
    coefficient: Annotated[Literal[-1, 0, 1], BeforeValidator(as_whole_number), circe("Coeff")] = 0

    @property
    def offset(self) -> int | None:
        """Days from the index, negative before it; None where the window is open."""
        return None if self.days is None else self.coefficient * self.days


class StartWindow(CircePart):
    """The days, relative to the index, on which an event must start (or end)."""

    start: Endpoint
    end: Endpoint
    use_index_end: Flag = False
    """The days count from the end of the index event, not from its start."""
    use_event_end: Flag = False
    """The end of the event must lie in the window, not its start."""


class EndWindow(CircePart):
    """A second window; where it says nothing else, it is about the end of the event."""

    start: Endpoint
    end: Endpoint
    use_index_end: Flag = False
    use_event_end: Flag = True


class Occurrence(CircePart):
    """How many events must be found in the window."""

    type: Annotated[Literal[0, 1, 2], BeforeValidator(as_whole_number)] = 0
    count: WholeNumber = 0
    is_distinct: Flag = False
    """Count different values of `count_column` (the concept when none is named), not events."""
    count_column: CountedColumn | None = None

    @property
    def how_often(self) -> HowOften:
        """`type` in words."""
        words: dict[int, HowOften] = {0: "exactly", 1: "at most", 2: "at least"}
        return words[self.type]
