"""Criteria about drugs and devices."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import EraCriterion, RecordInCare
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, TextFilter
from analytics.phenotypes.expression.scalars import Flag, Id


class DrugExposure(RecordInCare):
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


class DrugEra(EraCriterion):
    """Eras of a drug, as the CDM has them."""

    kind: ClassVar[str] = "DrugEra"

    occurrence_count: NumericRange | None = None
    gap_days: NumericRange | None = None


class DoseEra(EraCriterion):
    """Eras of a drug at a constant dose, as the CDM has them."""

    kind: ClassVar[str] = "DoseEra"

    units: Annotated[Concepts, circe("Unit")] = ()
    unit_concept_set: Annotated[ConceptSetSelection | None, circe("UnitCS")] = None
    dose_value: NumericRange | None = None


class DeviceExposure(RecordInCare):
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
