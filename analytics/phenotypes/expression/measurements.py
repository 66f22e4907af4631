"""Criteria about what was measured, observed, done and sampled."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import RecordInCare, RecordOfPerson
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, TextFilter
from analytics.phenotypes.expression.scalars import Flag, Id


class Measurement(RecordInCare):
    """Records of a measurement."""

    kind: ClassVar[str] = "Measurement"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("MeasurementSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("MeasurementType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("MeasurementTypeCS")] = (
        None
    )
    record_types_are_excluded: Annotated[Flag, circe("MeasurementTypeExclude")] = False
    operators: Annotated[Concepts, circe("Operator")] = ()
    operator_concept_set: Annotated[ConceptSetSelection | None, circe("OperatorCS")] = None
    value_as_number: NumericRange | None = None
    value_concepts: Annotated[Concepts, circe("ValueAsConcept")] = ()
    value_concept_set: Annotated[ConceptSetSelection | None, circe("ValueAsConceptCS")] = None
    units: Annotated[Concepts, circe("Unit")] = ()
    unit_concept_set: Annotated[ConceptSetSelection | None, circe("UnitCS")] = None
    range_low: NumericRange | None = None
    range_high: NumericRange | None = None
    range_low_ratio: NumericRange | None = None
    range_high_ratio: NumericRange | None = None
    is_abnormal: Annotated[Flag, circe("Abnormal")] = False


class Observation(RecordInCare):
    """Records of an observation."""

    kind: ClassVar[str] = "Observation"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("ObservationSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("ObservationType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("ObservationTypeCS")] = (
        None
    )
    record_types_are_excluded: Annotated[Flag, circe("ObservationTypeExclude")] = False
    value_as_number: NumericRange | None = None
    value_as_string: TextFilter | None = None
    value_concepts: Annotated[Concepts, circe("ValueAsConcept")] = ()
    value_concept_set: Annotated[ConceptSetSelection | None, circe("ValueAsConceptCS")] = None
    qualifiers: Annotated[Concepts, circe("Qualifier")] = ()
    qualifier_concept_set: Annotated[ConceptSetSelection | None, circe("QualifierCS")] = None
    units: Annotated[Concepts, circe("Unit")] = ()
    unit_concept_set: Annotated[ConceptSetSelection | None, circe("UnitCS")] = None


class ProcedureOccurrence(RecordInCare):
    """Records of a procedure."""

    kind: ClassVar[str] = "ProcedureOccurrence"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("ProcedureSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("ProcedureType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("ProcedureTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("ProcedureTypeExclude")] = False
    modifiers: Annotated[Concepts, circe("Modifier")] = ()
    modifier_concept_set: Annotated[ConceptSetSelection | None, circe("ModifierCS")] = None
    quantity: NumericRange | None = None


class Specimen(RecordOfPerson):
    """Records of a specimen."""

    kind: ClassVar[str] = "Specimen"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("SpecimenSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("SpecimenType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("SpecimenTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("SpecimenTypeExclude")] = False
    quantity: NumericRange | None = None
    units: Annotated[Concepts, circe("Unit")] = ()
    unit_concept_set: Annotated[ConceptSetSelection | None, circe("UnitCS")] = None
    anatomic_sites: Annotated[Concepts, circe("AnatomicSite")] = ()
    anatomic_site_concept_set: Annotated[ConceptSetSelection | None, circe("AnatomicSiteCS")] = None
    disease_statuses: Annotated[Concepts, circe("DiseaseStatus")] = ()
    disease_status_concept_set: Annotated[ConceptSetSelection | None, circe("DiseaseStatusCS")] = (
        None
    )
    source_id: TextFilter | None = None
