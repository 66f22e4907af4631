"""What a contract says, as frozen values: the table, its columns, its rules, its disclosure."""

from dataclasses import dataclass

from analytics.disclosure import DisclosureRule


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a contract.

    `is_required` forbids nulls in a column that is there; `must_exist` forbids leaving the column
    out (a column that may be absent is read as null). `references` is `table.column` or None.
    `aliases` are names under which older CDM versions carry the column. `limit_share` is the share
    of rows (0 to 1) that may break a clause of this column before `run` stops; None never stops.
    """

    name: str
    logical_type: str
    physical_type: str
    description: str
    is_required: bool = False
    must_exist: bool = False
    is_unique: bool = False
    is_key: bool = False
    references: str | None = None
    aliases: tuple[str, ...] = ()
    limit_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule over the rows of a table, as SQL that counts the rows which break it.

    `query` begins with `select count(*) from ${table}`, so that the same text can list the keys
    of the breaking rows. Tables in it go by their plain names. `column` is set where the rule
    belongs to one column.
    """

    name: str
    description: str
    query: str
    column: str | None = None
    limit_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A promise about one table: its grain, columns, rules and (marts) its disclosure.

    `grain_sentence` opens with "One row for each"; `grain` are the columns that make a row one
    (empty where the source promises no key). `is_optional`: a CDM may lack the whole table;
    `limitations` says what cannot be known without it; `landed_where` which of its rows are copied
    into a workspace (a condition in SQL; empty for all).
    """

    name: str
    layer: str
    version: str
    grain_sentence: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    disclosure: DisclosureRule | None = None
    is_optional: bool = False
    limitations: str = ""
    landed_where: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the contract's order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)
