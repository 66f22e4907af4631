"""How counts hang together: each relation says that one cell is the sum of others.

A part may be a count that no mart shows (people without the outcome, people removed by a step);
it has a number past the shown cells and is not to be revealed either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from analytics.disclosure.cells import Mart, Sheet, block_columns, is_step
from analytics.disclosure.rule import AddsUp, Pair
from analytics.errors import BadInputError, RunFailedError


@dataclass(frozen=True, kw_only=True)
class Relation:
    """The cell `total` is the sum of the cells `parts`."""

    total: int
    parts: tuple[int, ...]


@dataclass(kw_only=True)
class Relations:
    """All relations among the cells of a sheet.

    `values` holds the shown cells first, then the counts that no mart shows; `is_count` is false
    for those of the latter that count nobody (rows less people), which need no protection.
    """

    n_shown: int
    values: list[int]
    is_count: list[bool]
    relations: list[Relation] = field(default_factory=list)
    seen: set[Relation] = field(default_factory=set)
    remainders: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, total: int, parts: tuple[int, ...]) -> None:
        """Note a relation, once."""
        relation = Relation(total=total, parts=tuple(sorted(parts)))
        if relation not in self.seen and total not in parts:
            self.seen.add(relation)
            self.relations.append(relation)

    def unseen(self, value: int, *, is_count: bool) -> int:
        """A new number for a count that no mart shows."""
        self.values.append(value)
        self.is_count.append(is_count)
        return len(self.values) - 1

    def split(self, total: int, part: int, *, is_count: bool = True) -> None:
        """`total` = `part` + a remainder that no mart shows."""
        if total != part and (total, part) not in self.remainders:
            rest = self.unseen(self.values[total] - self.values[part], is_count=is_count)
            self.remainders[(total, part)] = rest
            self.add(total, (part, rest))


def relate(sheet: Sheet) -> Relations:
    """Find every relation that the rules of the marts declare."""
    relations = Relations(
        n_shown=len(sheet.values), values=list(sheet.values), is_count=[True] * len(sheet.values)
    )
    for mart in sheet.marts:
        for rule in mart.rule.adds_up:
            _add_up(relations, sheet, mart, rule)
        for pair in mart.rule.pairs:
            _pair(relations, sheet, mart, pair)
        _step_down(relations, sheet, mart)
        _people_behind(relations, sheet, mart)
    return relations


def _add_up(relations: Relations, sheet: Sheet, mart: Mart, rule: AddsUp) -> None:
    """Rows of a block sum to the block's total, count by count."""
    for rows in mart.rows_by(block_columns(mart, rule)).values():
        for count, total in _totals(sheet, mart, rule, rows):
            cells = [sheet.number.get((mart.name, row, count)) for row in rows]
            parts = tuple(cell for cell in cells if cell is not None)
            if len(parts) == len(rows) and total not in parts:
                _sum(relations, total, parts)


def _totals(sheet: Sheet, mart: Mart, rule: AddsUp, rows: list[int]) -> Iterator[tuple[str, int]]:
    """The counts of a block that have a total, each with the total's cell."""
    if rule.total and not mart.fits(rows[0], rule.total):
        kept = (name for name in mart.rule.key if name != rule.over)
        wanted = {name: mart.words[name][rows[0]] for name in kept} | dict(rule.total)
        for row in mart.rows_by(tuple(wanted)).get(tuple(wanted.values()), []):
            for count in mart.rule.counts:
                if (mart.name, row, count) in sheet.number:
                    yield count, sheet.number[(mart.name, row, count)]
    for count, name in rule.total_counts.items():
        cell = _named_cell(sheet, mart, rows[0], name)
        if cell is not None:
            yield count, cell


def _named_cell(sheet: Sheet, mart: Mart, row: int, name: str) -> int | None:
    """The cell of a count of this row, or of a quantity that any mart shows."""
    if name in mart.rule.counts:
        return sheet.number.get((mart.name, row, name))
    if name in mart.frame.columns:
        raise BadInputError(
            f"mart '{mart.name}': disclosure uses '{name}' as a total, but it is not among the "
            f"counts. Add it to counts in data_contracts/marts/{mart.name}.yaml."
        )
    return sheet.quantities.get(mart.quantity(row, name))


def _sum(relations: Relations, total: int, parts: tuple[int, ...]) -> None:
    """State the sum; where it does not hold, only what is still true of it.

    Rows that sum to less leave out some people, who are a count too. Where people are in several
    rows these sum to at least the total, and each is at most the total.
    """
    values = relations.values
    together = sum(values[part] for part in parts)
    if together == values[total]:
        relations.add(total, parts)
        return
    if together < values[total]:
        relations.add(total, (*parts, relations.unseen(values[total] - together, is_count=True)))
        return
    everything = relations.unseen(together, is_count=False)
    relations.add(everything, parts)
    relations.split(everything, total, is_count=False)
    for part in parts:
        if values[part] <= values[total]:
            relations.split(total, part)


def _pair(relations: Relations, sheet: Sheet, mart: Mart, pair: Pair) -> None:
    for row in range(mart.frame.height):
        part = sheet.number.get((mart.name, row, pair.part))
        total = _named_cell(sheet, mart, row, pair.total)
        if part is None or total is None:
            continue
        if relations.values[part] > relations.values[total]:
            raise RunFailedError(
                f"{mart.place(row, pair.part)} is {relations.values[part]}, more than its total "
                f"'{pair.total}', {relations.values[total]}. "
                f"Correct pairs in data_contracts/marts/{mart.name}.yaml, or the mart's SQL."
            )
        relations.split(total, part)


def _step_down(relations: Relations, sheet: Sheet, mart: Mart) -> None:
    """Each step's count is the next one's and those it removed."""
    if mart.rule.sequence is None:
        return
    order, applied = mart.rule.sequence.order, mart.rule.sequence.applied
    group = tuple(name for name in mart.rule.key if name != order)
    for rows in mart.rows_by(group).values():
        ordered = sorted(rows, key=lambda row: float(mart.words[order][row]))
        for count in mart.rule.counts:
            last_step: int | None = None
            for row in ordered:
                cell = sheet.number.get((mart.name, row, count))
                if cell is None:
                    continue
                if last_step is not None and relations.values[cell] <= relations.values[last_step]:
                    relations.split(last_step, cell)
                if is_step(mart, row, applied):
                    last_step = cell


def _people_behind(relations: Relations, sheet: Sheet, mart: Mart) -> None:
    """There are at least as many rows or events as people behind them."""
    for count in mart.rule.counts:
        behind = mart.rule.behind(count)
        if behind is None:
            continue
        for row in range(mart.frame.height):
            many = sheet.number.get((mart.name, row, count))
            people = sheet.number.get((mart.name, row, behind))
            if many is None or people is None:
                continue
            if relations.values[people] <= relations.values[many]:
                relations.split(many, people, is_count=False)
