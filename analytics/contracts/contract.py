"""What a contract says, as frozen values: the table, its columns, its rules, its disclosure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.contracts.check_clause import CDM_VERSIONS, READINGS, CdmVersion, Reading
from analytics.disclosure import DisclosureRule

Bound = int | float | str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A check of OHDSI's data quality, as a contract states it.

    `column` is None where it is about the whole table. `threshold` is a percentage; None: no row
    may break it. `limit_share` is the share (0 to 1) above which a study stops; None: as its kind
    says. The rest is what the check compares with (see `check_clause.CheckWords`);
    columns go by their names in CDM 5.4.
    """

    name: str
    column: str | None = None
    threshold: float | None = None
    limit_share: float | None = None
    versions: tuple[CdmVersion, ...] = CDM_VERSIONS
    readings: tuple[Reading, ...] = READINGS
    to: str | None = None
    domain: str | None = None
    concept_class: str | None = None
    source_value: str | None = None
    standard_concept: str | None = None
    low: Bound | None = None
    high: Bound | None = None
    after: str | None = None
    end: str | None = None
    concepts: str | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a contract.

    `is_required` forbids nulls in a column that is there; `must_exist` forbids leaving the column
    out (a column that may be absent is read as null). `references` is `table.column` or None.
    `aliases` are names under which older CDM versions carry the column. `limit_share` is the share
    of rows (0 to 1) that may break a clause of this column before `run` stops; None never stops.
    `cdm_types` are its types in the versions of the CDM that have it, as those write them; a column
    without is not the CDM's own. `name_in_53` is what CDM 5.3 calls it.
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
    cdm_types: Mapping[CdmVersion, str] = field(default_factory=dict)
    name_in_53: str | None = None

    def name_in(self, version: CdmVersion) -> str:
        """What that version of the CDM calls the column."""
        return self.name_in_53 if self.name_in_53 and version == "5.3" else self.name


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
    into a workspace (a condition in SQL; empty for all), `is_landed` whether any is. `checks` are
    those of OHDSI's data quality that no other clause implies, `cdm_versions` the versions of the
    CDM that have the table, `is_checked_by_default` whether they are asked when nobody names it.
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
    is_landed: bool = True
    checks: tuple[Asked, ...] = ()
    cdm_versions: tuple[CdmVersion, ...] = ()
    is_checked_by_default: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the contract's order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)
