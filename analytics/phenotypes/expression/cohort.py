"""A whole cohort expression."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from analytics.phenotypes.expression.concepts import ConceptSet
from analytics.phenotypes.expression.groups import CriteriaGroup, Criterion
from analytics.phenotypes.expression.part import CircePart, WrappedPart, circe, kind_of
from analytics.phenotypes.expression.ranges import Period
from analytics.phenotypes.expression.scalars import Id, Text, WholeNumber

LimitType = Literal["All", "First", "Last"]


class Limit(CircePart):
    """Which events of a person go on: all, the first, the last."""

    nulls_count: ClassVar[bool] = True

    type: Annotated[
        LimitType, BeforeValidator(lambda text: text.title() if isinstance(text, str) else text)
    ] = "First"


class ObservationWindow(CircePart):
    """Days that a person must be observed before and after the entry event."""

    prior_days: WholeNumber = 0
    post_days: WholeNumber = 0


class PrimaryCriteria(CircePart):
    """The entry events."""

    criteria: Annotated[tuple[Criterion, ...], circe("CriteriaList"), Field(min_length=1)]
    observation_window: ObservationWindow
    limit: Annotated[Limit, circe("PrimaryCriteriaLimit")] = Limit()


class InclusionRule(CircePart):
    """A named rule that an entry event must meet."""

    name: Annotated[Text | None, circe("name")] = None
    description: Annotated[Text | None, circe("description")] = None
    expression: Annotated[CriteriaGroup, circe("expression")]


class DateOffset(WrappedPart):
    """The cohort ends a fixed number of days after the start or end of the event."""

    kind: ClassVar[str] = "DateOffset"

    date_field: Literal["StartDate", "EndDate"] = "StartDate"
    offset: WholeNumber = 0


class CustomEra(WrappedPart):
    """The cohort ends with the continuous exposure to a drug that it starts in."""

    kind: ClassVar[str] = "CustomEra"

    drug_concept_set_id: Annotated[Id, circe("DrugCodesetId")]
    gap_days: WholeNumber = 0
    offset: WholeNumber = 0
    days_supply_override: WholeNumber | None = None


EndStrategy = Annotated[
    Annotated[DateOffset, Tag("DateOffset")] | Annotated[CustomEra, Tag("CustomEra")],
    Discriminator(kind_of),
]


class CollapseSettings(CircePart):
    """Cohort periods at most `era_pad` days apart become one."""

    collapse_type: Literal["ERA"] = "ERA"
    era_pad: WholeNumber = 0


class CohortExpression(CircePart):
    """One cohort definition as Circe writes it: who enters, when, and until when."""

    cdm_version_range: Annotated[Text | None, circe("cdmVersionRange")] = None
    title: Text | None = None
    primary_criteria: PrimaryCriteria
    additional_criteria: CriteriaGroup | None = None
    concept_sets: tuple[ConceptSet, ...] = ()
    qualified_limit: Limit = Limit()
    expression_limit: Limit = Limit()
    inclusion_rules: tuple[InclusionRule, ...] = ()
    end_strategy: EndStrategy | None = None
    censoring_criteria: tuple[Criterion, ...] = ()
    collapse_settings: CollapseSettings = CollapseSettings()
    censor_window: Period | None = None
