"""Withhold small counts, what would reveal them, and what is computed from either."""

from collections.abc import Mapping

import polars as pl

from analytics.disclosure.cells import PLACE, Mart, Sheet, as_mart, lay_out
from analytics.disclosure.protection import Protection
from analytics.disclosure.relating import relate
from analytics.disclosure.roughly import tell_roughly
from analytics.disclosure.rule import Compared, DisclosureRule
from analytics.errors import RunFailedError

Flags = dict[str, list[bool]]
Told = tuple[int, str]


def suppress(
    frames: Mapping[str, pl.DataFrame],
    rules: Mapping[str, DisclosureRule],
    smallest_cell: int = 11,
) -> dict[str, pl.DataFrame]:
    """Withhold every count of 1 to `smallest_cell` − 1 of all marts, and whatever would reveal it.

    One frame for each of `frames`, in its rows and columns; aggregate marts also have
    `is_suppressed` (true where anything in the row was withheld). Withheld values are null; 0 may
    be shown.

    What is promised: take a reader who has all published marts and knows how their counts hang
    together (`rules`), and that a withheld count is 0 only where zeros are withheld (see
    `protection`). For each count of 1 to `smallest_cell` − 1, in a mart or implied (people without
    the outcome, people removed by a step), the values that this reader must hold possible reach up
    to `smallest_cell` or beyond: nobody can say that the count is small, and still less what it
    is.
    Not promised: anything against one who knows some of the people, or the marts of another day.

    * A row whose count of people is small loses all its counts; a count of rows or events goes
      with the count of the people behind it, and the other way round.
    * A total of fewer than twice the smallest cell is not broken down into groups of people.
    * Where that is not enough, further counts go: those that are told (`SameAs`) last, those in
      fewest relations first, then the smallest.
    * Counts that are told `roughly` come last: block by block they are told where nothing small
      follows.
    * A value derived from a withheld count goes with it, a comparison with either of the values
      it compares, and a word about a value says the same wherever the value is withheld.
    """
    missing = sorted(set(frames) - set(rules))
    if missing:
        raise RunFailedError(
            f"mart '{missing[0]}' has no disclosure rule, so it cannot be published. "
            f"Add a disclosure section to data_contracts/marts/{missing[0]}.yaml."
        )
    every_mart = [
        as_mart(name, frame, rules[name])
        for name, frame in sorted(frames.items())
        if rules[name].level == "aggregate"
    ]
    marts = [mart for mart in every_mart if mart.rule.roughly is None]
    sheet = lay_out(marts)
    protection = Protection(sheet, relate(sheet), smallest_cell)
    protection.withhold({cell for mart in marts for cell in _small(mart, sheet, smallest_cell)})
    withheld = protection.withheld()
    told = {mart.name: _told_anyway(mart, sheet, protection, smallest_cell) for mart in marts}
    shown = {
        mart.name: _without(mart, sheet, withheld, told[mart.name], smallest_cell)
        .sort(PLACE)
        .drop(PLACE)
        for mart in marts
    }
    for mart in every_mart:
        if mart.rule.roughly is not None:
            rough = tell_roughly(mart, mart.rule.roughly, sheet, protection)
            shown[mart.name] = rough.sort(PLACE).drop(PLACE)
    return {name: shown.get(name, frame) for name, frame in frames.items()}


def _small(mart: Mart, sheet: Sheet, smallest_cell: int) -> list[int]:
    """The cells withheld for their own sake or for that of the people behind them."""

    def is_small(row: int, count: str | None) -> bool:
        value = None if count is None else mart.counts[count][row]
        return value is not None and 0 < value < smallest_cell

    # A total that each row repeats, or of which its people are a part, is not about these.
    totals = {total for rule in mart.rule.adds_up for total in rule.total_counts.values()} | {
        pair.total for pair in mart.rule.pairs if pair.part == mart.rule.people
    }
    behind = {
        count: (count, mart.rule.behind(count), None if count in totals else mart.rule.people)
        for count in mart.rule.counts
    }
    return [
        cell
        for row in range(mart.frame.height)
        for count in mart.rule.counts
        if (cell := sheet.cell(mart, row, count)) is not None
        and any(is_small(row, other) for other in behind[count])
    ]


