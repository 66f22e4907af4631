"""The shape of a contract file: the words of the Open Data Contract Standard that we read.

A word that is not here is an error, so that no clause is silently ignored.
"""

from typing import Annotated, Literal

from pydantic import Field

from analytics.contracts.check_clause import (
    CdmNameIn53Property,
    CdmTypeIn53Property,
    CdmTypeProperty,
    CdmVersionsProperty,
    CheckClause,
)
from analytics.contracts.clause import Clause, ColumnOfTable, HouseClause, Name

Share = Annotated[float, Field(ge=0, le=1)]
Value = str | int | float | bool


class AliasesProperty(Clause):
    """Names under which older CDM versions carry the column."""

    property: Literal["aliases"]
    value: list[Name]


class MustExistProperty(Clause):
    """Whether the column may not be left out."""

    property: Literal["mustExist"]
    value: bool


class LimitShareProperty(Clause):
    """The share of rows that may break a clause before `run` stops."""

    property: Literal["limitShare"]
    value: Share


ColumnProperty = Annotated[
    AliasesProperty
    | MustExistProperty
    | LimitShareProperty
    | CdmTypeProperty
    | CdmTypeIn53Property
    | CdmNameIn53Property
    | CdmVersionsProperty,
    Field(discriminator="property"),
]


class Relationship(Clause):
    """A foreign key: `to: table.column`."""

    type: Literal["foreignKey"] = "foreignKey"
    to: ColumnOfTable


class RuleClause(Clause):
    """A rule in SQL that counts the rows which break it."""

    name: Name
    type: Literal["sql"]
    description: Annotated[str, Field(min_length=1)]
    query: str
    must_be: Literal[0]
    severity: Literal["error", "warning"] = "warning"
    dimension: str | None = None
    custom_properties: list[LimitShareProperty] = []


Quality = Annotated[RuleClause | CheckClause, Field(discriminator="type")]


class Property(Clause):
    """A column."""

    name: Name
    logical_type: Literal["integer", "number", "string", "date", "timestamp", "boolean"]
    physical_type: Literal["integer", "bigint", "double", "varchar", "date", "timestamp", "boolean"]
    description: Annotated[str, Field(min_length=1)]
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int | None = None
    relationships: list[Relationship] = []
    quality: list[Quality] = []
    custom_properties: list[ColumnProperty] = []


class Table(Clause):
    """The table that the contract is about."""

    name: Name
    physical_type: Literal["table", "view"]
    description: Annotated[str, Field(min_length=1)]
    properties: Annotated[list[Property], Field(min_length=1)]
    quality: list[Quality] = []


Quantity = Annotated[str, Field(min_length=1)]
Values = dict[Name, str | int | bool]
AnyOf = dict[Name, Annotated[list[str], Field(min_length=1)]]


class AddsUpClause(HouseClause):
    """Rows that sum to a total row, or to a count of theirs or a quantity shown elsewhere."""

    over: Name
    within: list[Name] = []
    total: Values = {}
    total_counts: dict[Name, Quantity] = {}
    overlaps: AnyOf = {}


class PartOfClause(HouseClause):
    """A count that is a part of each of the quantities which a column lists."""

    count: Name
    column: Name
    quantity: Quantity


class PairClause(HouseClause):
    """A count and a part of it; either may be a quantity shown elsewhere."""

    total: Quantity
    part: Quantity
    rest: Name | None = None
    by_person: bool = False
    where: Values = {}
    at: Literal["every", "first", "last"] = "every"
    may_differ: bool = False
    never_small: bool = False


class SameAsClause(HouseClause):
    """A count that other rows or marts show too, under the name of a quantity."""

    count: Name
    quantity: Quantity
    where: Values = {}
    at: Literal["every", "first", "last"] = "every"
    is_told: bool = False
    may_differ: bool = False


class DerivedClause(HouseClause):
    """Columns computed from counts, where the columns in `where` have one of the values given."""

    columns: Annotated[list[Name], Field(min_length=1)]
    counts: Annotated[list[Name], Field(min_length=1)]
    where: AnyOf = {}


