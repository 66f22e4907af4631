"""A pathway study: which treatments follow which, for a target cohort.

The settings are TreatmentPatterns 3.1.0's, in snake case, with its defaults.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.definition_files import FrozenModel, Name

Anchor = Literal["start_date", "end_date"]
WholeDays = Annotated[int, Field(ge=0, le=36525)]


class PathwayEvent(FrozenModel):
    """A drug concept set, and the name its eras bear in a pathway."""

    concept_set: Name
    event: Annotated[str, Field(min_length=1, pattern=r"^[^+\-]+$")] = Field(
        description="Name shown in pathways; without '-', which joins steps, and '+', which joins "
        "the parts of a combination."
    )


class PathwayStudy(FrozenModel):
    """A question about the past: the ordered treatments of each person of the target."""

    name: Name
    kind: Literal["pathway"]
    title: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    target: Name = Field(description="Cohort whose treatments are followed.")
    events: Annotated[tuple[PathwayEvent, ...], Field(min_length=1)]
    start_anchor: Anchor = Field(
        default="start_date", description="Which end of the target's interval opens the window."
    )
    window_start: Annotated[int, Field(ge=-36525, le=36525)] = 0
    end_anchor: Anchor = Field(
        default="end_date", description="Which end of the target's interval closes the window."
    )
    window_end: Annotated[int, Field(ge=-36525, le=36525)] = 0
    min_era_duration: WholeDays = 0
    split_event_cohorts: tuple[str, ...] = Field(
        default=(), description="Events to split into acute and therapy by their length."
    )
    split_time: tuple[WholeDays, ...] = Field(
        default=(), description="For each split event, the length from which it is a therapy."
    )
    era_collapse_size: WholeDays = 30
    combination_window: WholeDays = 30
    min_post_combination_duration: WholeDays = 30
    filter_treatments: Literal["first", "changes", "all"] = "first"
    max_path_length: Annotated[int, Field(ge=1, le=100_000)] = 5
    overlap_method: Literal["truncate", "keep"] = "truncate"
    concat_targets: bool = True
    compat: Literal["clean", "tp31"] = Field(
        default="clean",
        description="clean is the documented meaning; tp31 repeats TreatmentPatterns 3.1.0.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20200101

    @model_validator(mode="after")
    def _events_are_told_apart(self) -> "PathwayStudy":
        names = [event.event for event in self.events]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"event name '{repeated[0]}' is given to two concept sets")
        return self

    @model_validator(mode="after")
    def _each_split_has_its_time(self) -> "PathwayStudy":
        if len(self.split_event_cohorts) != len(self.split_time):
            raise ValueError(
                f"split_event_cohorts names {len(self.split_event_cohorts)} events, "
                f"split_time gives {len(self.split_time)} lengths: one for each is needed"
            )
        unknown = set(self.split_event_cohorts) - {event.event for event in self.events}
        if unknown:
            raise ValueError(f"split_event_cohorts: '{min(unknown)}' is not one of the events")
        return self
