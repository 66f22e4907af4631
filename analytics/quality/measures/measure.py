"""What is counted for a check, and the words in which SQL says it.

SQL is what DuckDB and PostgreSQL both understand.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from analytics.contracts.check_clause import Reading
from analytics.contracts.quality_checks import QualityCheck

Dialect = Literal["duckdb", "postgres"]
Catalogue: TypeAlias = Mapping[str, Mapping[str, str]]
"""Table → column → type, all in lower case."""
Need: TypeAlias = tuple[str, str]
"""A column that a question cannot do without: table, column; a table alone is `(table, "")`."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number: an aggregate over a source (what stands behind `from`).

    `rows` is a query for the rows looked at, where these are counted, in the plainest words: for
    the people behind them, and the second way of getting the number.
    """

    source: str
    aggregate: str
    rows: str = ""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What settles a check: how many rows break it, of how many looked at.

    `recorded` is asked where none looked at may mean that records say nothing: such a check is not
    made. `rows` is a query for the breaking rows themselves, in the plainest words: what an
    engineer runs, and the second way of getting the count.
    """

    breaking: Measure
    looked_at: Measure
    rows: str
    needs: tuple[Need, ...]
    recorded: Measure | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All that is counted."""
        return tuple(one for one in (self.breaking, self.looked_at, self.recorded) if one)


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a question depends on besides the contract: the reading, the day, what is there.

    `has_unreadable_births`: somebody's birth, as OHDSI reads it on DuckDB, ends in an error.
    """

    reading: Reading
    today: date
    catalogue: Catalogue
    dialect: Dialect = "duckdb"
    has_unreadable_births: bool = False


Asker: TypeAlias = Callable[[QualityCheck, Circumstances], Asking]


def is_there(needs: Iterable[Need], catalogue: Catalogue) -> bool:
    """Whether all these tables and columns are in the CDM."""
    return all(
        table in catalogue and (not column or column in catalogue[table]) for table, column in needs
    )


def quoted(name: str) -> str:
    """A name that may be a word of SQL (`offset`)."""
    return f'"{name}"'


def literal(text: str | None) -> str:
    """A text as SQL writes it."""
    return "'" + (text or "").replace("'", "''") + "'"


def count_where(condition: str) -> str:
    """How many rows of a source meet a condition."""
    return f"count(*) filter (where {condition})"


def sum_where(condition: str) -> str:
    """How many rows stand behind the rows of a grouped source that meet a condition."""
    return f"coalesce(sum(t.n) filter (where {condition}), 0)"


def as_day(expression: str) -> str:
    """A date, or the date of a moment."""
    return f"cast({expression} as date)"


def day_to_count_from(expression: str, given: Circumstances) -> str:
    """A date that days are added to: as it lies there for OHDSI, whom a text then fails."""
    return expression if given.reading == "dqd" else as_day(expression)


def table_of(check: QualityCheck) -> str:
    """The rows of the check's table, as `t`."""
    return f"{quoted(check.table)} as t"


def column_of(check: QualityCheck) -> str:
    """The check's column, of `t`."""
    return f"t.{quoted(check.column)}"


def all_rows(check: QualityCheck) -> Measure:
    """Rows of the table."""
    return Measure(source=table_of(check), aggregate="count(*)", rows=rows_of(check))


def filled_rows(check: QualityCheck) -> Measure:
    """Rows in which the column has a value."""
    is_filled = f"{column_of(check)} is not null"
    return Measure(
        source=table_of(check),
        aggregate=f"count({column_of(check)})",
        rows=rows_of(check, is_filled),
    )


def rows_of(check: QualityCheck, condition: str = "true") -> str:
    """A query for the rows of the check's table that meet a condition."""
    return f"select t.* from {table_of(check)} where {condition}"


def own(check: QualityCheck, *columns: str | None) -> tuple[Need, ...]:
    """The check's own column and others of its table."""
    names = (check.field or "", *(column for column in columns if column))
    return tuple((check.table, name) for name in names)


def by_value(check: QualityCheck) -> str:
    """Each different value of the column once, as `v`, with its number of rows, as `t`."""
    return (
        f"(select {quoted(check.column)} as v, count(*) as n from {quoted(check.table)} "
        "group by 1) as t"
    )


def rows_where(check: QualityCheck, condition: str, looked_at: Measure) -> Asking:
    """A condition on single rows of the table, which needs nothing but the column."""
    return Asking(
        breaking=Measure(source=table_of(check), aggregate=count_where(condition)),
        looked_at=looked_at,
        rows=rows_of(check, condition),
        needs=own(check),
    )
