"""Counts that no reader sees exactly, and words that tell how large they are.

Groups of cohorts lie in those of other cohorts and of studies in so many ways that, taken with all
else, they would have far more counts withheld. So it is first decided what is shown of all others,
as if these were not there; then each block of them is told as far as no small count follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analytics.disclosure.cells import Mart, Sheet, lay_out
from analytics.disclosure.program import Program
from analytics.disclosure.protection import Protection
from analytics.disclosure.relating import relate
from analytics.disclosure.rule import Roughly

Block = tuple[str, ...]
Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The least and the most that a reader takes a count to be."""

    least: int
    most: int

    def both(self, other: "Span") -> "Span":
        """What is known by two ways of knowing."""
        return Span(least=max(self.least, other.least), most=min(self.most, other.most))


Spans = dict[int, Span]
"""By the numbers of cells."""


@dataclass(kw_only=True)
class Told:
    """What each block tells of its cells by its words, and by its counts; as long as it may."""

    by_words: dict[Block, Spans] = field(default_factory=dict)
    by_counts: dict[Block, Spans] = field(default_factory=dict)

    def spans(self) -> Spans:
        """What is told of each cell in all."""
        together: Spans = {}
        for told in (*self.by_words.values(), *self.by_counts.values()):
            for cell, span in told.items():
                together[cell] = together[cell].both(span) if cell in together else span
        return together

    def drop_one(self, prices: Mapping[int, float]) -> bool:
        """Leave out what takes the most, counts before words; False where nothing takes any."""
        for told in (self.by_counts, self.by_words):
            cost = {
                block: sum(prices.get(cell, 0.0) for cell in spans) for block, spans in told.items()
            }
            costly = [block for block in sorted(cost) if cost[block] > 0]
            if costly:
                del told[max(costly, key=lambda block: cost[block])]
                return True
        return False


def tell_roughly(mart: Mart, rule: Roughly, sheet: Sheet, protection: Protection) -> pl.DataFrame:
    """One row for each row of the mart, its counts rounded or withheld, its words said or not.

    `sheet` and `protection` hold all other marts, of which what is withheld is decided. `mart` may
    not be among them.
    """
    together = lay_out([*sheet.marts, mart])
    whole = Protection(together, relate(together), protection.smallest_cell)
    own = {cell for (name, *_), cell in together.number.items() if name == mart.name}
    _take_over(whole, together, protection, sheet, own)
    told = _all_told(mart, rule, together, protection.smallest_cell)
    program = whole.program_of(own)
    _know(whole, program, told, own)
    unsure = [cell for cell in program.column if cell in whole.needed]
    while unsure:
        cell, *others = unsure
        reached = program.reached(cell, others)
        while cell not in reached and told.drop_one(program.binding_bounds(cell)):
            _know(whole, program, told, own)
            reached = program.reached(cell, others)
        unsure = [other for other in others if other not in reached]
    return _as_told(mart, rule, told, protection.smallest_cell)


def rounded(value: int, nearest: int) -> int:
    """The value to the nearest multiple of a number, halves up."""
    return (value + nearest // 2) // nearest * nearest


def _take_over(
    whole: Protection, together: Sheet, decided: Protection, sheet: Sheet, own: set[int]
) -> None:
    """What was decided without the mart: what is withheld, and what is known of it."""
    number = {cell: together.number[place] for place, cell in sheet.number.items()}
    for cell in range(whole.n_shown):
        whole.is_unknown[cell] = cell in own
    for before, cell in number.items():
        whole.is_unknown[cell] = decided.is_unknown[before]
        if before in decided.known_least:
            whole.known_least[cell] = decided.known_least[before]
        if before in decided.needed:
            whole.needed[cell] = decided.needed[before]
    for cell in own:
        if 0 < whole.values[cell] < whole.smallest_cell:
            whole.needed[cell] = whole.smallest_cell


def _all_told(mart: Mart, rule: Roughly, sheet: Sheet, smallest_cell: int) -> Told:
    """What the whole mart would tell."""
    nearest = rule.multiple * smallest_cell
    value = dict(zip(_keys(mart, rule), mart.counts[rule.count], strict=True))
    everyone: dict[Key, int] = {}
    for key, n in value.items():
        everyone[key[:-1]] = everyone.get(key[:-1], 0) + (n or 0)
    told = Told()
    cells: dict[Key, int] = {}
    for row, key in enumerate(_keys(mart, rule)):
        cell = sheet.cell(mart, row, rule.count)
        if cell is None:
            continue
        block = _block(mart, rule, row)
        cells[key] = cell
        first = rounded(sheet.values[cell], nearest) - nearest // 2
        span = Span(least=max(0, first), most=first + nearest - 1)
        told.by_counts.setdefault(block, {})[cell] = span
        told.by_words.setdefault(block, {})
    for row, key in enumerate(_keys(mart, rule)):
        before = (*key[:-2], str(int(key[-2]) - 1), key[-1])
        if before in cells:
            n_people, n_everyone = sheet.values[cells[before]], everyone[before[:-1]]
            span = _told_by(mart.words[rule.judged.column][row], rule, n_people, n_everyone)
            told.by_words[_block(mart, rule, row)][cells[before]] = span
    return told


def _told_by(words: str, rule: Roughly, n_people: int, n_everyone: int) -> Span:
    """What words tell of the people of a group before the step, and of everybody then."""
    fewest = rule.judged.fewest
    if words != rule.judged.too_few:
        return Span(least=fewest, most=n_everyone - fewest)
    if n_everyone < 2 * fewest:
        return Span(least=0, most=n_everyone)
    if n_people < fewest:
        return Span(least=0, most=fewest - 1)
    return Span(least=n_everyone - fewest + 1, most=n_everyone)


def _keys(mart: Mart, rule: Roughly) -> list[Key]:
    """Each row's block, step and group."""
    columns = (*rule.block, rule.step, rule.over)
    return list(zip(*(mart.words[name] for name in columns), strict=True))


def _block(mart: Mart, rule: Roughly, row: int) -> Block:
    return tuple(mart.words[name][row] for name in rule.block)


def _know(whole: Protection, program: Program, told: Told, own: set[int]) -> None:
    """Let the reader know what is told, and of the other cells of the mart nothing."""
    spans = told.spans()
    for cell in own:
        whole.known_least[cell] = spans[cell].least if cell in spans else 0
        if cell in spans:
            whole.known_most[cell] = spans[cell].most
        else:
            whole.known_most.pop(cell, None)
    program.read_bounds()


def _as_told(mart: Mart, rule: Roughly, told: Told, smallest_cell: int) -> pl.DataFrame:
    nearest = rule.multiple * smallest_cell
    blocks = [_block(mart, rule, row) for row in range(mart.frame.height)]
    counts = [
        None if n is None or block not in told.by_counts else rounded(n, nearest)
        for n, block in zip(mart.counts[rule.count], blocks, strict=True)
    ]
    column = rule.judged.column
    words = [
        said if block in told.by_words else rule.judged.instead
        for said, block in zip(mart.words[column], blocks, strict=True)
    ]
    is_lost = [
        (count is None and n is not None) or block not in told.by_words
        for count, n, block in zip(counts, mart.counts[rule.count], blocks, strict=True)
    ]
    return mart.frame.with_columns(
        pl.Series(rule.count, counts, dtype=mart.frame.schema[rule.count]),
        pl.Series(column, words, dtype=pl.String),
        is_suppressed=pl.Series(is_lost, dtype=pl.Boolean),
    )
