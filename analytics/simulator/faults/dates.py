"""Events on days on which they cannot have been."""

from collections.abc import Iterator

import polars as pl

from analytics.simulator.faults.fault import (
    Change,
    Fault,
    KnownPeople,
    a_few_days,
    original_and_copy,
)
from analytics.simulator.faults.ground import AFTER_DEATH, BEFORE_BIRTH, END_FIRST, Ground

DAYS_AFTER_DEATH = 60
DAYS_BEFORE_BIRTH = 30
PLANTED_ELSEWHERE = ("observation_period", "death")


def impossible_dates(ground: Ground) -> Iterator[Fault]:
    """For each table of events: ends before starts, and days outside life and observation."""
    for table in ground.columns:
        start, end = ground.start_of(table), ground.end_of(table)
        if table in PLANTED_ELSEWHERE or start is None:
            continue
        reversed_dates = ground.about_start(END_FIRST, table)
        if end is not None and ground.asks(reversed_dates):
            yield Fault(
                name="ends_before_it_starts",
                table=table,
                column=end,
                change=_end_first(table, start, end),
                breaks={reversed_dates: 1},
            )
        yield from _outside(ground, table, start)


def _outside(ground: Ground, table: str, start: str) -> Iterator[Fault]:
    inside = f"{table}.inside_observation"
    also = {inside: 1} if ground.asks(inside) else {}
    if also:
        yield Fault(
            name="outside_observation",
            table=table,
            column=start,
            change=_after_observation(table, start),
            breaks=also,
            share=0.005,
        )
    before = ground.about_start(BEFORE_BIRTH, table)
    if ground.asks(before):
        yield Fault(
            name="before_birth",
            table=table,
            column=start,
            change=_before_birth(table, start),
            breaks={before: 1, **also},
        )
    after = ground.about_start(AFTER_DEATH, table)
    if ground.asks(after):
        yield Fault(
            name="after_death",
            table=table,
            column=start,
            change=_charted_on_the_dead(table, start, ground.contracts[table].grain[0]),
            breaks={after: 1, **also},
        )


def move(rows: pl.DataFrame, start: str, new_start: pl.Expr, known: list[str]) -> pl.DataFrame:
    """One row for each of `rows`, all its dates moved so that it starts on another day.

    `known` are the columns that were added to `rows`, and are dropped again.
    """
    moved_by = (new_start - pl.col(start)).alias("moved by")
    dates = [
        name
        for name, kind in rows.schema.items()
        if kind in (pl.Date, pl.Datetime("us")) and name not in known
    ]
    return (
        rows.with_columns(moved_by)
        .with_columns((pl.col(name) + pl.col("moved by")).alias(name) for name in dates)
        .drop("moved by", *known)
    )


def _end_first(table: str, start: str, end: str) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        back = a_few_days(rows, known, f"end first {table}", 40)
        return rows.with_columns((pl.col(start) - pl.duration(days=pl.lit(back) + 1)).alias(end))

    return _change


def _after_observation(table: str, start: str) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        added = [name for name in known.lives.columns if name != "person_id"]
        later = a_few_days(rows, known, f"outside {table}", 59)
        day = pl.col("last_end") + pl.duration(days=1 + pl.lit(later))
        beside = known.beside(rows).with_columns(day.alias("day"))
        can = pl.col("died").is_null() | (
            pl.col("day") <= pl.col("died") + pl.duration(days=DAYS_AFTER_DEATH)
        )
        able = beside.filter(pl.col("day").is_not_null() & can)
        return move(able, start, pl.col("day"), [*added, "day"])

    return _change


def _before_birth(table: str, start: str) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        added = [name for name in known.lives.columns if name != "person_id"]
        earlier = a_few_days(rows, known, f"before birth {table}", 300)
        day = pl.col("born") - pl.duration(days=1 + DAYS_BEFORE_BIRTH + pl.lit(earlier))
        beside = known.beside(rows).with_columns(day.alias("day"))
        return move(
            beside.filter(pl.col("day").is_not_null()), start, pl.col("day"), [*added, "day"]
        )

    return _change


def _charted_on_the_dead(table: str, start: str, key: str) -> Change:
    """The record is there again, charted on somebody who has been dead for months."""

    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        dead = known.lives.filter(pl.col("died").is_not_null() & pl.col("last_end").is_not_null())
        if dead.is_empty():
            return rows.clear()
        who = a_few_days(rows, known, f"who died {table}", dead.height)
        later = a_few_days(rows, known, f"after death {table}", 200)
        added = [name for name in known.lives.columns if name != "person_id"]
        of_the_dead = pl.concat(
            [rows.drop("person_id"), dead[who.to_numpy()]], how="horizontal"
        ).select(*rows.columns, *added)
        over = pl.max_horizontal(
            pl.col("died") + pl.duration(days=DAYS_AFTER_DEATH), pl.col("last_end")
        )
        copies = move(of_the_dead, start, over + pl.duration(days=1 + pl.lit(later)), added)
        return original_and_copy(rows, copies, new_id=key)

    return _change
