"""The unit that each measurement concept is harmonised to, read from `data_contracts/units/`."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from analytics.contracts.folder import contracts_folder
from analytics.contracts.unit_tables import (
    CONVERSIONS,
    HARMONISED_UNITS,
    PLAUSIBLE_LIMITS,
    Row,
    read_table,
)
from analytics.errors import BadInputError

Key = TypeVar("Key", bound=Hashable)

NO_UNIT = 0
"""The unit concept of a number that has none; a null in a CDM's column means the same."""

WITHOUT_UNIT = ("taken", "set aside")


@dataclass(frozen=True, kw_only=True)
class HarmonisedUnit:
    """The one unit of a concept.

    `is_taken_without_unit`: a value that came without a unit is taken to be in this one; else it
    is set aside.
    """

    concept_id: int
    concept_name: str
    unit_concept_id: int
    unit: str
    is_taken_without_unit: bool


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """value in `to_unit` = value in `from_unit` x factor + offset; `concept_id` None: any."""

    concept_id: int | None
    from_unit_concept_id: int
    from_unit: str
    to_unit_concept_id: int
    to_unit: str
    factor: float
    offset: float
    source: str


@dataclass(frozen=True, kw_only=True)
class PlausibleLimits:
    """Values of a concept, in its unit, that are believed; both ends included, None: no limit."""

    concept_id: int
    unit_concept_id: int
    lowest: float | None
    highest: float | None
    source: str


@dataclass(frozen=True, kw_only=True)
class UnitContracts:
    """What is agreed about units: one of each kind for each row of its file."""

    units: tuple[HarmonisedUnit, ...]
    conversions: tuple[Conversion, ...]
    limits: tuple[PlausibleLimits, ...]

    def conversions_of(self, unit: HarmonisedUnit) -> dict[int, Conversion]:
        """By the unit it comes in: how a value of the concept is converted to its one unit.

        A conversion of the concept itself goes before one of any concept.
        """
        fitting = [
            one
            for one in self.conversions
            if one.to_unit_concept_id == unit.unit_concept_id
            and one.concept_id in (None, unit.concept_id)
        ]
        ordered = sorted(fitting, key=lambda one: one.concept_id is not None)
        return {one.from_unit_concept_id: one for one in ordered}


def load_unit_contracts(root: Path | None = None) -> UnitContracts:
    """Read the three tables under `root` (the house unless given).

    Raises BadInputError with all faults of all three, one a line.
    """
    folder = contracts_folder(root) / "units"
    faults: list[str] = []
    units, conversions, limits = (
        read_table(folder, table, faults)
        for table in (HARMONISED_UNITS, CONVERSIONS, PLAUSIBLE_LIMITS)
    )
    contracts = UnitContracts(
        units=tuple(_unit(row) for row in units),
        conversions=tuple(_conversion(row) for row in conversions),
        limits=tuple(_limits(row) for row in limits),
    )
    faults += _faults(contracts, units)
    if faults:
        raise BadInputError(
            f"data_contracts/units has {len(faults)} fault{'s' * (len(faults) > 1)}; "
            "correct each and read again:\n  " + "\n  ".join(faults)
        )
    return contracts


def _unit(row: Row) -> HarmonisedUnit:
    return HarmonisedUnit(
        concept_id=row.whole("concept_id"),
        concept_name=row.text("concept_name"),
        unit_concept_id=row.whole("unit_concept_id"),
        unit=row.text("unit"),
        is_taken_without_unit=row.text("without_unit") == "taken",
    )


def _conversion(row: Row) -> Conversion:
    return Conversion(
        concept_id=row.whole("concept_id") if row.text("concept_id") else None,
        from_unit_concept_id=row.whole("from_unit_concept_id"),
        from_unit=row.text("from_unit"),
        to_unit_concept_id=row.whole("to_unit_concept_id"),
        to_unit=row.text("to_unit"),
        factor=row.number("factor") or 0.0,
        offset=row.number("offset") or 0.0,
        source=row.text("source"),
    )


def _limits(row: Row) -> PlausibleLimits:
    return PlausibleLimits(
        concept_id=row.whole("concept_id"),
        unit_concept_id=row.whole("unit_concept_id"),
        lowest=row.number("lowest"),
        highest=row.number("highest"),
        source=row.text("source"),
    )


def _faults(contracts: UnitContracts, unit_rows: Iterable[Row]) -> Iterator[str]:
    """What the rows say against each other, each in a sentence with its file."""
    for row in unit_rows:
        if row.text("without_unit") not in WITHOUT_UNIT:
            yield row.fault(f"without_unit is neither of: {', '.join(WITHOUT_UNIT)}")
    unit_of = {one.concept_id: one for one in contracts.units}
    for concept_id in _repeated(one.concept_id for one in contracts.units):
        yield f"{HARMONISED_UNITS.file}: concept {concept_id} has two rows; one unit each"
    keys = (
        (one.concept_id, one.from_unit_concept_id, one.to_unit_concept_id)
        for one in contracts.conversions
    )
    for of_concept, from_unit, to_unit in _repeated(keys):
        yield (
            f"{CONVERSIONS.file}: two rows convert unit {from_unit} to {to_unit} "
            f"for concept {of_concept or 'any'}"
        )
    for one in contracts.conversions:
        said = f"{CONVERSIONS.file}: {one.from_unit} to {one.to_unit}, {one.concept_id or 'any'}"
        if one.factor <= 0:
            yield f"{said}: the factor is {one.factor:g}, and must be above 0"
        if not one.source:
            yield f"{said}: no source"
        if one.from_unit_concept_id in (NO_UNIT, one.to_unit_concept_id):
            yield f"{said}: converts from no unit, or a unit to itself"
        yield from _strangers(said, one.concept_id, one.to_unit_concept_id, unit_of)
    for concept_id in _repeated(one.concept_id for one in contracts.limits):
        yield f"{PLAUSIBLE_LIMITS.file}: concept {concept_id} has two rows"
    for limit in contracts.limits:
        said = f"{PLAUSIBLE_LIMITS.file}: concept {limit.concept_id}"
        lowest, highest = limit.lowest, limit.highest
        if lowest is None and highest is None:
            yield f"{said}: neither lowest nor highest"
        if lowest is not None and highest is not None and lowest >= highest:
            yield f"{said}: lowest {lowest:g} is not below highest {highest:g}"
        if not limit.source:
            yield f"{said}: no source"
        yield from _strangers(said, limit.concept_id, limit.unit_concept_id, unit_of)


def _strangers(
    said: str, concept_id: int | None, unit: int, unit_of: dict[int, HarmonisedUnit]
) -> Iterator[str]:
    """A row about a concept or unit that harmonised_units.csv does not have."""
    if concept_id is None:
        if all(one.unit_concept_id != unit for one in unit_of.values()):
            yield f"{said}: no concept is harmonised to unit {unit}"
    elif concept_id not in unit_of:
        yield f"{said}: is not in {HARMONISED_UNITS.file}"
    elif unit_of[concept_id].unit_concept_id != unit:
        yield f"{said}: unit {unit} is not its unit, {unit_of[concept_id].unit_concept_id}"


def _repeated(keys: Iterable[Key]) -> list[Key]:
    return [key for key, times in Counter(keys).items() if times > 1]
