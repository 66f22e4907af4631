"""Every count of every mart as a cell of one sheet; which cells are the same, or go together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analytics.disclosure.rule import AddsUp, AnyOf, DisclosureRule, Place, SameAs
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

    def fits_any(self, row: int, where: AnyOf) -> bool:
        """Does the row carry one of the values given for each column in `where`?"""
        return all(self.words[name][row] in values for name, values in where.items())

    def is_about_nobody(self, row: int) -> bool:
        """Does the row count something else than people?"""
        return bool(self.rule.about_nobody) and self.fits_any(row, self.rule.about_nobody)

    def is_at(self, row: int, place: Place) -> bool:
        """Is the row the first or last step of its sequence, if only that is asked for?"""
        if place == "every" or self.rule.sequence is None:
            return True
        order, applied = self.rule.sequence.order, self.rule.sequence.applied
        group = tuple(name for name in self.rule.key if name != order)
        rows = self.rows_by(group)[tuple(self.words[name][row] for name in group)]
        steps = [other for other in rows if self.is_step(other, applied)]
        ordered = sorted(steps, key=lambda other: float(self.words[order][other]))
        return bool(ordered) and row == (ordered[0] if place == "first" else ordered[-1])

    def is_step(self, row: int, applied: str) -> bool:
        """Did the step of this row remove people (as opposed to a note)?"""
        return self.words[applied][row] == "true" if applied in self.words else True

    def quantity(self, row: int, template: str, **instead: str) -> str:
        """A quantity's name with the row's own values, or those `instead`, for `{column}`."""
        words = {name: values[row] for name, values in self.words.items()}
        return template.format_map(words | instead)

    def place(self, row: int, count: str) -> str:
        """A cell's place in words, for messages."""
        key = ", ".join(f"{name}={self.words[name][row]}" for name in self.rule.key)
        return f"{self.name}.{count} ({key})"


def as_mart(name: str, frame: pl.DataFrame, rule: DisclosureRule) -> Mart:
    """Read a frame into a mart; every column the rule names must be there.

    Rows come in the order of their key, so that what is withheld does not hang on how they came;
    `PLACE` remembers where each was.
    """
    missing = sorted(rule.columns_needed - set(frame.columns))
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
    `behind` holds each such pair, `people` the cells that count the people of a row,
    `people_of_row` for each other cell those of the rows it stands in, `told` the quantities that
    are withheld last.
    """

    marts: list[Mart]
    values: list[int] = field(default_factory=list)
    number: dict[tuple[str, int, str], int] = field(default_factory=dict)
    quantities: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    members: list[list[int]] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    behind: set[tuple[int, int]] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    people_of_row: list[set[int]] = field(default_factory=list)

    def told_units(self) -> set[int]:
        """The units that hold a quantity which is told."""
        return {self.unit[self.quantities[name]] for name in self.told if name in self.quantities}

    def tie(self, one: int, other: int) -> None:
        """Withhold two cells together: each tells the other."""
        kept, gone = sorted((self.unit[one], self.unit[other]))
        if kept != gone:
            for member in self.members[gone]:
                self.unit[member] = kept
            self.members[kept] = sorted({*self.members[kept], *self.members[gone]})
            self.members[gone] = []

    def cell(self, mart: Mart, row: int, count: str) -> int | None:
        """The number of a count's cell; None where there is no count."""
        return self.number.get((mart.name, row, count))


def lay_out(marts: list[Mart]) -> Sheet:
    """Number the cells of all marts, one number for each quantity.

    Nulls are no cells, nor are the counts of rows that are about nobody.
    """
    sheet = Sheet(marts=marts)
    for mart in marts:
        for row in range(mart.frame.height):
            if mart.is_about_nobody(row):
                continue
            names = _quantities(sheet, mart, row)
            for count in mart.rule.counts:
                value = mart.counts[count][row]
                if value is not None:
                    _number(sheet, mart, row, count, value, names.get(count, []))
    _look_behind(sheet)
    _join_units(sheet)
    return sheet


def _quantities(sheet: Sheet, mart: Mart, row: int) -> dict[str, list[str]]:
    """The names under which this row's counts are known elsewhere."""
    names: dict[str, list[str]] = {}
    for same in mart.rule.same_as:
        if mart.fits(row, same.where) and mart.is_at(row, same.at):
            quantity = _name_of(sheet, mart, row, same)
            names.setdefault(same.count, []).append(quantity)
            if same.is_told:
                sheet.told.add(quantity)
    for rule in mart.rule.adds_up:
        columns = block_columns(mart, rule)
        for total in rule.total_counts.values():
            if total in mart.rule.counts:
                block = "/".join(mart.words[name][row] for name in columns)
                names.setdefault(total, []).append(f"{mart.name}.{total} of {block}")
    return names


def _name_of(sheet: Sheet, mart: Mart, row: int, same: SameAs) -> str:
    """The quantity's name; with the number itself, where another number has the name already."""
    quantity = mart.quantity(row, same.quantity)
    known = sheet.quantities.get(quantity)
    value = mart.counts[same.count][row]
    if same.may_differ and known is not None and sheet.values[known] != value:
        return f"{quantity} = {value}"
    return quantity


def block_columns(mart: Mart, rule: AddsUp) -> tuple[str, ...]:
    """The columns whose values the rows of one sum share: the key but what is summed over."""
    kept = (name for name in mart.rule.key if name != rule.over)
    return tuple(dict.fromkeys((*kept, *rule.within)))


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


def _look_behind(sheet: Sheet) -> None:
    """Note the people behind each count of rows or events, and behind each row."""
    sheet.people_of_row = [set() for _ in sheet.values]
    for mart in sheet.marts:
        rule = mart.rule
        behind = {count: rule.behind(count) for count in rule.counts}
        for row in range(mart.frame.height):
            people = None if rule.people is None else sheet.cell(mart, row, rule.people)
            if people is not None:
                sheet.people.add(people)
            for count, other in behind.items():
                cell = sheet.cell(mart, row, count)
                if cell is None:
                    continue
                if people is not None and people != cell:
                    sheet.people_of_row[cell].add(people)
                if other is not None and (those := sheet.cell(mart, row, other)) is not None:
                    sheet.behind.add((cell, those))


def _join_units(sheet: Sheet) -> None:
    """Put each count of rows or events in one unit with the people behind it."""
    parent = list(range(len(sheet.values)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for pair in sorted(sheet.behind):
        first, second = sorted(map(root, pair))
        parent[second] = first
    sheet.unit = [root(number) for number in range(len(sheet.values))]
    sheet.members = [[] for _ in sheet.values]
    for number in sorted(set(sheet.number.values())):
        sheet.members[sheet.unit[number]].append(number)
