"""Plant the faults of one table, each in rows of its own, in one pass over its file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.simulator.draws import Integers
from analytics.simulator.faults.dates import DAYS_AFTER_DEATH
from analytics.simulator.faults.fault import COPY, ROW, Fault, KnownPeople
from analytics.simulator.faults.ground import AFTER_DEATH, Ground
from analytics.simulator.faults.planted import PlantedFault, planted_fault
from analytics.simulator.faults.rewriting import count_rows, rewrite
from analytics.simulator.faults.sampling import choose_rows, how_many

FAULT = "fault"


@dataclass(frozen=True, kw_only=True)
class Spoiled:
    """A table after its faults: what was planted, and its rows.

    Where asked, `before` and `after` hold one row for each that a fault changed or added, as it
    was and as it is, with the fault's name in the column `FAULT`.
    """

    planted: tuple[PlantedFault, ...]
    n_rows: int
    before: pl.DataFrame
    after: pl.DataFrame


def spoil_table(
    table: str,
    faults: Sequence[Fault],
    ground: Ground,
    known: KnownPeople,
    *,
    keep_rows: bool = False,
) -> Spoiled:
    """Plant the faults of one table. The choice of rows does not depend on how it is read."""
    planting = _Planting(table, faults, ground, known, keep_rows=keep_rows)
    n_rows = rewrite(ground.path(table), planting.spoil)
    return Spoiled(
        planted=planting.planted(),
        n_rows=n_rows,
        before=pl.concat(planting.before) if planting.before else pl.DataFrame(),
        after=pl.concat(planting.after) if planting.after else pl.DataFrame(),
    )


class _Planting:
    """The rows chosen for each fault of a table, and what was counted while it is rewritten."""

    def __init__(
        self,
        table: str,
        faults: Sequence[Fault],
        ground: Ground,
        known: KnownPeople,
        *,
        keep_rows: bool,
    ) -> None:
        self._table, self._faults, self._known, self._keep = table, faults, known, keep_rows
        n_rows = count_rows(ground.path(table))
        wanted = [
            n if fault.at_most is None else min(n, fault.at_most)
            for fault, n in zip(faults, how_many(n_rows, [f.share for f in faults]), strict=True)
        ]
        self._rows = choose_rows(n_rows, wanted, f"faults of {table}", known.draws)
        self._start = ground.start_of(table)
        self._after_death = ground.about_start(AFTER_DEATH, table)
        self._asks_about_death = ground.asks(self._after_death)
        self._n_spoiled = [0] * len(faults)
        self._n_after_death = 0
        self.before: list[pl.DataFrame] = []
        self.after: list[pl.DataFrame] = []

    def spoil(self, part: pl.DataFrame, first: int) -> pl.DataFrame:
        """One row for each of the part, spoiled or not, and those that faults add beside them."""
        numbered = part.with_columns(
            pl.int_range(first, first + part.height, dtype=pl.Int64).alias(ROW),
            pl.lit(value=False).alias(COPY),
        )
        spoiled = pl.concat(
            [self._spoil_with(position, numbered, first) for position in range(len(self._faults))]
        ).sort(ROW, COPY)
        is_sound = np.ones(part.height, dtype=bool)
        is_sound[spoiled[ROW].to_numpy() - first] = False
        whole = numbered.filter(is_sound).merge_sorted(spoiled, key=ROW).drop(ROW, COPY)
        self._n_after_death += self._count_after_wrong_death(whole)
        return whole

    def planted(self) -> tuple[PlantedFault, ...]:
        """What was planted so far; a fault that breaks no clause counts its rows."""
        own = [
            planted_fault(fault.name, self._table, fault.column, check_id, n_rows * each)
            for fault, n_rows in zip(self._faults, self._n_spoiled, strict=True)
            for check_id, each in _breaks(fault)
        ]
        after_death = planted_fault(
            "person_dead_too_early",
            self._table,
            self._start,
            self._after_death,
            self._n_after_death,
        )
        return (*own, after_death)

    def _spoil_with(self, position: int, numbered: pl.DataFrame, first: int) -> pl.DataFrame:
        fault = self._faults[position]
        chosen = numbered[_inside(self._rows[position], first, numbered.height)]
        changed = fault.change(chosen, self._known).select(numbered.columns)
        self._n_spoiled[position] += changed[ROW].n_unique()
        if self._keep:
            name = pl.lit(fault.name).alias(FAULT)
            were = chosen.join(changed, on=ROW, how="semi", maintain_order="left")
            self.before.append(were.with_columns(name))
            self.after.append(changed.with_columns(name))
        return changed

    def _count_after_wrong_death(self, rows: pl.DataFrame) -> int:
        """Rows that lie more than 60 days after a death that was dated too early."""
        if self._start is None or not self._asks_about_death:
            return 0
        dated = rows.select("person_id", day=self._start)
        late = dated.join(self._known.wrong_deaths, on="person_id", how="inner").filter(
            (pl.col("day") - pl.col("died")).dt.total_days() > DAYS_AFTER_DEATH
        )
        return late.height


def _breaks(fault: Fault) -> list[tuple[str | None, int]]:
    return list(fault.breaks.items()) or [(None, 1)]


def _inside(rows: Integers, first: int, height: int) -> Integers:
    """Where in a part the chosen rows are."""
    low, high = np.searchsorted(rows, [first, first + height])
    return rows[low:high] - first
