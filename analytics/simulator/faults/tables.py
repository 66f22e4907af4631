"""Plant the faults of one table, each in rows of its own, in one pass over its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.simulator.draws import Integers
from analytics.simulator.faults.dates import DAYS_AFTER_DEATH
from analytics.simulator.faults.fault import COPY, ROW, Fault, KnownPeople
from analytics.simulator.faults.ground import Ground
from analytics.simulator.faults.planted import PlantedFault, planted_fault
from analytics.simulator.faults.rewriting import count_rows, rewrite
from analytics.simulator.faults.sampling import choose_rows, how_many


@dataclass(frozen=True, kw_only=True)
class Spoiled:
    """A table after its faults: what was planted, its rows, and the rows before and after.

    `before` and `after` hold, by name of the fault, the rows that it changed; only where asked.
    """

    planted: tuple[PlantedFault, ...]
    n_rows: int
    before: Mapping[str, pl.DataFrame]
    after: Mapping[str, pl.DataFrame]


def spoil_table(
    table: str,
    faults: Sequence[Fault],
    ground: Ground,
    known: KnownPeople,
    *,
    keep_rows: bool = False,
) -> Spoiled:
    """Plant the faults of one table. The choice of rows does not depend on how it is read."""
    path = ground.path(table)
    n_before = count_rows(path)
    wanted = [
        n if fault.at_most is None else min(n, fault.at_most)
        for fault, n in zip(
            faults, how_many(n_before, [fault.share for fault in faults]), strict=True
        )
    ]
    rows_of = choose_rows(n_before, wanted, f"faults of {table}", known.draws)
    n_spoiled = dict.fromkeys(range(len(faults)), 0)
    n_after_death = 0
    before: dict[str, list[pl.DataFrame]] = {}
    after: dict[str, list[pl.DataFrame]] = {}

    def change(part: pl.DataFrame, first: int) -> pl.DataFrame:
        nonlocal n_after_death
        numbered = part.with_columns(
            pl.int_range(first, first + part.height, dtype=pl.Int64).alias(ROW),
            pl.lit(value=False).alias(COPY),
        )
        spoiled = []
        for position, fault in enumerate(faults):
            chosen = numbered[_inside(rows_of[position], first, part.height)]
            changed = fault.change(chosen, known).select(numbered.columns)
            n_spoiled[position] += changed[ROW].n_unique()
            spoiled.append(changed)
            if keep_rows:
                before.setdefault(fault.name, []).append(
                    chosen.join(changed, on=ROW, how="semi").drop(ROW, COPY)
                )
                after.setdefault(fault.name, []).append(changed.drop(ROW, COPY))
        of_faults = pl.concat(spoiled).sort(ROW, COPY)
        is_sound = np.ones(part.height, dtype=bool)
        is_sound[of_faults[ROW].to_numpy() - first] = False
        sound = numbered.filter(is_sound)
        whole = sound.merge_sorted(of_faults, key=ROW).drop(ROW, COPY)
        n_after_death += _count_after_wrong_death(table, whole, ground, known)
        return whole

    n_rows = rewrite(path, change)
    planted = [
        planted_fault(fault.name, table, fault.column, check_id, n_spoiled[position] * each)
        for position, fault in enumerate(faults)
        for check_id, each in _breaks(fault)
    ]
    planted.append(
        planted_fault(
            "person_dead_too_early",
            table,
            ground.start_of(table),
            f"{table}.not_after_death",
            n_after_death,
        )
    )
    return Spoiled(
        planted=tuple(planted),
        n_rows=n_rows,
        before={name: pl.concat(parts) for name, parts in before.items()},
        after={name: pl.concat(parts) for name, parts in after.items()},
    )


def _breaks(fault: Fault) -> list[tuple[str | None, int]]:
    """The clauses that a spoiled row breaks; for a fault that breaks none, the row itself."""
    return list(fault.breaks.items()) or [(None, 1)]


def _inside(rows: Integers, first: int, height: int) -> Integers:
    """Where in a part the chosen rows are."""
    low, high = np.searchsorted(rows, [first, first + height])
    return rows[low:high] - first


def _count_after_wrong_death(
    table: str, rows: pl.DataFrame, ground: Ground, known: KnownPeople
) -> int:
    """Rows that lie more than 60 days after a death that was dated too early."""
    start = ground.start_of(table)
    if start is None or not ground.asks(f"{table}.not_after_death"):
        return 0
    return (
        rows.lazy()
        .select("person_id", start)
        .join(known.wrong_deaths.lazy(), on="person_id", how="inner")
        .filter((pl.col(start) - pl.col("died")).dt.total_days() > DAYS_AFTER_DEATH)
        .select(pl.len())
        .collect()
        .item()
    )
