"""What every kind of criterion has in common, and what records and eras have."""

from typing import TYPE_CHECKING, Annotated

from analytics.phenotypes.expression.concepts import Concepts, ConceptSetSelection
from analytics.phenotypes.expression.part import WrappedPart, circe
from analytics.phenotypes.expression.ranges import DateAdjustment, DateRange, NumericRange
from analytics.phenotypes.expression.scalars import Flag, Id

if TYPE_CHECKING:
    from analytics.phenotypes.expression.groups import CriteriaGroup


class EventCriterion(WrappedPart):
    """Events of one table that a person may have.

    Attributes that end in `concept_set_id` point at a concept set of the expression; those that
    end in `concept_set` select by one; those named in the plural are lists of concepts, of which
    the event has one. All attributes that are given must hold.
    """

    correlated_criteria: "CriteriaGroup | None" = None
    """What else must be true of the person around the event."""
    date_adjustment: Annotated[DateAdjustment | None, circe("DateAdjustment")] = None


class RecordOfPerson(EventCriterion):
    """Records of a table: the person's age on the day, and sex."""

    age: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None


class RecordInCare(RecordOfPerson):
    """Records that are made in a visit, by somebody."""

    provider_specialties: Annotated[Concepts, circe("ProviderSpecialty")] = ()
    provider_specialty_concept_set: Annotated[
        ConceptSetSelection | None, circe("ProviderSpecialtyCS")
    ] = None
    visits: Annotated[Concepts, circe("VisitType")] = ()
    visit_concept_set: Annotated[ConceptSetSelection | None, circe("VisitTypeCS")] = None


class EraCriterion(EventCriterion):
    """Eras, as the CDM has them."""

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    first_only: Annotated[Flag, circe("First")] = False
    start_date: Annotated[DateRange | None, circe("EraStartDate")] = None
    end_date: Annotated[DateRange | None, circe("EraEndDate")] = None
    length_days: Annotated[NumericRange | None, circe("EraLength")] = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    genders: Annotated[Concepts, circe("Gender")] = ()
    gender_concept_set: Annotated[ConceptSetSelection | None, circe("GenderCS")] = None
