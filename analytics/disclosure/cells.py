"""Every count of every mart as a cell of one sheet; which cells are the same, or go together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analytics.disclosure.rule import AddsUp, DisclosureRule, SameAs
from analytics.errors import RunFailedError

PLACE = "place_in_frame"
Groups = dict[tuple[str, ...], list[int]]


@dataclass(frozen=True, kw_only=True)
class Mart:
    """One aggregate mart with its rule; rows are plain so that a cell can be looked up by place."""

    name: str
    frame: pl.DataFrame
    rule: DisclosureRule
    words: Mapping[str, list[str]]
    counts: Mapping[str, list[int | None]]
    _groups: dict[tuple[str, ...], Groups] = field(default_factory=dict, compare=False)

    def rows_by(self, columns: tuple[str, ...]) -> Groups:
        """The row numbers for each combination of values in `columns`, in the frame's order."""
        if columns not in self._groups:
            found: Groups = {}
            for row in range(self.frame.height):
                found.setdefault(tuple(self.words[name][row] for name in columns), []).append(row)
            self._groups[columns] = found
        return self._groups[columns]

    def fits(self, row: int, where: Mapping[str, str]) -> bool:
        """Does the row carry the values in `where`?"""
        return all(self.words[name][row] == value for name, value in where.items())

    def quantity(self, row: int, template: str) -> str:
        """A quantity's name with the row's own values in place of `{column}`."""
        return template.format_map({name: values[row] for name, values in self.words.items()})

    def place(self, row: int, count: str) -> str:
        """A cell's place in words, for messages."""
        key = ", ".join(f"{name}={self.words[name][row]}" for name in self.rule.key)
        return f"{self.name}.{count} ({key})"


def as_mart(name: str, frame: pl.DataFrame, rule: DisclosureRule) -> Mart:
    """Read a frame into a mart; every column the rule names must be there.

    Rows come in the order of their key, so that what is withheld does not hang on how they came;
    `PLACE` remembers where each was.
    """
    named = {*rule.counts, *rule.key, *rule.derives, *(rate.rate for rate in rule.rates)}
    missing = sorted(named - set(frame.columns))
    if missing:
        raise RunFailedError(
            f"mart '{name}': its disclosure names {', '.join(missing)}, which it does not have. "
            f"Columns are {', '.join(frame.columns)}. Correct data_contracts/marts/{name}.yaml."
        )
    others = [column for column in frame.columns if column not in rule.counts]
    frame = frame.with_row_index(PLACE).sort(*rule.key, PLACE)
    return Mart(
        name=name,
        frame=frame,
        rule=rule,
        words={column: frame[column].cast(pl.String).fill_null("").to_list() for column in others},
        counts={column: frame[column].cast(pl.Int64).to_list() for column in rule.counts},
    )


@dataclass(kw_only=True)
class Sheet:
    """All counts as numbered cells; cells that are one quantity share a number.

    `unit` says which cells are withheld together: a count of rows goes with the people behind it.
    `told` names the quantities that are withheld last.
    """

    marts: list[Mart]
    values: list[int] = field(default_factory=list)
    number: dict[tuple[str, int, str], int] = field(default_factory=dict)
    quantities: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    members: list[list[int]] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)

    def told_units(self) -> set[int]:
        """The units that hold a quantity which is told."""
        return {self.unit[self.quantities[name]] for name in self.told if name in self.quantities}


def lay_out(marts: list[Mart]) -> Sheet:
    """Number the cells of all marts, one number for each quantity; nulls are no cells."""
    sheet = Sheet(marts=marts)
    for mart in marts:
        for row in range(mart.frame.height):
            names = _quantities(mart, row)
            sheet.told |= {
                mart.quantity(row, same.quantity)
                for same in mart.rule.same_as
                if same.is_told and mart.fits(row, same.where)
            }
            for count in mart.rule.counts:
                value = mart.counts[count][row]
                if value is not None:
                    _number(sheet, mart, row, count, value, names.get(count, []))
    _join_units(sheet)
    return sheet


