"""Deaths dated before birth, long before the last visit, or after observation ended."""

from collections.abc import Iterator

import polars as pl

from analytics.simulator.faults.dates import DAYS_BEFORE_BIRTH, move
from analytics.simulator.faults.fault import Fault, KnownPeople, a_few_days
from analytics.simulator.faults.ground import BEFORE_BIRTH, Ground

TABLE, DAY = "death", "death_date"
SHARE = 0.03
TOO_EARLY = ("dead_before_birth", "dead_too_early")
"""Faults after which what happened to people lies after their death."""


def spoiled_deaths(ground: Ground) -> Iterator[Fault]:
    """Faults of `death` that concern its day."""
    if TABLE not in ground.columns:
        return
    inside = {f"{TABLE}.inside_observation": 1}
    yield Fault(
        name="dead_before_birth",
        table=TABLE,
        column=DAY,
        change=_before_birth,
        breaks={ground.about_start(BEFORE_BIRTH, TABLE): 1, **inside},
        share=SHARE,
    )
    yield Fault(
        name="after_observation",
        table=TABLE,
        column=DAY,
        change=_after_observation,
        breaks=inside,
        share=SHARE,
    )
    yield Fault(
        name="dead_too_early", table=TABLE, column=DAY, change=_too_early, breaks={}, share=SHARE
    )


def _known(known: KnownPeople) -> list[str]:
    return [name for name in known.lives.columns if name != "person_id"]


def _before_birth(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    earlier = a_few_days(rows, known, "dead before birth", 3000)
    day = pl.col("born") - pl.duration(days=1 + DAYS_BEFORE_BIRTH + pl.lit(earlier))
    able = known.beside(rows).with_columns(day.alias("day")).filter(pl.col("day").is_not_null())
    return move(able, DAY, pl.col("day"), [*_known(known), "day"])


def _after_observation(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    later = a_few_days(rows, known, "dead after observation", 400)
    day = pl.col("last_end") + pl.duration(days=2 + pl.lit(later))
    able = known.beside(rows).with_columns(day.alias("day")).filter(pl.col("day").is_not_null())
    return move(able, DAY, pl.col("day"), [*_known(known), "day"])


def _too_early(rows: pl.DataFrame, known: KnownPeople) -> pl.DataFrame:
    """The first day observed was written where the day of death belongs."""
    able = known.beside(rows).filter(pl.col("first_start").is_not_null())
    return move(able, DAY, pl.col("first_start"), _known(known))
