"""A pathway study: which treatments follow which, for a target cohort.

Its parameters are TreatmentPatterns 3.1.0's (`pathway_parameters.py`).
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.definition_files import FrozenModel, Name
from analytics.studies.pathway_parameters import PathwayParameters, check_splits
from analytics.studies.study import Domain

EventName = Annotated[str, Field(min_length=1, pattern=r"^[^+\-]+$")]
EventSource = Literal["drug_era", "episode"] | Domain
"""Which records of its concepts an event is made of; `drug` are single exposures."""


class PathwayEvent(FrozenModel):
    """Where the records of a treatment come from, and the name they bear in a pathway.

    Of a cohort they are its rows; of a concept set or of concepts the records of `source`: eras of
    drugs (an ingredient, a class: whatever lies below the concepts), procedures, other events, or
    the episodes whose object is one of the concepts. A set of drugs is read as eras, one of another
    domain as its events, unless `source` says otherwise.
    """

    concept_set: Name | None = Field(default=None, description="A file of seeds/concept_sets.")
    concepts: tuple[Annotated[int, Field(gt=0)], ...] = Field(
        default=(),
        description="Concept ids, each with all that concept_ancestor has below it, instead of a "
        "concept set; an ingredient or a class. Needs a source.",
    )
    cohort: Name | None = Field(default=None, description="A cohort, instead of concepts.")
    source: EventSource | None = Field(
        default=None, description="Which records of the concepts: drug_era, procedure, episode, …"
    )
    event: EventName = Field(
        description="Name shown in pathways; without '-', which joins steps, and '+', which joins "
        "the parts of a combination."
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> "PathwayEvent":
        given = [name for name in ("concept_set", "concepts", "cohort") if getattr(self, name)]
        if len(given) != 1:
            said = " and ".join(given) or "none"
            raise ValueError(
                f"event '{self.event}' has {said} of concept_set, concepts and cohort: "
                "give one of them"
            )
        if self.cohort and self.source:
            raise ValueError(
                f"event '{self.event}' has the source {self.source}, but is made of the rows of "
                f"the cohort {self.cohort}: leave the source out"
            )
        if self.concepts and self.source is None:
            raise ValueError(
                f"event '{self.event}' names concepts and not which records of them to read: "
                "add a source, such as drug_era or procedure"
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
    drug_eras: Literal["cdm", "built"] = Field(
        default="cdm",
        description="cdm: the CDM's own drug_era, or eras that we build where it has none; built: "
        "eras that we build of exposures, whatever the CDM has.",
    )
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
