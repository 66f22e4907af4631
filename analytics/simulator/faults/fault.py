"""What a fault is: which rows it changes, how, and which clauses each changed row breaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

import polars as pl

from analytics.simulator.draws import Draws

ROW = "row in the file"
COPY = "is a copy"
ADDED = 9_000_000_000
"""Ids of rows that a fault adds: this and the number of the row that it stands beside."""


@dataclass(frozen=True, kw_only=True)
class KnownPeople:
    """What a fault must know of people and of chance.

    `lives`: one row for each person with `person_id`, `born` (null where it cannot be told),
    `first_start` and `last_end` of observation, and `died` (null also where the death was
    spoiled). `wrong_deaths`: one row for each person whose death was dated too early, with
    `person_id` and `died`.
    """

    draws: Draws
    lives: pl.DataFrame
    wrong_deaths: pl.DataFrame

    def beside(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row for each of `rows`, in their order, with what is known of its person."""
        return rows.join(self.lives, on="person_id", how="left", maintain_order="left")


Change = Callable[[pl.DataFrame, KnownPeople], pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault of one column (or of the whole row) of one table.

    `change` takes the chosen rows and gives back those it could spoil, and rows it adds beside
    them (`COPY` true); rows that it leaves out stay as they are. `breaks` says how many rows each
    spoiled one makes break a clause, by check id; empty where no clause looks for the fault.
    `share` of the table's rows are spoiled, but no more than `at_most`.
    """

    name: str
    table: str
    column: str | None
    change: Change
    breaks: Mapping[str, int] = field(default_factory=dict)
    share: float = 0.001
    at_most: int | None = None


def nowhere(table: str) -> pl.Expr:
    """An id that no row has, for references of each row of a table; tables share none of them."""
    return pl.col(ROW) + (1_000_000_000_000 + crc32(table.encode()) * 1_000_000_000)


def original_and_copy(
    rows: pl.DataFrame, copies: pl.DataFrame, *, new_id: str | None = None
) -> pl.DataFrame:
    """One row for each of `rows` and of `copies`; a copy gets a new id in the column `new_id`."""
    if new_id is not None:
        copies = copies.with_columns(pl.col(ROW).add(ADDED).alias(new_id))
    copies = copies.with_columns(pl.lit(value=True).alias(COPY))
    return pl.concat([rows, copies.cast(rows.schema)])


def a_few_days(rows: pl.DataFrame, known: KnownPeople, purpose: str, most: int) -> pl.Series:
    """A whole number from 0 to `most` - 1 for each row, by its place in the file."""
    drawn = known.draws.uniform(f"days of {purpose}", rows[ROW].to_numpy())
    return pl.Series("days", drawn * most).cast(pl.Int64)
