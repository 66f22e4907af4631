"""People who were born on no day, whom nobody observes, and birthdays known in part only."""

from collections.abc import Iterator

import polars as pl

from analytics.simulator.faults.fault import Fault, KnownPeople, original_and_copy
from analytics.simulator.faults.ground import Ground

TABLE = "person"
PARTS_SHARE = 0.05


def spoiled_people(ground: Ground) -> Iterator[Fault]:
    """Faults of `person` that concern it alone."""
    yield Fault(
        name="born_on_no_day",
        table=TABLE,
        column="day_of_birth",
        change=_born_on_no_day,
        breaks={f"{TABLE}.born_on_a_real_day": 1},
    )
    yield Fault(
        name="birthday_unknown",
        table=TABLE,
        column="day_of_birth",
        change=_birthday_unknown,
        share=PARTS_SHARE,
    )
    if ground.asks(f"{TABLE}.is_observed"):
        yield Fault(
            name="never_observed",
            table=TABLE,
            column=None,
            change=_never_observed,
            breaks={f"{TABLE}.is_observed": 1},
            share=0.005,
        )


def _born_on_no_day(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    return rows.with_columns(
        pl.lit(2, pl.Int32).alias("month_of_birth"), pl.lit(30, pl.Int32).alias("day_of_birth")
    )


def _birthday_unknown(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    knows = rows.filter(pl.col("day_of_birth").is_not_null())
    return knows.with_columns(
        pl.lit(None, pl.Int32).alias("month_of_birth"),
        pl.lit(None, pl.Int32).alias("day_of_birth"),
        pl.lit(None).cast(rows.schema["birth_datetime"]).alias("birth_datetime"),
    )


def _never_observed(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """Somebody like them was registered and never came."""
    return original_and_copy(rows, rows, new_id="person_id")
