"""The words in which a contract states the checks of OHDSI's data quality.

A check is a `quality` entry of type `custom` (the standard's word for what a tool of one's own
does): its name is one of OHDSI's check types, its `implementation` says what the check compares
with, its threshold and the versions of the CDM in which it holds.
"""

from typing import Annotated, Literal

from pydantic import Field

from analytics.contracts.clause import Clause, ColumnOfTable, HouseClause, Name, Share

CdmVersion = Literal["5.3", "5.4"]
CDM_VERSIONS: tuple[CdmVersion, ...] = ("5.3", "5.4")
Reading = Literal["catchment", "dqd"]
READINGS: tuple[Reading, ...] = ("catchment", "dqd")
Percent = Annotated[float, Field(ge=0, le=100)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
CheckName = Literal[
    "measurePersonCompleteness",
    "measureConditionEraCompleteness",
    "measureObservationPeriodOverlap",
    "measureValueCompleteness",
    "isForeignKey",
    "fkDomain",
    "fkClass",
    "isStandardValidConcept",
    "standardConceptRecordCompleteness",
    "sourceConceptRecordCompleteness",
    "sourceValueCompleteness",
    "plausibleValueLow",
    "plausibleValueHigh",
    "plausibleTemporalAfter",
    "plausibleDuringLife",
    "withinVisitDates",
    "plausibleAfterBirth",
    "plausibleBeforeDeath",
    "plausibleStartBeforeEnd",
    "plausibleGender",
    "plausibleGenderUseDescendants",
    "plausibleUnitConceptIds",
]
WORDS_OF: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "isForeignKey": (frozenset({"to"}), frozenset()),
    "fkDomain": (frozenset({"domain"}), frozenset()),
    "fkClass": (frozenset({"concept_class"}), frozenset()),
    "standardConceptRecordCompleteness": (frozenset(), frozenset({"source_value"})),
    "sourceConceptRecordCompleteness": (frozenset(), frozenset({"source_value"})),
    "sourceValueCompleteness": (frozenset({"standard_concept"}), frozenset()),
    "plausibleValueLow": (frozenset({"low"}), frozenset()),
    "plausibleValueHigh": (frozenset({"high"}), frozenset()),
    "plausibleTemporalAfter": (frozenset({"after"}), frozenset()),
    "plausibleStartBeforeEnd": (frozenset({"end"}), frozenset()),
    "plausibleGender": (frozenset({"concepts"}), frozenset()),
    "plausibleGenderUseDescendants": (frozenset({"concepts"}), frozenset()),
    "plausibleUnitConceptIds": (frozenset({"concepts"}), frozenset()),
}
"""Of each check that takes more than a threshold: the words it must have, those it may have."""


class CheckWords(HouseClause):
    """What a check compares with.

    `threshold` is the percentage of rows that may break it (none: no row may), `limit_share` the
    share above which a study stops (none: as all of its kind). A check that holds
    in one reading only says so: `dqd` is OHDSI's rule to the letter, `catchment` with its defects
    mended. `after` is `birth` or a column; `high` may be `tomorrow` or `next year`. `concepts` is a
    table in `data_contracts/checks/`. Columns go by their names in CDM 5.4.
    """

    threshold: Percent | None = None
    limit_share: Share | None = None
    versions: Annotated[list[CdmVersion], Field(min_length=1)] = list(CDM_VERSIONS)
    readings: Annotated[list[Reading], Field(min_length=1)] = list(READINGS)
    to: ColumnOfTable | None = None
    domain: str | None = None
    concept_class: str | None = None
    source_value: Name | None = None
    standard_concept: Name | None = None
    low: int | float | Day | None = None
    high: int | float | Literal["tomorrow", "next year"] | None = None
    after: Name | None = None
    end: Name | None = None
    concepts: Annotated[str, Field(pattern=r"^[a-z_]+\.csv$")] | None = None


class CheckClause(Clause):
    """One of OHDSI's checks, asked of this table or column."""

    name: CheckName
    type: Literal["custom"]
    engine: Literal["catchment"]
    implementation: CheckWords


class CdmTypeProperty(Clause):
    """The column's type as CDM 5.4 writes it; only columns that have it are the CDM's own."""

    property: Literal["cdmType"]
    value: Annotated[str, Field(min_length=1)]


class CdmTypeIn53Property(Clause):
    """The column's type as CDM 5.3 writes it, where that differs."""

    property: Literal["cdmTypeIn53"]
    value: Annotated[str, Field(min_length=1)]


class CdmNameIn53Property(Clause):
    """What CDM 5.3 calls the column, where that differs; one of its aliases."""

    property: Literal["cdmNameIn53"]
    value: Name


class CdmVersionsProperty(Clause):
    """The versions of the CDM that have the column or table; all that we know unless said."""

    property: Literal["cdmVersions"]
    value: Annotated[list[CdmVersion], Field(min_length=1)]
