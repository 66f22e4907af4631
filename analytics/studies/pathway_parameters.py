"""How cohort rows become pathways: TreatmentPatterns 3.1.0's parameters, with its defaults.

The names are the package's in snake case. Values may be written its way too: `startDate`, `First`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from analytics.definition_files import FrozenModel
from analytics.errors import near_miss

NO_TREATMENT = "None"
"""The pathway of a person of the target who has no step."""

WholeDays = Annotated[int, Field(ge=0, le=36525)]
ShiftedDays = Annotated[int, Field(ge=-36525, le=36525)]


def in_snake_case(value: object) -> object:
    """`startDate` as `start_date`, `First` as `first`; what is no text stays as it is."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value).lower() if isinstance(value, str) else value


Anchor = Annotated[Literal["start_date", "end_date"], BeforeValidator(in_snake_case)]
EventFilter = Annotated[Literal["first", "changes", "all"], BeforeValidator(in_snake_case)]


class PathwayParameters(FrozenModel):
    """The parameters that decide a person's pathway, whatever the rows come from."""

    start_anchor: Anchor = Field(
        default="start_date", description="Which end of the target's interval opens the window."
    )
    window_start: ShiftedDays = 0
    end_anchor: Anchor = Field(
        default="end_date", description="Which end of the target's interval closes the window."
    )
    window_end: ShiftedDays = 0
    min_era_duration: WholeDays = 0
    min_era_duration_of: tuple[Literal["events", "targets", "exits"], ...] = Field(
        default=("events",),
        description="The rows that min_era_duration holds for; with compat tp31 it is all of them.",
    )
    split_event_cohorts: tuple[int | str, ...] = Field(
        default=(), description="Events to split into acute and therapy by their length."
    )
    split_time: tuple[WholeDays, ...] = Field(
        default=(), description="For each split event, the length from which it is a therapy."
    )
    split_method: Literal["whole", "cut"] = Field(
        default="whole",
        description="whole: a record is acute or therapy by its length; cut: its first split_time "
        "days are acute and the rest is therapy.",
    )
    era_collapse_size: WholeDays = 30
    combination_window: WholeDays = 30
    min_post_combination_duration: WholeDays = 30
    filter_treatments: EventFilter = "first"
    max_path_length: Annotated[int, Field(ge=1, le=100_000)] = 5
    overlap_method: Literal["truncate", "keep"] = "truncate"
    concat_targets: bool = True
    compat: Literal["clean", "tp31"] = Field(
        default="clean",
        description="clean is the documented meaning; tp31 repeats TreatmentPatterns 3.1.0.",
    )

    @model_validator(mode="after")
    def _tp31_cuts_nothing(self) -> "PathwayParameters":
        if self.compat == "tp31" and self.split_method == "cut":
            raise ValueError("split_method: cut is not in TreatmentPatterns. Use compat: clean")
        return self

    def is_held_to_be_long(self, rows: Literal["events", "targets", "exits"]) -> bool:
        """Does min_era_duration hold for rows of that kind?"""
        return self.compat == "tp31" or rows in self.min_era_duration_of

    def asker(self) -> str:
        """What asks: the name that errors begin with."""
        return "the settings"

    def split_events(self) -> tuple[str, ...]:
        """The events to split, by name."""
        return tuple(str(event) for event in self.split_event_cohorts)

    def named_events(self) -> Mapping[int, str]:
        """The events by their number, in the order that breaks ties."""
        raise NotImplementedError


def check_splits(
    events: Sequence[str], split_event_cohorts: Sequence[str], split_time: Sequence[int]
) -> None:
    """Raise unless each split event is one of `events` and has its time."""
    if len(split_event_cohorts) != len(split_time):
        raise ValueError(
            f"split_event_cohorts names {len(split_event_cohorts)} events, "
            f"split_time gives {len(split_time)} lengths: one for each is needed"
        )
    for unknown in sorted(set(split_event_cohorts) - set(events)):
        raise ValueError(
            f"split_event_cohorts: '{unknown}' is not one of the events."
            f"{near_miss(unknown, events)} They are {', '.join(events)}"
        )
