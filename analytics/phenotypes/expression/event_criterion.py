"""What every kind of criterion has in common."""

from typing import TYPE_CHECKING, Annotated

from analytics.phenotypes.expression.part import WrappedPart, circe
from analytics.phenotypes.expression.ranges import DateAdjustment

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
