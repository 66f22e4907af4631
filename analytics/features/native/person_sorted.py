"""Tables in Parquet by person, read some row groups at a time as Arrow buffers.

Row groups have to follow each other by person. Where neighbours overlap they are read as one, and
where rows inside are in another order they are sorted when they are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled

PERSON = "person_id"
NO_BITS = np.frombuffer(b"", np.uint8)
NUMPY_TYPES = {"id": np.int64, "day": np.int32, "number": np.float64}
Numbers = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.float64]
ROWS_READ_AT_ONCE = 1 << 17
MOST_ROWS_READ_AS_ONE = 4_000_000


class NotServedError(Exception):
    """The native pass cannot read this as it lies; the portable definition can."""


class Column(NamedTuple):
    """Values as they lie in Arrow's buffer, and its bits of which are not null (none: all)."""

    values: Numbers
    bits: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Rows of a file that follow each other."""

    file: Path
    first_row: int
    n_rows: int


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Pieces that are read as one, and whom they hold."""

    pieces: tuple[Piece, ...]
    first_person: int
    last_person: int

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return sum(piece.n_rows for piece in self.pieces)

    def and_then(self, other: "Stretch") -> "Stretch":
        """Both as one."""
        *before, last = self.pieces
        first, *after = other.pieces
        pieces = [last, first]
        if last.file == first.file and last.first_row + last.n_rows == first.first_row:
            n_rows = last.n_rows + first.n_rows
            pieces = [Piece(file=last.file, first_row=last.first_row, n_rows=n_rows)]
        return Stretch(
            pieces=(*before, *pieces, *after),
            first_person=self.first_person,
            last_person=max(self.last_person, other.last_person),
        )


