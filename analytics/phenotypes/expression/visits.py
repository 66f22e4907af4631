"""Criteria about visits, and about the spans and places that a person lived in."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import EventCriterion, RecordOfPerson
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, Period
from analytics.phenotypes.expression.scalars import Flag, Id


class VisitOccurrence(RecordOfPerson):
    """Records of a visit."""

    kind: ClassVar[str] = "VisitOccurrence"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("VisitSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    end_date: Annotated[DateRange | None, circe("OccurrenceEndDate")] = None
    record_types: Annotated[Concepts, circe("VisitType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("VisitTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("VisitTypeExclude")] = False
    length_days: Annotated[NumericRange | None, circe("VisitLength")] = None
    provider_specialties: Annotated[Concepts, circe("ProviderSpecialty")] = ()
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    places_of_service: Annotated[Concepts, circe("PlaceOfService")] = ()
    place_of_service_concept_set: Annotated[
        ConceptSetSelection | None, circe("PlaceOfServiceCS")
    ] = None
    place_of_service_location_concept_set_id: Annotated[
        Id | None, circe("PlaceOfServiceLocation")
    ] = None


class VisitDetail(EventCriterion):
    """Records of a part of a visit."""

    kind: ClassVar[str] = "VisitDetail"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("VisitDetailSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("VisitDetailStartDate")] = None
    end_date: Annotated[DateRange | None, circe("VisitDetailEndDate")] = None
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("VisitDetailTypeCS")] = (
        None
    )
    length_days: Annotated[NumericRange | None, circe("VisitDetailLength")] = None
    age: NumericRange | None = None
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    place_of_service_concept_set: Annotated[
        ConceptSetSelection | None, circe("PlaceOfServiceCS")
    ] = None
    place_of_service_location_concept_set_id: Annotated[
        Id | None, circe("PlaceOfServiceLocation")
    ] = None


class ObservationPeriod(EventCriterion):
    """Observation periods; `user_defined_period` takes the place of their own dates."""

    kind: ClassVar[str] = "ObservationPeriod"

    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("PeriodStartDate")] = None
    end_date: Annotated[DateRange | None, circe("PeriodEndDate")] = None
    user_defined_period: Period | None = None
    record_types: Annotated[Concepts, circe("PeriodType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("PeriodTypeCS")] = None
    length_days: Annotated[NumericRange | None, circe("PeriodLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None


class PayerPlanPeriod(EventCriterion):
    """Periods with a payer; `user_defined_period` takes the place of their own dates."""

    kind: ClassVar[str] = "PayerPlanPeriod"

    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("PeriodStartDate")] = None
    end_date: Annotated[DateRange | None, circe("PeriodEndDate")] = None
    user_defined_period: Period | None = None
    length_days: Annotated[NumericRange | None, circe("PeriodLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    payer_concept_set_id: Annotated[Id | None, circe("PayerConcept")] = None
    plan_concept_set_id: Annotated[Id | None, circe("PlanConcept")] = None
    sponsor_concept_set_id: Annotated[Id | None, circe("SponsorConcept")] = None
    stop_reason_concept_set_id: Annotated[Id | None, circe("StopReasonConcept")] = None
    payer_source_concept_set_id: Annotated[Id | None, circe("PayerSourceConcept")] = None
    plan_source_concept_set_id: Annotated[Id | None, circe("PlanSourceConcept")] = None
    sponsor_source_concept_set_id: Annotated[Id | None, circe("SponsorSourceConcept")] = None
    stop_reason_source_concept_set_id: Annotated[Id | None, circe("StopReasonSourceConcept")] = None


class LocationRegion(EventCriterion):
    """Regions that a person lived in."""

    kind: ClassVar[str] = "LocationRegion"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    start_date: Annotated[DateRange | None, circe("StartDate")] = None
    end_date: Annotated[DateRange | None, circe("EndDate")] = None
