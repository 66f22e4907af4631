"""What changed between two sets of units and kinds of checks, and whether it is breaking."""

from collections.abc import Iterator, Mapping

from analytics.contracts.check_tables import CheckTables
from analytics.contracts.difference import Difference, in_words, is_within, of_limit
from analytics.contracts.units import PlausibleLimits, UnitContracts


def compare_kinds(before: CheckTables, after: CheckTables) -> Iterator[Difference]:
    """The shares of rows above which studies stop, of each kind of check."""
    for name, kind in before.types.items():
        now = after.types.get(name)
        if now is not None and now.limit_share != kind.limit_share:
            place = f"check_types.csv, {name}"
            yield of_limit(place, "limit_share", kind.limit_share, now.limit_share)


def compare_units(before: UnitContracts, after: UnitContracts) -> Iterator[Difference]:
    """The unit of each concept, what is converted to it, and which values are believed.

    Breaking is what may leave out a value that was taken before, or take it as another.
    """
    yield from _of_rows("harmonised_units.csv", _units(before), _units(after))
    yield from _of_rows("conversions.csv", _conversions(before), _conversions(after))
    old, new = _limits(before), _limits(after)
    for concept_id in sorted(old.keys() | new.keys()):
        was, is_now = old.get(concept_id), new.get(concept_id)
        if _ends(was) != _ends(is_now):
            is_wider = all(
                is_within(end, before, now)
                for end, before, now in zip(("low", "high"), _ends(was), _ends(is_now), strict=True)
            )
            yield Difference(
                place=f"plausible_limits.csv, concept {concept_id}",
                what=f"believed: {_in_words(was)} → {_in_words(is_now)}",
                is_breaking=not is_wider,
            )


def _of_rows(
    file: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    for place in sorted(before.keys() | after.keys()):
        was, is_now = before.get(place), after.get(place)
        if was != is_now:
            yield Difference(
                place=f"{file}, {place}",
                what=f"{was or 'none'} → {is_now or 'none'}",
                is_breaking=was is not None,
            )


def _units(contracts: UnitContracts) -> dict[str, str]:
    return {
        f"concept {one.concept_id}": f"{one.unit}, without a unit "
        + ("taken" if one.is_taken_without_unit else "set aside")
        for one in contracts.units
    }


def _conversions(contracts: UnitContracts) -> dict[str, str]:
    return {
        f"concept {one.concept_id or 'any'}, {one.from_unit} to {one.to_unit}": (
            f"× {one.factor:g} + {one.offset:g}"
        )
        for one in contracts.conversions
    }


def _limits(contracts: UnitContracts) -> dict[int, PlausibleLimits]:
    return {one.concept_id: one for one in contracts.limits}


def _ends(limits: PlausibleLimits | None) -> tuple[float | None, float | None]:
    return (limits.lowest, limits.highest) if limits else (None, None)


def _in_words(limits: PlausibleLimits | None) -> str:
    lowest, highest = _ends(limits)
    return f"{in_words(lowest)} to {in_words(highest)}"
