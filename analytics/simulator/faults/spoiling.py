"""Spoil a written CDM: the faults that real CDMs have, each counted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl

from analytics.simulator.draws import Draws
from analytics.simulator.faults.dates import impossible_dates
from analytics.simulator.faults.deaths import TOO_EARLY, spoiled_deaths
from analytics.simulator.faults.duplicates import duplicates
from analytics.simulator.faults.fault import Fault, KnownPeople
from analytics.simulator.faults.ground import Ground, survey
from analytics.simulator.faults.missing import missing_values, second_source
from analytics.simulator.faults.people import spoiled_people
from analytics.simulator.faults.periods import spoiled_periods
from analytics.simulator.faults.planted import Faults, PlantedFault, in_order, write_faults
from analytics.simulator.faults.references import (
    dangling_references,
    local_concepts,
    unmapped_concepts,
)
from analytics.simulator.faults.structure import spoil_structure
from analytics.simulator.faults.tables import FAULT, Spoiled, spoil_table
from analytics.simulator.faults.values import wrong_values

Level = Literal["rows", "structural"]
FAMILIES = (
    missing_values,
    second_source,
    duplicates,
    dangling_references,
    unmapped_concepts,
    local_concepts,
    impossible_dates,
    spoiled_periods,
    spoiled_people,
    spoiled_deaths,
    wrong_values,
)
FIRST = ("observation_period", "person", "death")
"""What later faults must know: when people were observed, born, and died."""
_NO_DEATHS = pl.DataFrame(schema={"person_id": pl.Int64, "died": pl.Date})


def spoil(folder: Path, seed: int, *, level: Level = "rows") -> Faults:
    """Plant faults in the Parquet files of `folder`, in place, and write `truth/faults.json`.

    `level="rows"` breaks every clause about rows that `catchment check` asks of this CDM, and
    adds faults that no clause looks for; what remains can still be built and run.
    `level="structural"` plants only faults for which `build` or `run` refuses a CDM. Which rows
    are spoiled depends on the seed and the tables alone; each row is spoiled once. Files are
    read and written row group by row group.
    """
    ground = survey(folder)
    draws = Draws(seed=seed)
    if level == "structural":
        planted, n_rows = spoil_structure(ground, draws)
    else:
        planted, n_rows = _spoil_rows(ground, draws)
    faults = Faults(seed=seed, level=level, planted=in_order(planted), n_rows=n_rows)
    write_faults(faults, folder)
    return faults


def list_faults(ground: Ground) -> list[Fault]:
    """Every fault about rows that fits this CDM, in a fixed order."""
    return [fault for family in FAMILIES for fault in family(ground)]


def _spoil_rows(ground: Ground, draws: Draws) -> tuple[list[PlantedFault], dict[str, int]]:
    faults = list_faults(ground)
    planted: list[PlantedFault] = []
    n_rows: dict[str, int] = {}
    known = KnownPeople(draws=draws, lives=_observed(ground), wrong_deaths=_NO_DEATHS)
    for table in _tables_in_order(ground):
        own = [fault for fault in faults if fault.table == table]
        if not own:
            continue
        if table == "death":
            clean = pl.read_parquet(ground.path(table), columns=["person_id", "death_date"])
            spoiled = spoil_table(table, own, ground, known, keep_rows=True)
            known = _with_deaths(known, clean, spoiled)
        else:
            spoiled = spoil_table(table, own, ground, known)
        if table == "person":
            known = replace(known, lives=_with_births(known.lives, ground))
        planted += spoiled.planted
        n_rows[table] = spoiled.n_rows
    return planted, n_rows


def _tables_in_order(ground: Ground) -> Iterator[str]:
    yield from (table for table in FIRST if table in ground.columns)
    yield from (table for table in sorted(ground.columns) if table not in FIRST)


def _observed(ground: Ground) -> pl.DataFrame:
    """One row for each person: first and last day observed."""
    return (
        pl.scan_parquet(ground.path("observation_period"))
        .group_by("person_id")
        .agg(
            pl.col("observation_period_start_date").min().alias("first_start"),
            pl.col("observation_period_end_date").max().alias("last_end"),
        )
        .with_columns(pl.lit(None, pl.Date).alias("died"))
        .sort("person_id")
        .collect()
    )


def _with_births(lives: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """One row for each person of `lives` and the day of birth, where it can be told."""
    parts = ("year_of_birth", "month_of_birth", "day_of_birth")
    on_paper = pl.concat_str(
        [pl.col(name).fill_null(1) if name != parts[0] else pl.col(name) for name in parts],
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)
    born = (
        pl.scan_parquet(ground.path("person"))
        .select(
            "person_id",
            pl.coalesce(pl.col("birth_datetime").dt.date(), on_paper).alias("born"),
        )
        .collect()
    )
    return lives.join(born, on="person_id", how="left", maintain_order="left")


def _with_deaths(known: KnownPeople, clean: pl.DataFrame, spoiled: Spoiled) -> KnownPeople:
    """What is known of people once their deaths are spoiled."""
    sound = clean.join(spoiled.before, on="person_id", how="anti").rename({"death_date": "died"})
    wrong = spoiled.after.filter(pl.col(FAULT).is_in(TOO_EARLY)).select(
        "person_id", pl.col("death_date").alias("died")
    )
    lives = known.lives.drop("died").join(sound, on="person_id", how="left", maintain_order="left")
    return replace(known, lives=lives, wrong_deaths=wrong)
