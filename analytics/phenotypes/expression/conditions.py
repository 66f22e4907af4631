"""Criteria about conditions, and about death."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import EventCriterion
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, TextFilter
from analytics.phenotypes.expression.scalars import Flag, Id


class ConditionOccurrence(EventCriterion):
    """Records of a condition."""

    kind: ClassVar[str] = "ConditionOccurrence"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("ConditionSourceConcept")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    end_date: Annotated[DateRange | None, circe("OccurrenceEndDate")] = None
    record_types: Annotated[Concepts, circe("ConditionType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("ConditionTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("ConditionTypeExclude")] = False
    stop_reason: TextFilter | None = None
    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
    provider_specialties: Annotated[Concepts, circe("ProviderSpecialty")] = ()
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    visits: Annotated[Concepts, circe("VisitType")] = ()
    visit_concept_set: Annotated[ConceptSetSelection | None, circe("VisitTypeCS")] = None
    condition_statuses: Annotated[Concepts, circe("ConditionStatus")] = ()
    condition_status_concept_set: Annotated[
        ConceptSetSelection | None, circe("ConditionStatusCS")
    ] = None


class ConditionEra(EventCriterion):
    """Eras of a condition, as the CDM has them."""

    kind: ClassVar[str] = "ConditionEra"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("EraStartDate")] = None
    end_date: Annotated[DateRange | None, circe("EraEndDate")] = None
    occurrence_count: NumericRange | None = None
    length_days: Annotated[NumericRange | None, circe("EraLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None


class Death(EventCriterion):
    """Death, and its cause."""

    kind: ClassVar[str] = "Death"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("DeathSourceConcept")] = None
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("DeathType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("DeathTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("DeathTypeExclude")] = False
    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
