"""Criteria put together: any kind of criterion, correlated criteria, groups of them."""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Tag, model_validator

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.conditions import ConditionEra, ConditionOccurrence, Death
from analytics.phenotypes.expression.drugs import DeviceExposure, DoseEra, DrugEra, DrugExposure
from analytics.phenotypes.expression.event_criterion import EventCriterion
from analytics.phenotypes.expression.measurements import (
    Measurement,
    Observation,
    ProcedureOccurrence,
    Specimen,
)
from analytics.phenotypes.expression.part import CircePart, circe, kind_of
from analytics.phenotypes.expression.ranges import DateRange, NumericRange
from analytics.phenotypes.expression.scalars import Flag, WholeNumber
from analytics.phenotypes.expression.visits import (
    LocationRegion,
    ObservationPeriod,
    PayerPlanPeriod,
    VisitDetail,
    VisitOccurrence,
)
from analytics.phenotypes.expression.windows import EndWindow, Occurrence, StartWindow

GroupType = Literal["ALL", "ANY", "AT_LEAST", "AT_MOST"]
Criterion = Annotated[
    Annotated[ConditionEra, Tag("ConditionEra")]
    | Annotated[ConditionOccurrence, Tag("ConditionOccurrence")]
    | Annotated[Death, Tag("Death")]
    | Annotated[DeviceExposure, Tag("DeviceExposure")]
    | Annotated[DoseEra, Tag("DoseEra")]
    | Annotated[DrugEra, Tag("DrugEra")]
    | Annotated[DrugExposure, Tag("DrugExposure")]
    | Annotated[LocationRegion, Tag("LocationRegion")]
    | Annotated[Measurement, Tag("Measurement")]
    | Annotated[Observation, Tag("Observation")]
    | Annotated[ObservationPeriod, Tag("ObservationPeriod")]
    | Annotated[PayerPlanPeriod, Tag("PayerPlanPeriod")]
    | Annotated[ProcedureOccurrence, Tag("ProcedureOccurrence")]
    | Annotated[Specimen, Tag("Specimen")]
    | Annotated[VisitDetail, Tag("VisitDetail")]
    | Annotated[VisitOccurrence, Tag("VisitOccurrence")],
    Discriminator(kind_of),
]
"""One of the sixteen kinds of criterion."""


class CorrelatedCriterion(CircePart):
    """Events of a criterion around an index event: when, and how many."""

    criterion: Annotated[Criterion, circe("Criteria")]
    start_window: StartWindow
    end_window: EndWindow | None = None
    occurrence: Occurrence
    restrict_visit: Flag = False
    """The event belongs to the same visit as the index event."""
    ignore_observation_period: Flag = False
    """The event may lie outside the observation period of the index event."""


class DemographicCriterion(CircePart):
    """Who the person is at the index event; all attributes that are given must hold."""

    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    races: Annotated[Concepts, circe("Race")] = ()
    race_concept_set: Annotated[ConceptSetSelection | None, circe("RaceCS")] = None
    ethnicities: Annotated[Concepts, circe("Ethnicity")] = ()
    ethnicity_concept_set: Annotated[ConceptSetSelection | None, circe("EthnicityCS")] = None
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    end_date: Annotated[DateRange | None, circe("OccurrenceEndDate")] = None


class CriteriaGroup(CircePart):
    """Criteria of which all, any, at least or at most `count` must hold."""

    type: Annotated[
        GroupType, BeforeValidator(lambda text: text.upper() if isinstance(text, str) else text)
    ] = "ALL"
    count: WholeNumber | None = None
    criteria: Annotated[tuple[CorrelatedCriterion, ...], circe("CriteriaList")] = ()
    demographic_criteria: Annotated[
        tuple[DemographicCriterion, ...], circe("DemographicCriteriaList")
    ] = ()
    groups: tuple["CriteriaGroup", ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked, so that every event passes."""
        return not (self.criteria or self.demographic_criteria or self.groups)

    @model_validator(mode="before")
    @classmethod
    def _type_is_given(cls, given: object) -> object:
        """Only a group that asks nothing may leave out how much of it must hold."""
        parts = ("CriteriaList", "DemographicCriteriaList", "Groups")
        if isinstance(given, dict) and any(map(given.get, parts)) and given.get("Type") is None:
            raise ValueError("Type is missing: it must be one of ALL, ANY, AT_LEAST, AT_MOST")
        return given

    @model_validator(mode="after")
    def _count_is_given(self) -> "CriteriaGroup":
        if self.type in ("AT_LEAST", "AT_MOST") and self.count is None and not self.is_empty:
            raise ValueError(f"Type {self.type!r} needs a Count")
        return self


KINDS: tuple[type[EventCriterion], ...] = tuple(
    get_args(choice)[0] for choice in get_args(get_args(Criterion)[0])
)
"""The classes of the sixteen kinds, by name."""

for _kind in KINDS:
    _kind.model_rebuild(_types_namespace={"CriteriaGroup": CriteriaGroup})
