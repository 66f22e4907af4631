"""Criteria about drugs and devices."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import EventCriterion
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, TextFilter
from analytics.phenotypes.expression.scalars import Flag, Id


class DrugExposure(EventCriterion):
    """Records of a drug."""

    kind: ClassVar[str] = "DrugExposure"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("DrugSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    end_date: Annotated[DateRange | None, circe("OccurrenceEndDate")] = None
    record_types: Annotated[Concepts, circe("DrugType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("DrugTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("DrugTypeExclude")] = False
    stop_reason: TextFilter | None = None
    refills: NumericRange | None = None
    quantity: NumericRange | None = None
    days_supply: NumericRange | None = None
    routes: Annotated[Concepts, circe("RouteConcept")] = ()
    route_concept_set: Annotated[ConceptSetSelection | None, circe("RouteConceptCS")] = None
    effective_dose: Annotated[NumericRange | None, circe("EffectiveDrugDose")] = None
    dose_units: Annotated[Concepts, circe("DoseUnit")] = ()
    dose_unit_concept_set: Annotated[ConceptSetSelection | None, circe("DoseUnitCS")] = None
    lot_number: TextFilter | None = None
    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    provider_specialties: Annotated[Concepts, circe("ProviderSpecialty")] = ()
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    visits: Annotated[Concepts, circe("VisitType")] = ()
    visit_concept_set: Annotated[ConceptSetSelection | None, circe("VisitTypeCS")] = None


class DrugEra(EventCriterion):
    """Eras of a drug, as the CDM has them."""

    kind: ClassVar[str] = "DrugEra"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("EraStartDate")] = None
    end_date: Annotated[DateRange | None, circe("EraEndDate")] = None
    occurrence_count: NumericRange | None = None
    gap_days: NumericRange | None = None
    length_days: Annotated[NumericRange | None, circe("EraLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None


class DoseEra(EventCriterion):
    """Eras of a drug at a constant dose, as the CDM has them."""

    kind: ClassVar[str] = "DoseEra"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("EraStartDate")] = None
    end_date: Annotated[DateRange | None, circe("EraEndDate")] = None
    units: Annotated[Concepts, circe("Unit")] = ()
    unit_concept_set: Annotated[ConceptSetSelection | None, circe("UnitCS")] = None
    dose_value: NumericRange | None = None
    length_days: Annotated[NumericRange | None, circe("EraLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None


class DeviceExposure(EventCriterion):
    """Records of a device."""

    kind: ClassVar[str] = "DeviceExposure"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("DeviceSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    end_date: Annotated[DateRange | None, circe("OccurrenceEndDate")] = None
    record_types: Annotated[Concepts, circe("DeviceType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("DeviceTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("DeviceTypeExclude")] = False
    unique_device_id: TextFilter | None = None
    quantity: NumericRange | None = None
    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    provider_specialties: Annotated[Concepts, circe("ProviderSpecialty")] = ()
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    visits: Annotated[Concepts, circe("VisitType")] = ()
    visit_concept_set: Annotated[ConceptSetSelection | None, circe("VisitTypeCS")] = None
