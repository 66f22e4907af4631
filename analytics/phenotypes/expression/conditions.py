"""Criteria about conditions, and about death."""

from typing import Annotated, ClassVar

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.event_criterion import (
    EraCriterion,
    RecordInCare,
    RecordOfPerson,
)
from analytics.phenotypes.expression.part import circe
from analytics.phenotypes.expression.ranges import DateRange, NumericRange, TextFilter
from analytics.phenotypes.expression.scalars import Flag, Id


class ConditionOccurrence(RecordInCare):
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
    condition_statuses: Annotated[Concepts, circe("ConditionStatus")] = ()
    condition_status_concept_set: Annotated[
        ConceptSetSelection | None, circe("ConditionStatusCS")
    ] = None


class ConditionEra(EraCriterion):
    """Eras of a condition, as the CDM has them."""

    kind: ClassVar[str] = "ConditionEra"

    occurrence_count: NumericRange | None = None


class Death(RecordOfPerson):
    """Death, and its cause."""

    kind: ClassVar[str] = "Death"

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    source_concept_set_id: Annotated[Id | None, circe("DeathSourceConcept")] = None
    start_date: Annotated[DateRange | None, circe("OccurrenceStartDate")] = None
    record_types: Annotated[Concepts, circe("DeathType")] = ()
    record_type_concept_set: Annotated[ConceptSetSelection | None, circe("DeathTypeCS")] = None
    record_types_are_excluded: Annotated[Flag, circe("DeathTypeExclude")] = False
