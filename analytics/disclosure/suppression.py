"""Withhold small counts, what would reveal them, and what is computed from either."""

from collections.abc import Mapping

import polars as pl

from analytics.disclosure.cells import PLACE, Mart, Sheet, as_mart, lay_out
from analytics.disclosure.protection import Protection
from analytics.disclosure.relations import relate
from analytics.disclosure.rule import DisclosureRule
from analytics.errors import RunFailedError


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
    together (`rules`), that counts are not negative and that a withheld count is not 0. For each
    count of 1 to `smallest_cell` − 1, in a mart or implied (people without the outcome, people
    removed by a step), the values that this reader must hold possible reach up to `smallest_cell`
    or beyond: nobody can say that the count is small, and still less what it is. Where only
    withholding a quantity that is told would give that, there are several such values, and they
    reach up to half of `smallest_cell`: nobody can say what the count is.
    Not promised: anything against one who knows some of the people, or the marts of another day.

    * A row whose count of people is small loses all its counts; a count of rows or events goes
      with the count of the people behind it, and the other way round.
    * Where that is not enough, further counts go: those in fewest relations first, then the
      smallest.
    * A withheld count is also withheld where the same column of the study has the same value, in
      marts whose contract does not say how their counts are shared: it may well be the same count.
    * A value derived from a withheld count goes with it (`derives`), and so does a rate whose
      numerator, or that numerator's complement, would be a small count (`rates`).
    """
    missing = sorted(set(frames) - set(rules))
    if missing:
        raise RunFailedError(
            f"mart '{missing[0]}' has no disclosure rule, so it cannot be published. "
            f"Add a disclosure section to data_contracts/marts/{missing[0]}.yaml."
        )
    marts = [
        as_mart(name, frame, rules[name])
        for name, frame in sorted(frames.items())
        if rules[name].level == "aggregate"
    ]
    sheet = lay_out(marts)
    protection = Protection(sheet, relate(sheet), smallest_cell)
    protection.withhold({cell for mart in marts for cell in _small(mart, sheet, smallest_cell)})
    while echoes := _echoes(sheet, protection.withheld()):
        protection.withhold(echoes)
    withheld = protection.withheld()
    shown = {
        mart.name: _without(mart, sheet, withheld, smallest_cell).sort(PLACE).drop(PLACE)
        for mart in marts
    }
    return {name: shown.get(name, frame) for name, frame in frames.items()}


def _small(mart: Mart, sheet: Sheet, smallest_cell: int) -> list[int]:
    """The cells withheld for their own sake or for that of the people behind them."""

    def is_small(row: int, count: str | None) -> bool:
        value = None if count is None else mart.counts[count][row]
        return value is not None and 0 < value < smallest_cell

    # A total that each row repeats is not about the people of the row.
    totals = {total for rule in mart.rule.adds_up for total in rule.total_counts.values()}
    behind = {
        count: (count, mart.rule.behind(count), None if count in totals else mart.rule.people)
        for count in mart.rule.counts
    }
    return [
        sheet.number[(mart.name, row, count)]
        for row in range(mart.frame.height)
        for count in mart.rule.counts
        if (mart.name, row, count) in sheet.number
        and any(is_small(row, other) for other in behind[count])
    ]


def _echoes(sheet: Sheet, withheld: set[int]) -> set[int]:
    """Shown cells in which a withheld cell's number could be read in another mart.

    Two cells are taken for one count when column, value and study agree, or one mart has no study.
    Marts that say how their counts are shared or add up are taken at their word.
    """
    marts = {mart.name: mart for mart in sheet.marts}
    silent = {name for name, m in marts.items() if not (m.rule.same_as or m.rule.adds_up)}

    def study(mart: str, row: int) -> str:
        words = marts[mart].words
        return words["study"][row] if "study" in words else ""

    places: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
    for (mart, row, count), cell in sheet.number.items():
        if sheet.values[cell] > 0:
            place = mart, study(mart, row), cell
            places.setdefault((count, sheet.values[cell]), []).append(place)
    return {
        cell
        for same in places.values()
        for from_mart, from_study, hidden in same
        if hidden in withheld
        for mart, of_study, cell in same
        if mart in silent - {from_mart}
        and cell not in withheld
        and (of_study == from_study or "" in (of_study, from_study))
    }


def _without(mart: Mart, sheet: Sheet, withheld: set[int], smallest_cell: int) -> pl.DataFrame:
    """The mart's frame without the withheld cells and what derives from them."""
    height = mart.frame.height
    gone = {
        count: [sheet.number.get((mart.name, row, count)) in withheld for row in range(height)]
        for count in mart.rule.counts
    }
    derived: dict[str, list[bool]] = {
        column: [any(gone[count][row] for count in counts) for row in range(height)]
        for column, counts in mart.rule.derives.items()
    }
    for rate in mart.rule.rates:
        flags = derived.setdefault(rate.rate, [False] * height)
        for row, share in enumerate(mart.frame[rate.rate].to_list()):
            if share is None or not mart.fits(row, rate.where):
                continue
            of = mart.counts[rate.of][row]
            part = None if of is None else round(share * of)
            implied = () if of is None or part is None else (part, of - part)
            flags[row] |= gone[rate.of][row] or any(0 < n < smallest_cell for n in implied)
    goes = pl.DataFrame(gone | derived, schema=dict.fromkeys(gone | derived, pl.Boolean))
    was_there = mart.frame.select(pl.col(name).is_not_null() for name in goes.columns)
    lost = [goes[name] & was_there[name] for name in goes.columns]
    return mart.frame.with_columns(
        *(
            pl.when(flags).then(None).otherwise(pl.col(flags.name)).alias(flags.name)
            for flags in lost
        ),
        pl.any_horizontal(lost).alias("is_suppressed")
        if lost
        else pl.lit(False).alias("is_suppressed"),
    )
