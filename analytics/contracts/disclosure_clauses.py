"""The words in which a mart's contract says how it is disclosed.

What they mean is said in `analytics/disclosure/rule.py`.
"""

from typing import Annotated, Literal

from pydantic import Field

from analytics.contracts.clause import HouseClause, Name

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