def _told_anyway(mart: Mart, sheet: Sheet, protection: Protection, smallest_cell: int) -> set[Told]:
    """The rows and columns to show though counts behind them are withheld."""
    told: set[Told] = set()
    for rule in mart.rule.told_anyway:
        for row in range(mart.frame.height):
            if not mart.fits_any(row, rule.where):
                continue
            fewest = {
                cell: max(smallest_cell, fewest)
                for count, fewest in rule.at_least.items()
                if (cell := sheet.cell(mart, row, count)) is not None
            }
            if (
                len(fewest) == len(rule.at_least)
                and all(sheet.values[cell] >= least for cell, least in fewest.items())
                and protection.may_know(fewest)
            ):
                told.update((row, column) for column in rule.columns)
    return told


def _without(
    mart: Mart, sheet: Sheet, withheld: set[int], told: set[Told], smallest_cell: int
) -> pl.DataFrame:
    """The mart's frame without the withheld cells and what derives from them."""
    rule, frame = mart.rule, mart.frame
    goes = _counts_that_go(mart, sheet, withheld)
    _derived_goes(mart, goes, told)
    for compared in rule.compares:
        _compared_goes(mart, goes, compared)
    is_lost = {
        name: pl.Series(name, flags, dtype=pl.Boolean) & frame[name].is_not_null()
        for name, flags in goes.items()
    }
    words = {
        said.column: pl.when(pl.Series(goes[said.of], dtype=pl.Boolean))
        .then(pl.lit(said.words))
        .otherwise(said.column)
        .alias(said.column)
        for said in rule.says_instead
        if said.of in goes
    }
    rounded = {
        name: ((pl.col(name) + smallest_cell // 2) // smallest_cell * smallest_cell).alias(name)
        for name in rule.rounded
    }
    for told_anyway in rule.told_anyway:
        is_meant = pl.Series(
            [mart.fits_any(row, told_anyway.where) for row in range(frame.height)],
            dtype=pl.Boolean,
        )
        rounded |= {
            name: pl.when(is_meant)
            .then(pl.col(name).round(told_anyway.decimals))
            .otherwise(name)
            .alias(name)
            for name in told_anyway.columns
        }
    return (
        frame.with_columns(*rounded.values(), *words.values())
        .with_columns(
            pl.when(lost).then(None).otherwise(pl.col(name)).alias(name)
            for name, lost in is_lost.items()
        )
        .with_columns(
            is_suppressed=pl.any_horizontal(*is_lost.values()) if is_lost else pl.lit(False)
        )
    )


def _counts_that_go(mart: Mart, sheet: Sheet, withheld: set[int]) -> Flags:
    return {
        count: [sheet.cell(mart, row, count) in withheld for row in range(mart.frame.height)]
        for count in mart.rule.counts
    }


def _derived_goes(mart: Mart, goes: Flags, told: set[Told]) -> None:
    for derived in mart.rule.derives:
        for column in derived.columns:
            flags = goes.setdefault(column, [False] * mart.frame.height)
            for row in range(mart.frame.height):
                if (row, column) not in told and mart.fits_any(row, derived.where):
                    flags[row] |= any(goes[count][row] for count in derived.counts)


def _compared_goes(mart: Mart, goes: Flags, compared: Compared) -> None:
    """A comparison needs the value on this row and the one on its reference row."""
    height = mart.frame.height
    is_null = mart.frame[compared.of].is_null().to_list()
    is_gone = [
        nothing or gone
        for nothing, gone in zip(is_null, goes.get(compared.of, [False] * height), strict=True)
    ]
    row_of = {tuple(mart.words[name][row] for name in mart.rule.key): row for row in range(height)}
    for row in range(height):
        reference = row_of.get(
            tuple(
                mart.words[compared.reference if name == compared.group else name][row]
                for name in mart.rule.key
            )
        )
        if is_gone[row] or reference is None or is_gone[reference]:
            for column in compared.columns:
                goes.setdefault(column, [False] * height)[row] = True
