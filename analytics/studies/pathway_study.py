"""A pathway study: which treatments follow which, for a target cohort.

Its parameters are TreatmentPatterns 3.1.0's (`pathway_parameters.py`).
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.definition_files import FrozenModel, Name
from analytics.studies.pathway_parameters import PathwayParameters, check_splits

EventName = Annotated[str, Field(min_length=1, pattern=r"^[^+\-]+$")]


class PathwayEvent(FrozenModel):
    """Where the records of a treatment come from, and the name they bear in a pathway.

    Of a concept set of drugs they are the eras that we build of its members (an ingredient, a
    class: whatever the set holds with its descendants), of one of another domain its events; of a
    cohort its rows.
    """

    concept_set: Name | None = Field(default=None, description="Of drugs, procedures, …; or cohort")
    cohort: Name | None = Field(default=None, description="A cohort, instead of a concept set.")
    event: EventName = Field(
        description="Name shown in pathways; without '-', which joins steps, and '+', which joins "
        "the parts of a combination."
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> "PathwayEvent":
        if (self.concept_set is None) == (self.cohort is None):
            given = "neither" if self.concept_set is None else "both"
            raise ValueError(
                f"event '{self.event}' has {given} of concept_set and cohort: give one of them"
            )
        return self


class PathwayExit(FrozenModel):
    """A cohort that ends or marks a pathway (a death), and its name there."""

    cohort: Name
    event: EventName


class PathwayStudy(PathwayParameters):
    """A question about the past: the ordered treatments of each person of the target."""

    name: Name
    kind: Literal["pathway"]
    title: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    target: Name = Field(description="Cohort whose treatments are followed.")
    events: Annotated[tuple[PathwayEvent, ...], Field(min_length=1)]
    exits: tuple[PathwayExit, ...] = ()
    split_event_cohorts: tuple[str, ...] = Field(
        default=(), description="Events to split into acute and therapy by their length."
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20200101

    @model_validator(mode="after")
    def _events_are_told_apart(self) -> "PathwayStudy":
        names = [event.event for event in self.events] + [end.event for end in self.exits]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"event name '{repeated[0]}' is given to two events")
        return self

    @model_validator(mode="after")
    def _each_split_has_its_time(self) -> "PathwayStudy":
        names = [event.event for event in self.events]
        check_splits(names, self.split_events(), self.split_time)
        return self

    def asker(self) -> str:
        """The study's name."""
        return self.name

    def named_events(self) -> Mapping[int, str]:
        """The events by their place in the study, from 1."""
        return {place: event.event for place, event in enumerate(self.events, start=1)}
