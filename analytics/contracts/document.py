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
from analytics.contracts.clause import Clause, ColumnOfTable, Name, Share
from analytics.contracts.disclosure_clauses import DisclosureClause


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
