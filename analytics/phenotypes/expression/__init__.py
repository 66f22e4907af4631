"""A Circe cohort expression as typed, frozen values: one class for each object of its schema.

English names in Python, Circe's names in JSON. `CohortExpression` is the whole; `Criterion` is
any of the sixteen kinds of criterion; `kind` tells them apart.
"""

from analytics.phenotypes.expression.cohort import (
    CohortExpression,
    CollapseSettings,
    CustomEra,
    DateOffset,
    EndStrategy,
    InclusionRule,
    Limit,
    ObservationWindow,
    PrimaryCriteria,
)
from analytics.phenotypes.expression.concepts import (
    Concept,
    Concepts,
    ConceptSet,
    ConceptSetExpression,
    ConceptSetItem,
    ConceptSetSelection,
)
from analytics.phenotypes.expression.conditions import ConditionEra, ConditionOccurrence, Death
from analytics.phenotypes.expression.drugs import DeviceExposure, DoseEra, DrugEra, DrugExposure
from analytics.phenotypes.expression.event_criterion import EventCriterion
from analytics.phenotypes.expression.groups import (
    KINDS,
    CorrelatedCriterion,
    CriteriaGroup,
    Criterion,
    DemographicCriterion,
)
from analytics.phenotypes.expression.measurements import (
    Measurement,
    Observation,
    ProcedureOccurrence,
    Specimen,
)
from analytics.phenotypes.expression.part import CircePart
from analytics.phenotypes.expression.ranges import (
    DateAdjustment,
    DateRange,
    NumericRange,
    Period,
    TextFilter,
)
from analytics.phenotypes.expression.visits import (
    LocationRegion,
    ObservationPeriod,
    PayerPlanPeriod,
    VisitDetail,
    VisitOccurrence,
)
from analytics.phenotypes.expression.windows import (
    Endpoint,
    EndWindow,
    Occurrence,
    StartWindow,
)

__all__ = [
    "KINDS",
    "CircePart",
    "CohortExpression",
    "CollapseSettings",
    "Concept",
    "ConceptSet",
    "ConceptSetExpression",
    "ConceptSetItem",
    "ConceptSetSelection",
    "Concepts",
    "ConditionEra",
    "ConditionOccurrence",
    "CorrelatedCriterion",
    "CriteriaGroup",
    "Criterion",
    "CustomEra",
    "DateAdjustment",
    "DateOffset",
    "DateRange",
    "Death",
    "DemographicCriterion",
    "DeviceExposure",
    "DoseEra",
    "DrugEra",
    "DrugExposure",
    "EndStrategy",
    "EndWindow",
    "Endpoint",
    "EventCriterion",
    "InclusionRule",
    "Limit",
    "LocationRegion",
    "Measurement",
    "NumericRange",
    "Observation",
    "ObservationPeriod",
    "ObservationWindow",
    "Occurrence",
    "PayerPlanPeriod",
    "Period",
    "PrimaryCriteria",
    "ProcedureOccurrence",
    "Specimen",
    "StartWindow",
    "TextFilter",
    "VisitDetail",
    "VisitOccurrence",
]
