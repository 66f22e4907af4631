"""The fields of a settings file, as they are written. Each says what is wrong with it, by line."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from analytics.definition_files import FrozenModel, each_once
from analytics.features.analysis import (
    BY_OVERLAP,
    OF_RANGES,
    OF_VALUES,
    EventMeasure,
    MatchedBy,
)
from analytics.features.concept_choice import NamedGroups
from analytics.features.domains import EVENT_DOMAINS, Domain
from analytics.features.settings.windows import AskedWindow, WrittenWindow

Fact = Literal["sex", "age", "prior_observation", "race", "ethnicity", "index_year", "index_month"]
Score = Literal[
    "charlson",
    "charlson_quan_2011",
    "dcsi",
    "chads2",
    "cha2ds2_vasc",
    "hospital_frailty",
    "lace",
    "hospital",
]
ConceptOrSet = int | str


class WrittenCohort(FrozenModel):
    """A cohort of the CDM's `cohort` table that is a covariate."""

    id: int = Field(description="Its cohort_definition_id.")
    name: Annotated[str, Field(min_length=1)] = Field(description="What its covariate is called.")


class WrittenAnalysis(FrozenModel):
    """One kind of event, measured in some ways, in some windows."""

    id: int = Field(
        description="The analysis id of the first measure in the first window; the others count "
        "on from it, all windows of a measure before the next measure."
    )
    name: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="What the events are of; else each concept's own name."
    )
    domain: Domain
    measures: Annotated[tuple[EventMeasure, ...], AfterValidator(each_once)] = Field(min_length=1)
    windows: Annotated[tuple[AskedWindow, ...], AfterValidator(each_once)] = Field(
        default=(WrittenWindow(first_day=None),),
        min_length=1,
        description="Days back from the end day (365), any, or days by index (-90 to -31).",
    )
    matched_by: MatchedBy = Field(
        default="start",
        description="Whether an event is in the window by its start, or by any overlap with it.",
    )
    by: Literal["concept", "domain"] = Field(
        default="concept", description="A covariate for each concept, or one for all of them."
    )
    include: tuple[ConceptOrSet, ...] = Field(
        default=(), description="Concepts and concept sets to read; all where there are none."
    )
    exclude: tuple[ConceptOrSet, ...] = Field(
        default=(), description="Concepts and concept sets to leave out."
    )
    include_descendants: bool = Field(
        default=True, description="Whether concepts named by their id bring their descendants."
    )
    exclude_descendants: bool | None = Field(
        default=None, description="The same of those left out, where it is not the same."
    )
    roll_up: NamedGroups | tuple[ConceptOrSet, ...] | None = Field(
        default=None,
        description="FeatureExtraction's condition_groups or drug_groups, or ancestor concepts.",
    )
    cohorts: tuple[WrittenCohort, ...] = Field(
        default=(), description="Of domain cohort: the cohorts to make covariates of."
    )

    @model_validator(mode="after")
    def _measures_that_the_domain_has(self) -> "WrittenAnalysis":
        domain = EVENT_DOMAINS[self.domain]
        lacking = [
            measure
            for measure in self.measures
            if (measure in OF_VALUES and not domain.has_values)
            or (measure == "value_as_concept" and not domain.has_values)
            or (measure in OF_RANGES and not domain.has_ranges)
            or (measure == "days_within" and not domain.lasts)
        ]
        if lacking:
            raise ValueError(f"domain {self.domain} has no {', '.join(lacking)}")
        if self.matched_by == "overlap":
            if not domain.lasts:
                raise ValueError(f"events of domain {self.domain} have no end: match by start")
            if others := [each for each in self.measures if each not in BY_OVERLAP]:
                raise ValueError(f"{', '.join(others)} cannot be matched by overlap")
        return self

    @model_validator(mode="after")
    def _one_thing_measured(self) -> "WrittenAnalysis":
        mixed = [m for m in self.measures if m in OF_VALUES or m == "value_as_concept"]
        if self.by == "domain" and mixed:
            raise ValueError(
                f"{', '.join(mixed)} of all concepts together would mix values of different "
                "things: leave out `by: domain`, or name one concept"
            )
        if (self.domain == "cohort") != bool(self.cohorts):
            raise ValueError("cohorts are named where the domain is cohort, and only there")
        if self.domain == "cohort" and (self.include or self.exclude or self.roll_up is not None):
            raise ValueError("cohorts have no concepts to include, exclude or roll up")
        return self


class WrittenSettings(FrozenModel):
    """A settings file."""

    end_day: int = Field(
        default=-1, description="The last day, relative to index, of windows that name no other."
    )
    is_day_0_allowed: bool = Field(
        default=False, description="Whether windows may reach the index day or go beyond it."
    )
    prespecified: (
        Literal["featureextraction-default", "featureextraction-all"] | tuple[int, ...]
    ) = Field(default=(), description="Analyses of FeatureExtraction: a preset, or their ids.")
    people: Annotated[tuple[Fact, ...], AfterValidator(each_once)] = Field(
        default=(), description="Facts about the person and the index date."
    )
    scores: Annotated[tuple[Score, ...], AfterValidator(each_once)] = Field(
        default=(), description="Named clinical scores."
    )
    include: tuple[ConceptOrSet, ...] = Field(
        default=(), description="Concepts and concept sets that all analyses read."
    )
    exclude: tuple[ConceptOrSet, ...] = Field(
        default=(), description="Concepts and concept sets that all analyses leave out."
    )
    include_descendants: bool = Field(
        default=True, description="Whether those named by their id bring their descendants."
    )
    exclude_descendants: bool | None = Field(
        default=None, description="The same of those left out, where it is not the same."
    )
    units: Literal["harmonised", "as_recorded"] = Field(
        default="harmonised",
        description="Whether measured values are taken in the one unit of their concept "
        "(data_contracts/units), what cannot be set aside, or as they were recorded.",
    )
    analyses: tuple[WrittenAnalysis, ...] = ()
