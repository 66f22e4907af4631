"""What changed between two versions of the contracts, and whether it breaks who relies on them.

Breaking is what may fail on data that were right before: a table or column gone, a type changed, a
clause made stricter or added to what must be. So is what a reader of our own tables (marts,
results) relied on and no longer may: a column that is null now, rows that are alike. Anything else
is not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TypeVar

from analytics.contracts.check_tables import AskedOfConcepts, CheckTables, load_check_tables
from analytics.contracts.contract import Asked, Column, Contract
from analytics.contracts.difference import ENDS, Difference, in_words, is_within, of_limit
from analytics.contracts.differences_of_units import compare_kinds, compare_units
from analytics.contracts.folder import contracts_folder
from analytics.contracts.reader import LAYERS, load_contracts
from analytics.contracts.units import load_unit_contracts
from analytics.errors import BadInputError

Read = TypeVar("Read")
PARTS = (*LAYERS, "checks", "units")
STRICTER_WHEN_TRUE = ("is_required", "must_exist", "is_unique", "is_key")
IN_WORDS = {
    "is_required": "required",
    "must_exist": "mustExist",
    "is_unique": "unique",
    "is_key": "primaryKey",
}


def list_differences(old: Path, new: Path) -> tuple[Difference, ...]:
    """Every change from the contracts in one folder to those in another, breaking ones first.

    A folder is a house (it has `data_contracts/`), `data_contracts` itself or a copy of that under
    another name. Raises BadInputError where it is none, and for a fault in one, which it names.
    """
    sides = _contracts_in(old), _contracts_in(new)
    in_both = [part for part in PARTS if all((side / part).is_dir() for side in sides)]
    found: list[Difference] = []
    for layer in LAYERS:
        if layer in in_both:
            contracts = _of_both(sides, partial(load_contracts, layer, only_landed=False))
            found += compare_contracts(*contracts, is_promise=layer != "omop_cdm")
    if "checks" in in_both:
        tables = _of_both(sides, load_check_tables)
        found += compare_kinds(*tables)
        found += _of_concepts(*tables)
    if "units" in in_both:
        found += compare_units(*_of_both(sides, load_unit_contracts))
    return tuple(sorted(found, key=lambda one: (not one.is_breaking, one.place, one.what)))


def compare_contracts(
    before: Mapping[str, Contract], after: Mapping[str, Contract], *, is_promise: bool = False
) -> Iterator[Difference]:
    """The changes of one layer; `is_promise`: of what we write, not of what we need."""
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Difference(place=name, what="the table is gone", is_breaking=True)
        elif name not in before:
            must = not after[name].is_optional
            what = "a new table" + (" that must be there" if must else "")
            yield Difference(place=name, what=what, is_breaking=must)
        else:
            yield from _of_table(before[name], after[name], is_promise=is_promise)


def _of_table(before: Contract, after: Contract, *, is_promise: bool) -> Iterator[Difference]:
    name = before.name
    if before.is_optional != after.is_optional:
        what = "may be missing now" if after.is_optional else "must be there now"
        yield Difference(place=name, what=what, is_breaking=not after.is_optional)
    if before.grain != after.grain:
        what = f"grain: {', '.join(before.grain)} → {', '.join(after.grain)}"
        yield Difference(place=name, what=what, is_breaking=True)
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    for column in (*old, *(one for one in new if one not in old)):
        place = f"{name}.{column}"
        if column not in new:
            yield Difference(place=place, what="the column is gone", is_breaking=True)
        elif column not in old:
            must = new[column].must_exist
            what = "a new column" + (" that must be there" if must else "")
            yield Difference(place=place, what=what, is_breaking=must)
        else:
            yield from _of_column(place, old[column], new[column], is_promise=is_promise)
    yield from _of_checks(before, after)
    yield from _of_rules(before, after)


def _of_column(
    place: str, before: Column, after: Column, *, is_promise: bool
) -> Iterator[Difference]:
    if before.physical_type != after.physical_type:
        what = f"type: {before.physical_type} → {after.physical_type}"
        yield Difference(place=place, what=what, is_breaking=True)
    for clause in STRICTER_WHEN_TRUE:
        was, is_now = getattr(before, clause), getattr(after, clause)
        if was != is_now:
            what = f"{IN_WORDS[clause]}: {in_words(was)} → {in_words(is_now)}"
            yield Difference(place=place, what=what, is_breaking=is_now or is_promise)
    if before.references != after.references:
        what = f"reference: {before.references or 'none'} → {after.references or 'none'}"
        yield Difference(place=place, what=what, is_breaking=after.references is not None)
    if set(before.aliases) != set(after.aliases):
        gone = set(before.aliases) - set(after.aliases)
        what = f"aliases: {', '.join(before.aliases)} → {', '.join(after.aliases)}"
        yield Difference(place=place, what=what, is_breaking=bool(gone))
    if before.limit_share != after.limit_share:
        yield of_limit(place, "limitShare", before.limit_share, after.limit_share)
    if before.cdm_types != after.cdm_types:
        what = f"cdmType: {_types(before)} → {_types(after)}"
        yield Difference(place=place, what=what, is_breaking=True)


def _types(column: Column) -> str:
    return ", ".join(f"{version} {name}" for version, name in column.cdm_types.items()) or "none"


def _of_checks(before: Contract, after: Contract) -> Iterator[Difference]:
    old, new = _by_key(before), _by_key(after)
    for key in (*old, *(one for one in new if one not in old)):
        name, column, _, _ = key
        place = f"{before.name}.{column}" if column else before.name
        if key not in new:
            yield Difference(place=place, what=f"check {name} is gone", is_breaking=False)
        elif key not in old:
            yield Difference(place=place, what=f"a new check {name}", is_breaking=True)
        else:
            yield from _of_check(place, old[key], new[key])


def _by_key(contract: Contract) -> dict[tuple[str, str | None, str, str], Asked]:
    return {
        (one.name, one.column, " ".join(one.versions), " ".join(one.readings)): one
        for one in contract.checks
    }


def _of_check(place: str, before: Asked, after: Asked) -> Iterator[Difference]:
    for each in fields(Asked):
        was, is_now = getattr(before, each.name), getattr(after, each.name)
        if was == is_now:
            continue
        if each.name == "threshold":
            # Without a threshold no row may break a check.
            yield of_limit(place, f"threshold of {before.name}", was or 0.0, is_now or 0.0)
        elif each.name == "limit_share":
            yield of_limit(place, f"limit_share of {before.name}", was, is_now)
        else:
            what = f"{each.name} of {before.name}: {in_words(was)} → {in_words(is_now)}"
            is_wider = each.name in ENDS and is_within(each.name, was, is_now)
            yield Difference(place=place, what=what, is_breaking=not is_wider)


def _of_rules(before: Contract, after: Contract) -> Iterator[Difference]:
    old = {rule.name: rule for rule in before.rules}
    new = {rule.name: rule for rule in after.rules}
    for name in sorted(old.keys() | new.keys()):
        place = f"{before.name}, rule {name}"
        if name not in new:
            yield Difference(place=place, what="the rule is gone", is_breaking=False)
        elif name not in old:
            yield Difference(place=place, what="a new rule", is_breaking=True)
        else:
            if " ".join(old[name].query.split()) != " ".join(new[name].query.split()):
                yield Difference(place=place, what="asks something else", is_breaking=True)
            if old[name].limit_share != new[name].limit_share:
                limits = old[name].limit_share, new[name].limit_share
                yield of_limit(place, "limitShare", *limits)


def _of_concepts(before: CheckTables, after: CheckTables) -> Iterator[Difference]:
    old, new = (_concepts(tables) for tables in (before, after))
    for key in (*old, *(one for one in new if one not in old)):
        file, table, column, concepts, _ = key
        place = f"{table}.{column}, {file}, concept {' '.join(map(str, concepts))}"
        if key not in new:
            yield Difference(place=place, what="is no longer asked", is_breaking=False)
        elif key not in old:
            yield Difference(place=place, what="is asked now", is_breaking=True)
        elif old[key] != new[key]:
            was, is_now = old[key], new[key]
            if (was.gender, was.units) != (is_now.gender, is_now.units):
                narrower = was.gender != is_now.gender or not set(was.units) <= set(is_now.units)
                what = f"believed: {_believed(was)} → {_believed(is_now)}"
                yield Difference(place=place, what=what, is_breaking=narrower)
            if was.threshold != is_now.threshold:
                yield of_limit(place, "threshold", was.threshold or 0.0, is_now.threshold or 0.0)


Key = tuple[str, str, str, tuple[int, ...], tuple[str, ...]]


def _concepts(tables: CheckTables) -> dict[Key, AskedOfConcepts]:
    return {
        (one.file, one.table, one.column, one.concept_ids, one.versions): one
        for one in tables.of_concepts
    }


def _believed(one: AskedOfConcepts) -> str:
    return f"gender {one.gender}" if one.gender else f"units {' '.join(map(str, one.units))}"


def _contracts_in(folder: Path) -> Path:
    inside = contracts_folder(folder)
    if not any((inside / part).is_dir() for part in PARTS):
        raise BadInputError(
            f"{folder} holds no contracts. Give a folder that has data_contracts/ in it, or "
            "data_contracts itself or a copy of it (with omop_cdm/ in it)."
        )
    return inside


def _of_both(sides: tuple[Path, Path], read: Callable[[Path], Read]) -> tuple[Read, Read]:
    """What is read of the one and the other; what is wrong is said of that one."""
    before, after = (_of_one(side, read) for side in sides)
    return before, after


def _of_one(side: Path, read: Callable[[Path], Read]) -> Read:
    try:
        return read(side)
    except BadInputError as error:
        raise BadInputError(f"{side}: {error}") from error
