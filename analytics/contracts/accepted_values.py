"""Write the units of measurements as a seed: which values, in which units, dbt may believe.

What becomes of a value is said in `data_contracts/units/README.md`; this is the same in one table.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from analytics.contracts.units import NO_UNIT, UnitContracts, load_unit_contracts

COLUMNS = (
    *("concept_id", "concept_name", "unit_concept_id"),
    *("factor", "shift", "lowest", "highest"),
)


def accepted_values(root: Path | None = None) -> str:
    """CSV text with one row for each measured concept and unit in which its values are taken.

    A value x `factor` + `shift` is in the one unit of the concept (unit 0: recorded without one),
    and believed from `lowest` to `highest`; empty: no limit.
    """
    contracts = load_unit_contracts(root)
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n")
    written.writerow(COLUMNS)
    written.writerows(sorted(_rows(contracts)))
    return text.getvalue()


def _rows(contracts: UnitContracts) -> Iterator[tuple[int | str, ...]]:
    limits = {one.concept_id: one for one in contracts.limits}
    for unit in contracts.units:
        taken = {
            came_in: (one.factor, one.offset)
            for came_in, one in contracts.conversions_of(unit).items()
        }
        taken[unit.unit_concept_id] = (1.0, 0.0)
        if unit.is_taken_without_unit:
            taken[NO_UNIT] = (1.0, 0.0)
        limit = limits.get(unit.concept_id)
        ends = (limit.lowest, limit.highest) if limit else (None, None)
        for came_in, how in taken.items():
            yield (
                *(unit.concept_id, unit.concept_name, came_in),
                *(repr(number) for number in how),
                *("" if end is None else repr(end) for end in ends),
            )