@dataclass(frozen=True, kw_only=True)
class PersonSortedTable:
    """Stretches by person. `names` say what each of `columns` is, the first one the person."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    stretches: tuple[Stretch, ...]

    def stretches_of(self, first_person: int, last_person: int) -> list[Stretch]:
        """Those that hold anybody from the first to the last person."""
        return [
            stretch
            for stretch in self.stretches
            if stretch.first_person <= last_person and first_person <= stretch.last_person
        ]


def open_person_sorted(
    files: Sequence[Path],
    *,
    names: Sequence[str],
    columns: Sequence[str],
    kinds: Sequence[str],
) -> PersonSortedTable:
    """The table that these files hold together.

    Of `columns`, the first is the person; each is an id, a day or a number, by `kinds`. Raises
    NotServedError where a column is missing or holds something else, or where too many rows would
    have to be read as one.
    """
    stretches: list[Stretch] = []
    for file in files:
        opened = pq.ParquetFile(file)
        stretches.extend(_stretches(file, opened, _names_in_file(opened, columns, kinds)[0]))
    return PersonSortedTable(
        names=tuple(names),
        columns=tuple(columns),
        kinds=tuple(kinds),
        stretches=tuple(_apart(stretches)),
    )


def _names_in_file(
    opened: pq.ParquetFile, columns: Sequence[str], kinds: Sequence[str]
) -> list[str]:
    """How the file calls these columns; their case does not count."""
    there = {field.name.lower(): field for field in opened.schema_arrow}
    for name, kind in zip(columns, kinds, strict=True):
        if name not in there:
            raise NotServedError(f"there is no column {name}")
        found = there[name].type
        fits = {
            "id": pa.types.is_integer(found),
            "day": pa.types.is_date(found) or pa.types.is_timestamp(found),
            "number": pa.types.is_floating(found) or pa.types.is_integer(found),
        }
        if not (fits[kind] or pa.types.is_null(found)):
            raise NotServedError(f"{name} holds {found}")
    return [there[name].name for name in columns]


def _stretches(file: Path, opened: pq.ParquetFile, person: str) -> Iterator[Stretch]:
    """One for each row group that has a person."""
    position = opened.schema_arrow.names.index(person)
    first_row = 0
    for number in range(opened.metadata.num_row_groups):
        group = opened.metadata.row_group(number)
        told = group.column(position).statistics
        if told is not None and told.has_min_max:
            first, last = told.min, told.max
        else:
            found = pc.min_max(opened.read_row_group(number, columns=[person]).column(0)).as_py()
            first, last = found["min"], found["max"]
        if first is not None:
            yield Stretch(
                pieces=(Piece(file=file, first_row=first_row, n_rows=group.num_rows),),
                first_person=int(first),
                last_person=int(last),
            )
        first_row += group.num_rows


def _apart(stretches: Sequence[Stretch]) -> list[Stretch]:
    """By person: those that overlap as one, and small neighbours, too."""
    apart: list[Stretch] = []
    for each in sorted(stretches, key=lambda one: (one.first_person, one.last_person)):
        overlaps = apart and each.first_person < apart[-1].last_person
        is_small = apart and apart[-1].n_rows + each.n_rows <= ROWS_READ_AT_ONCE
        apart.append(apart.pop().and_then(each) if overlaps or is_small else each)
        if overlaps and apart[-1].n_rows > MOST_ROWS_READ_AS_ONE:
            raise NotServedError("its rows are in no order of people")
    return apart


class StretchReader:
    """Reads one table for one thread; the last stretch stays, for shards that share it."""

    def __init__(self, table: PersonSortedTable) -> None:
        self.table = table
        self._scanned: dict[Path, pl.LazyFrame] = {}
        self._last: tuple[Stretch, dict[str, Column]] | None = None

    def read(self, stretch: Stretch) -> dict[str, Column]:
        """The columns of a stretch, by what they are; rows are sorted by person."""
        if self._last is None or self._last[0] != stretch:
            self._last = None
            self._last = (stretch, self._read(stretch))
        return self._last[1]

    def _read(self, stretch: Stretch) -> dict[str, Column]:
        person = self.table.names[0]
        rows = pl.concat([self._piece(piece) for piece in stretch.pieces], rechunk=True)
        if rows[person].null_count():
            rows = rows.filter(pl.col(person).is_not_null())
        read = self._columns(rows)
        if not _is_sorted(read[person].values):
            read = self._columns(rows.sort(person))
        return read

    def _piece(self, piece: Piece) -> pl.DataFrame:
        if piece.file not in self._scanned:
            # A stretch is one thread's: to share its columns out among others costs more CPU.
            scanned = pl.scan_parquet(piece.file, parallel="none")
            there = {name.lower(): name for name in scanned.collect_schema().names()}
            self._scanned[piece.file] = scanned.select(there[name] for name in self.table.columns)
        # Renamed and cast only afterwards: a lazy select would give two chunks, to be copied.
        rows = self._scanned[piece.file].slice(piece.first_row, piece.n_rows).collect()
        return pl.DataFrame(
            [
                _typed(column, kind).alias(name)
                for column, name, kind in zip(
                    rows.iter_columns(), self.table.names, self.table.kinds, strict=True
                )
            ]
        )

    def _columns(self, rows: pl.DataFrame) -> dict[str, Column]:
        return {name: _column(rows[name]) for name in self.table.names}


def _typed(column: pl.Series, kind: str) -> pl.Series:
    if kind == "day":
        return column.cast(pl.Date).to_physical()
    return column.cast(pl.Int64 if kind == "id" else pl.Float64)


def _column(series: pl.Series) -> Column:
    array = series.rechunk().to_arrow()
    if array.offset:
        array = pa.concat_arrays([array, array.slice(0, 0)])
    bits, values = array.buffers()
    kind = array.type.to_pandas_dtype()
    column = Column(
        values=np.frombuffer(values, kind)[: len(array)],
        bits=np.frombuffer(bits, np.uint8) if array.null_count else NO_BITS,
    )
    for numbers in column:  # Whether Arrow would let us write or not: one type, one compilation.
        numbers.setflags(write=False)
    return column


@compiled
def _is_sorted(numbers: Numbers) -> bool:
    n_falls = 0
    for nth in range(1, len(numbers)):
        n_falls += numbers[nth] < numbers[nth - 1]
    return n_falls == 0
