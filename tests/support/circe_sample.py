"""Few definitions that hold, between them, all that the shared ones hold: chosen by a rule.

What a definition holds is read from its JSON: each kind of criterion, each attribute of it that is
filled in, each end strategy, and each way of grouping, counting, limiting and windowing.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache

from tests.support.circe import ambiguous_definitions, definition_files, expected_rows
from tests.support.circe_schema import ATTRIBUTES

FEWEST = 80
WAYS = frozenset("Type UseIndexEnd UseEventEnd RestrictVisit IgnoreObservationPeriod".split())  # noqa: SIM905
WAYS |= {"IsDistinct", "CountColumn", "includeMapped", "isExcluded", "includeDescendants"}


@cache
def parts_of(number: int) -> frozenset[str]:
    """What the definition holds: `ConditionEra.EraLength`, `end: CustomEra`, `Type: AT_LEAST`."""
    definition = json.loads(definition_files()[number].read_text())
    found = set(_parts(definition))
    strategy = definition.get("EndStrategy") or {"none": {}}
    found |= {f"end: {name}" for name in strategy}
    field = strategy.get("DateOffset", {}).get("DateField")
    found |= {f"end: DateOffset from {field}"} if field else set()
    for name in ("AdditionalCriteria", "InclusionRules", "CensoringCriteria", "CensorWindow"):
        found |= {name} if _is_filled(definition.get(name)) else set()
    return frozenset(found)


def sample_definitions() -> list[int]:
    """Definitions with one right answer that hold all between them, at least `FEWEST` of them.

    Those that bring the most that is new for the fewest criteria come first; then the smallest ones
    that somebody is in.
    """
    ids = sorted(set(definition_files()) - ambiguous_definitions())
    chosen: list[int] = []
    missing = set(all_parts())
    while missing:
        best = max(
            ids, key=lambda number: (len(parts_of(number) & missing) / _size(number), -number)
        )
        chosen.append(best)
        missing -= parts_of(best)
    others = (set(ids) & set(expected_rows())) - set(chosen)
    smallest = sorted(others, key=lambda number: (_size(number), number))
    return sorted([*chosen, *smallest[: max(0, FEWEST - len(chosen))]])


@cache
def all_parts() -> frozenset[str]:
    """All that the definitions with one right answer hold."""
    ids = set(definition_files()) - ambiguous_definitions()
    return frozenset().union(*(parts_of(number) for number in ids))


@cache
def _size(number: int) -> int:
    """How many criteria a definition has, and a little for the rest of it."""
    text = definition_files()[number].read_text()
    return 1 + sum(text.count(f'"{kind}"') for kind in ATTRIBUTES)


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in ATTRIBUTES and isinstance(inner, Mapping):
                yield name
                yield from (f"{name}.{each}" for each, held in inner.items() if _is_filled(held))
            if name == "DemographicCriteriaList":
                held = {each for asked in inner or () for each, value in asked.items() if value}
                yield from (f"DemographicCriteria.{each}" for each in held)
            if name in WAYS and not isinstance(inner, dict | list) and _is_filled(inner):
                yield f"{name}: {inner}"
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _is_filled(value: object) -> bool:
    return value not in (None, [], {}, "", False)
