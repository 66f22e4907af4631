"""A CDM as Polars lazy frames by table name; results are made by its streaming engine."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import narwhals as nw
import polars as pl

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import POLARS_TYPES, Kind, as_day, columns_of


class PolarsCdm:
    """The CDM's own tables; names of columns are read without regard to case."""

    def __init__(
        self, tables: Mapping[str, pl.LazyFrame], *, people: tuple[int, int] | None = None
    ) -> None:
        """Of `people`, the first and the last person_id, the records; of None, everybody's."""
        self._tables = {name.lower(): frame for name, frame in tables.items()}
        self._people = people

    def table(self, name: str) -> AnyLazyFrame:
        """One row for each row of the table, with the columns of `columns_of`."""
        wanted = columns_of(name)
        if name not in self._tables:
            schema = {as_day(column): POLARS_TYPES[kind] for column, kind in wanted.items()}
            return nw.from_native(pl.LazyFrame(schema=schema))
        frame = self._tables[name]
        there = {column.lower(): (column, kind) for column, kind in frame.collect_schema().items()}
        if self._people is not None and "person_id" in wanted and "person_id" in there:
            # As the file has it, so that row groups of others are passed over.
            frame = frame.filter(pl.col(there["person_id"][0]).is_between(*self._people))
        return nw.from_native(
            frame.select(
                _typed(*there[column], kind).alias(as_day(column))
                if column in there
                else pl.lit(None, POLARS_TYPES[kind]).alias(as_day(column))
                for column, kind in wanted.items()
            )
        )

    def lift(self, frame: pl.DataFrame) -> AnyLazyFrame:
        """The same rows, lazily."""
        return nw.from_native(frame.lazy())

    def collect(self, frame: AnyLazyFrame) -> pl.DataFrame:
        """One row for each row of a result."""
        return cast(pl.LazyFrame, nw.to_native(frame)).collect(engine="streaming")

    def sink(self, frame: AnyLazyFrame, folder: Path) -> None:
        """Write a result as Parquet into a folder that is not there yet."""
        folder.mkdir(parents=True)
        cast(pl.LazyFrame, nw.to_native(frame)).sink_parquet(
            folder / "part.parquet", engine="streaming"
        )

    def missing_tables(self, names: frozenset[str]) -> tuple[str, ...]:
        """Those of `names` that this CDM lacks, sorted."""
        return tuple(sorted(names - self._tables.keys()))


def _typed(column: str, found: pl.DataType, kind: Kind) -> pl.Expr:
    value = pl.col(column)
    if kind != "day":
        return value.cast(POLARS_TYPES[kind])
    if found == pl.String:
        value = value.str.slice(0, 10).str.to_date()
    return value.cast(pl.Date).to_physical().cast(pl.Int32)