class ComparedClause(HouseClause):
    """Columns that compare a value with that of a reference row."""

    columns: Annotated[list[Name], Field(min_length=1)]
    of: Name
    group: Name
    reference: Name


class ToldAnywayClause(HouseClause):
    """Derived columns that may be shown where counts are withheld, if these are known not small."""

    columns: Annotated[list[Name], Field(min_length=1)]
    decimals: Annotated[int, Field(ge=0, le=6)]
    at_least: Annotated[dict[Name, int], Field(min_length=1)]
    where: AnyOf = {}


class SaidInsteadClause(HouseClause):
    """What a column says where a value is withheld."""

    column: Name
    of: Name
    words: Annotated[str, Field(min_length=1)]


class JudgedClause(HouseClause):
    """Words that tell how many people there were before a step."""

    column: Name
    fewest: int
    too_few: Annotated[str, Field(min_length=1)]
    instead: Annotated[str, Field(min_length=1)]


class RoughlyClause(HouseClause):
    """A count that is shown to the nearest multiple of the smallest cell, or not at all."""

    count: Name
    multiple: Annotated[int, Field(ge=2)]
    block: list[Name]
    step: Name
    over: Name
    judged: JudgedClause


class DisclosureClause(HouseClause):
    """The `disclosure` of a mart."""

    level: Literal["aggregate", "person", "none"]
    key: list[Name] = []
    people: Name | None = None
    counts: list[Name] = []
    adds_up: list[AddsUpClause] = []
    parts_of: list[PartOfClause] = []
    pairs: list[PairClause] = []
    sequence: Name | None = None
    derives: list[DerivedClause] = []
    compares: list[ComparedClause] = []
    told_anyway: list[ToldAnywayClause] = []
    says_instead: list[SaidInsteadClause] = []
    same_as: list[SameAsClause] = []
    people_behind: dict[Name, Name] = {}
    rounded: list[Name] = []
    roughly: RoughlyClause | None = None
    never_small: list[Name] = []
    about_nobody: AnyOf = {}


class GrainProperty(Clause):
    """The columns that make a row one."""

    property: Literal["grain"]
    value: list[Name]


class DisclosureProperty(Clause):
    """How the mart is suppressed when published."""

    property: Literal["disclosure"]
    value: DisclosureClause


class IsOptionalProperty(Clause):
    """Whether a CDM may lack the whole table."""

    property: Literal["isOptional"]
    value: bool


class LandedWhereProperty(Clause):
    """Which rows are copied into a workspace, as a condition in SQL."""

    property: Literal["landedWhere"]
    value: Annotated[str, Field(min_length=1)]


class IsLandedProperty(Clause):
    """Whether the table is copied into a workspace at all."""

    property: Literal["isLanded"]
    value: bool


class IsCheckedByDefaultProperty(Clause):
    """Whether the checks of the table are asked when nobody names it."""

    property: Literal["isCheckedByDefault"]
    value: bool


ContractProperty = Annotated[
    GrainProperty
    | DisclosureProperty
    | IsOptionalProperty
    | LandedWhereProperty
    | IsLandedProperty
    | IsCheckedByDefaultProperty
    | CdmVersionsProperty,
    Field(discriminator="property"),
]


class Description(Clause):
    """Why the table exists; `purpose` opens with "One row for each"."""

    purpose: Annotated[str, Field(pattern=r"^One row for each ")]
    usage: str | None = None
    limitations: str | None = None


class Document(Clause):
    """A whole contract file."""

    api_version: Literal["v3.0.2", "v3.1.0"]
    kind: Literal["DataContract"]
    id: Annotated[str, Field(min_length=1)]
    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["active", "draft", "deprecated"]
    description: Description
    table: Annotated[list[Table], Field(alias="schema", min_length=1, max_length=1)]
    custom_properties: list[ContractProperty] = []