def _quantities(mart: Mart, row: int) -> dict[str, list[str]]:
    """The names under which this row's counts are known elsewhere."""
    names: dict[str, list[str]] = {}
    for same in mart.rule.same_as:
        if mart.fits(row, same.where) and _is_at(mart, row, same):
            names.setdefault(same.count, []).append(mart.quantity(row, same.quantity))
    for rule in mart.rule.adds_up:
        columns = block_columns(mart, rule)
        for total in rule.total_counts.values():
            if total in mart.rule.counts:
                block = "/".join(mart.words[name][row] for name in columns)
                names.setdefault(total, []).append(f"{mart.name}.{total} of {block}")
    return names


def block_columns(mart: Mart, rule: AddsUp) -> tuple[str, ...]:
    """The columns whose values the rows of one sum share: the key but what is summed over."""
    kept = (name for name in mart.rule.key if name != rule.over)
    return tuple(dict.fromkeys((*kept, *rule.within)))


def _is_at(mart: Mart, row: int, same: SameAs) -> bool:
    if same.at == "every" or mart.rule.sequence is None:
        return True
    order, applied = mart.rule.sequence.order, mart.rule.sequence.applied
    group = tuple(name for name in mart.rule.key if name != order)
    rows = mart.rows_by(group)[tuple(mart.words[name][row] for name in group)]
    steps = [other for other in rows if is_step(mart, other, applied)]
    ordered = sorted(steps, key=lambda other: float(mart.words[order][other]))
    return bool(ordered) and row == (ordered[0] if same.at == "first" else ordered[-1])


def is_step(mart: Mart, row: int, applied: str) -> bool:
    """Did the step of this row remove people (as opposed to a note)?"""
    return mart.words[applied][row] == "true" if applied in mart.words else True


def _number(sheet: Sheet, mart: Mart, row: int, count: str, value: int, names: list[str]) -> None:
    """Give the cell a number: that of a quantity already seen, or a new one."""
    seen = sorted({sheet.quantities[name] for name in names if name in sheet.quantities})
    for other in seen:
        if sheet.values[other] != value:
            raise RunFailedError(
                f"{mart.place(row, count)} is {value}, but the contract says it is the same count "
                f"as one that is {sheet.values[other]} ({', '.join(names)}). "
                f"Correct same_as or total_counts in data_contracts/marts/{mart.name}.yaml."
            )
    if seen:
        number = seen[0]
        for other in seen[1:]:
            _merge(sheet, number, other)
    else:
        number = len(sheet.values)
        sheet.values.append(value)
    sheet.number[(mart.name, row, count)] = number
    sheet.quantities.update(dict.fromkeys(names, number))


def _merge(sheet: Sheet, kept: int, other: int) -> None:
    """Two quantities turn out to be one: the later number gives way."""
    for cell, number in sheet.number.items():
        if number == other:
            sheet.number[cell] = kept
    for name, number in sheet.quantities.items():
        if number == other:
            sheet.quantities[name] = kept


def _join_units(sheet: Sheet) -> None:
    """Put each count of rows or events in one unit with the people behind it."""
    parent = list(range(len(sheet.values)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for mart in sheet.marts:
        for count in mart.rule.counts:
            behind = mart.rule.behind(count)
            if behind is None:
                continue
            for row in range(mart.frame.height):
                pair = (mart.name, row, count), (mart.name, row, behind)
                if all(cell in sheet.number for cell in pair):
                    first, second = sorted(root(sheet.number[cell]) for cell in pair)
                    parent[second] = first
    sheet.unit = [root(number) for number in range(len(sheet.values))]
    sheet.members = [[] for _ in sheet.values]
    for number in sorted(set(sheet.number.values())):
        sheet.members[sheet.unit[number]].append(number)
