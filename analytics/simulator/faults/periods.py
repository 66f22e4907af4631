"""Observation periods that are nobody's, overlap, touch, or end before they start.

No fault takes observed time away, so that the events of a person stay inside it: a period is
split, or one is added beside it.
"""

from collections.abc import Iterator

import polars as pl

from analytics.contracts.quality_checks import check_id_of
from analytics.simulator.faults.fault import (
    ADDED,
    ROW,
    Change,
    Fault,
    KnownPeople,
    nowhere,
    original_and_copy,
)
from analytics.simulator.faults.ground import END_FIRST, Ground

TABLE = "observation_period"
KEY, START, END = f"{TABLE}_id", f"{TABLE}_start_date", f"{TABLE}_end_date"
ORPHAN_SHARE = 0.02


def spoiled_periods(ground: Ground) -> Iterator[Fault]:
    """Every fault of `observation_period` but the row that is there twice."""
    if TABLE not in ground.columns:
        return
    none = pl.lit(None)
    shortly_before = (_before(20).alias(START), _before(10).alias(END))
    yield _missing(KEY, _added(none.alias(KEY), *shortly_before))
    yield _missing("person_id", _added(none.alias("person_id")))
    yield _missing(START, _added(none.cast(pl.Date).alias(START)))
    yield _missing(END, _added(_before(25).alias(START), none.cast(pl.Date).alias(END)))
    of_type = "period_type_concept_id"
    yield _missing(of_type, _in_place(none.alias(of_type)))
    of_nobody = check_id_of("isForeignKey", TABLE, "person_id")
    if ground.asks(of_nobody):
        yield Fault(
            name="person_not_there",
            table=TABLE,
            column="person_id",
            change=_added(nowhere(TABLE).alias("person_id")),
            breaks={of_nobody: 1},
            share=ORPHAN_SHARE,
        )
    yield _fault(
        "ends_before_it_starts",
        END,
        ground.about_start(END_FIRST, TABLE),
        _added(_before(40).alias(START), _before(50).alias(END)),
    )
    yield _fault("overlaps", START, f"{TABLE}.does_not_overlap", _overlapping)
    yield _fault("split_in_two", START, f"{TABLE}.is_not_adjacent", _split)


def _missing(column: str, change: Change) -> Fault:
    return _fault("missing_value", column, check_id_of("isRequired", TABLE, column), change)


def _fault(name: str, column: str, check_id: str, change: Change) -> Fault:
    return Fault(
        name=name, table=TABLE, column=column, change=change, breaks={check_id: 1}, share=0.004
    )


def _before(days: int) -> pl.Expr:
    return pl.col(START) - pl.duration(days=days)


def _first_of_people(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """The chosen rows that are the first period of their person, and last for a month or more."""
    first = known.lives.select("person_id", pl.col("first_start").alias(START))
    return rows.join(first, on=["person_id", START], how="semi", maintain_order="left").filter(
        pl.col(END) >= pl.col(START) + pl.duration(days=30)
    )


def _added(*values: pl.Expr) -> Change:
    """A copy of the first period of a person, with these values and (unless given) a new id."""

    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        first = _first_of_people(rows, known)
        new_id = (pl.col(ROW) + ADDED).alias(KEY)
        copies = first.with_columns(new_id).with_columns(values)
        return original_and_copy(first, copies)

    return _change


def _in_place(*values: pl.Expr) -> Change:
    def _change(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
        return rows.with_columns(values).cast(rows.schema)

    return _change


def _overlapping(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    first = _first_of_people(rows, known)
    copies = first.with_columns(
        (pl.col(START) + pl.duration(days=7)).alias(START),
        (pl.col(START) + pl.duration(days=21)).alias(END),
    )
    return original_and_copy(first, copies, new_id=KEY)


def _split(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    first = _first_of_people(rows, known)
    half = (pl.col(END) - pl.col(START)).dt.total_days() // 2
    middle = pl.col(START) + pl.duration(days=half)
    earlier = first.with_columns(middle.alias(END))
    later = first.with_columns((middle + pl.duration(days=1)).alias(START))
    return original_and_copy(earlier, later, new_id=KEY)
