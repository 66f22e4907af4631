"""The tables of `data_contracts/units/`: their columns, and rows that know their line."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError


@dataclass(frozen=True, kw_only=True)
class UnitTable:
    """A file and what its columns hold; `may_be_empty` are those in which a cell may be empty."""

    file: str
    whole: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    may_be_empty: frozenset[str] = frozenset()

    @property
    def columns(self) -> frozenset[str]:
        """All columns, in whatever order the file has them."""
        return frozenset(self.whole + self.numbers + self.texts)


HARMONISED_UNITS = UnitTable(
    file="harmonised_units.csv",
    whole=("concept_id", "unit_concept_id"),
    numbers=(),
    texts=("concept_name", "unit", "without_unit"),
)
CONVERSIONS = UnitTable(
    file="conversions.csv",
    whole=("concept_id", "from_unit_concept_id", "to_unit_concept_id"),
    numbers=("factor", "offset"),
    texts=("concept_name", "from_unit", "to_unit", "source"),
    may_be_empty=frozenset({"concept_id"}),
)
PLAUSIBLE_LIMITS = UnitTable(
    file="plausible_limits.csv",
    whole=("concept_id", "unit_concept_id"),
    numbers=("lowest", "highest"),
    texts=("concept_name", "unit", "source"),
    may_be_empty=frozenset({"lowest", "highest"}),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table, as text."""

    file: str
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """What stands in the cell."""
        return self.cells[column]

    def whole(self, column: str) -> int:
        """The whole number in the cell."""
        return int(self.cells[column])

    def number(self, column: str) -> float | None:
        """The number in the cell, None where it is empty."""
        return float(self.cells[column]) if self.cells[column] else None

    def fault(self, what: str) -> str:
        """A sentence that says where and what."""
        return f"{self.file}, line {self.line}: {what}"


def read_table(folder: Path, table: UnitTable, faults: list[str]) -> list[Row]:
    """One row for each line whose cells hold what they should; what is wrong goes to `faults`.

    Raises BadInputError when the file or one of its columns is missing.
    """
    path = folder / table.file
    if not path.is_file():
        raise BadInputError(f"{path} is missing. Run from the repository or reinstall Catchment.")
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if frozenset(reader.fieldnames or ()) != table.columns:
            raise BadInputError(
                f"{path} has the columns {', '.join(reader.fieldnames or ())}; "
                f"it must have {', '.join(sorted(table.columns))}. Correct its first line."
            )
        rows = []
        for cells in reader:
            row = Row(file=table.file, line=reader.line_num, cells=cells)
            found = _faults_of(row, table)
            faults += found
            rows += [] if found else [row]
    return rows


def _faults_of(row: Row, table: UnitTable) -> list[str]:
    if None in row.cells or None in row.cells.values():
        return [row.fault(f"has not {len(table.columns)} cells")]
    found = []
    for column in sorted(table.columns):
        cell = row.text(column)
        if not cell:
            if column not in table.may_be_empty:
                found.append(row.fault(f"{column} is empty"))
        elif column in table.whole and not cell.removeprefix("-").isdecimal():
            found.append(row.fault(f"{column} is {cell!r}, not a whole number"))
        elif column in table.numbers and not _is_number(cell):
            found.append(row.fault(f"{column} is {cell!r}, not a number"))
    return found


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False
