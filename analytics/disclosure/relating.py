"""Find every relation that the rules of the marts declare, and those that follow from them."""

from collections.abc import Iterator

from analytics.disclosure.cells import Mart, Sheet, block_columns
from analytics.disclosure.relations import Relations
from analytics.disclosure.rule import AddsUp, Pair
from analytics.errors import BadInputError, RunFailedError


def relate(sheet: Sheet) -> Relations:
    """The relations among all cells of the sheet."""
    relations = Relations(
        n_shown=len(sheet.values), values=list(sheet.values), is_count=[True] * len(sheet.values)
    )
    for mart in sheet.marts:
        # Where the rest is a column the split names it; so the pairs come first.
        for pair in sorted(mart.rule.pairs, key=lambda pair: pair.rest is None):
            _pair(relations, sheet, mart, pair)
        for rule in mart.rule.adds_up:
            _add_up(relations, sheet, mart, rule)
        _add_parts(relations, sheet, mart)
        _step_down(relations, sheet, mart)
        relations.never_small.update(
            cell
            for row in range(mart.frame.height)
            for count in mart.rule.never_small
            if (cell := sheet.cell(mart, row, count)) is not None
        )
    for many, people in sorted(sheet.behind):
        if relations.values[people] <= relations.values[many]:
            relations.at_least(many, people)
    _compare_what_is_left(relations, sheet)
    return relations


def _add_up(relations: Relations, sheet: Sheet, mart: Mart, rule: AddsUp) -> None:
    """Rows of a block sum to the block's total, count by count."""
    for rows in mart.rows_by(block_columns(mart, rule)).values():
        overlap = bool(rule.overlaps) and mart.fits_any(rows[0], rule.overlaps)
        for count, total in _totals(sheet, mart, rule, rows):
            cells = [sheet.cell(mart, row, count) for row in rows]
            parts = tuple(cell for cell in cells if cell is not None)
            if len(parts) < len(rows) or total in parts:
                continue
            is_people = _are_people(mart, count)
            if is_people and len(parts) > 1:
                relations.breakdowns.append((total, parts))
            if is_people and overlap:
                _cover(relations, total, parts)
            else:
                _sum(relations, total, parts)
            if overlap:
                for part in parts:
                    if relations.values[part] <= relations.values[total]:
                        relations.split(total, part)


def _add_parts(relations: Relations, sheet: Sheet, mart: Mart) -> None:
    """Rows that list a quantity sum to it, or to what they leave of it."""
    parts_of: dict[tuple[str, int], list[int]] = {}
    for part_of in mart.rule.parts_of:
        for row in range(mart.frame.height):
            part = sheet.cell(mart, row, part_of.count)
            for name in part_of.listed(mart.words[part_of.column][row]):
                quantity = mart.quantity(row, part_of.quantity, **{part_of.column: name})
                total = sheet.quantities.get(quantity)
                if part is not None and total is not None and part != total:
                    parts_of.setdefault((part_of.count, total), []).append(part)
    for (count, total), parts in parts_of.items():
        if _are_people(mart, count) and len(parts) > 1:
            relations.breakdowns.append((total, tuple(parts)))
        if len(parts) == 1 and relations.values[total] == relations.values[parts[0]]:
            sheet.tie(total, parts[0])
        _sum(relations, total, tuple(dict.fromkeys(parts)))


def _are_people(mart: Mart, *counts: str) -> bool:
    return all(mart.rule.behind(count) is None for count in counts)


def _totals(sheet: Sheet, mart: Mart, rule: AddsUp, rows: list[int]) -> Iterator[tuple[str, int]]:
    """The counts of a block that have a total, each with the total's cell."""
    if rule.total and not mart.fits(rows[0], rule.total):
        kept = (name for name in mart.rule.key if name != rule.over)
        wanted = {name: mart.words[name][rows[0]] for name in kept} | dict(rule.total)
        for row in mart.rows_by(tuple(wanted)).get(tuple(wanted.values()), []):
            for count in mart.rule.counts:
                cell = sheet.cell(mart, row, count)
                if cell is not None:
                    yield count, cell
    for count, name in rule.total_counts.items():
        cell = _named_cell(sheet, mart, rows[0], name)
        if cell is not None:
            yield count, cell


def _named_cell(sheet: Sheet, mart: Mart, row: int, name: str) -> int | None:
    """The cell of a count of this row, or of a quantity that any mart shows."""
    if name in mart.rule.counts:
        return sheet.cell(mart, row, name)
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
    elif together < values[total]:
        relations.add(total, (*parts, relations.unseen(values[total] - together, is_count=True)))
    else:
        _cover(relations, total, parts)
        for part in parts:
            if values[part] <= values[total]:
                relations.split(total, part)


def _cover(relations: Relations, total: int, parts: tuple[int, ...]) -> None:
    """Together the parts are at least the total."""
    together = sum(relations.values[part] for part in parts)
    if together >= relations.values[total]:
        everything = relations.unseen(together, is_count=False)
        relations.add(everything, parts)
        relations.at_least(everything, total)


def _pair(relations: Relations, sheet: Sheet, mart: Mart, pair: Pair) -> None:
    for row in range(mart.frame.height):
        if not (mart.fits(row, pair.where) and mart.is_at(row, pair.at)):
            continue
        part = _named_cell(sheet, mart, row, pair.part)
        total = _named_cell(sheet, mart, row, pair.total)
        if part is None or total is None:
            continue
        if relations.values[part] > relations.values[total]:
            if pair.may_differ:
                continue
            raise RunFailedError(
                f"{mart.place(row, pair.part)} is {relations.values[part]}, more than its total "
                f"'{pair.total}', {relations.values[total]}. "
                f"Correct pairs in data_contracts/marts/{mart.name}.yaml, or the mart's SQL."
            )
        rest = None if pair.rest is None else sheet.cell(mart, row, pair.rest)
        if rest is not None:
            _check_rest(relations, mart, row, pair, total, part, rest)
        relations.split(total, part, rest)
        if pair.total in mart.rule.counts and _are_people(mart, pair.total, pair.part):
            relations.breakdowns.append((total, (part,) if rest is None else (part, rest)))
        if pair.never_small and total != part:
            relations.never_small.add(relations.remainders[total, part])
        if pair.by_person:
            relations.by_person.add((total, part))


def _check_rest(
    relations: Relations, mart: Mart, row: int, pair: Pair, total: int, part: int, rest: int
) -> None:
    values = relations.values
    if values[total] - values[part] != values[rest]:
        raise RunFailedError(
            f"{mart.place(row, str(pair.rest))} is {values[rest]}, but '{pair.total}' less "
            f"'{pair.part}' is {values[total] - values[part]}. "
            f"Correct pairs in data_contracts/marts/{mart.name}.yaml, or the mart's SQL."
        )


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
                cell = sheet.cell(mart, row, count)
                if cell is None:
                    continue
                is_step = mart.is_step(row, applied)
                if last_step is not None and relations.values[cell] <= relations.values[last_step]:
                    relations.split(last_step, cell)
                    if not is_step and _are_people(mart, count):
                        relations.breakdowns.append((last_step, (cell,)))
                if is_step:
                    last_step = cell


def _compare_what_is_left(relations: Relations, sheet: Sheet) -> None:
    """Relations between what is left of rows, of people and of outcomes by one and the same cut.

    Whoever is left out has a row that is left out: at least as many rows as people are. Rows with
    and without the outcome are cut alike, so that those without it which are left out are a count
    too. Where people are cut whole, no more of them with the outcome are left out than people.
    """
    parts_of: dict[int, list[int]] = {}
    for total, part in relations.remainders:
        parts_of.setdefault(total, []).append(part)
    splits = list(relations.remainders)
    values, left = relations.values, relations.remainders
    for many, people in sorted(sheet.behind):
        for part in parts_of.get(many, []):
            for those in parts_of.get(people, []):
                if (part, those) in sheet.behind and values[left[people, those]] <= values[
                    left[many, part]
                ]:
                    relations.at_least(left[many, part], left[people, those])
    counts_rows = {many for many, _ in sheet.behind}
    for whole, cut in splits:
        for outcome in parts_of.get(whole, []):
            for outcome_cut in parts_of.get(outcome, []):
                if outcome == cut or (cut, outcome_cut) not in left:
                    continue
                if {whole, cut, outcome, outcome_cut} <= counts_rows:
                    without, without_cut = left[whole, outcome], left[cut, outcome_cut]
                    if values[without] >= values[without_cut]:
                        relations.split(without, without_cut)
                elif {(whole, cut), (outcome, outcome_cut)} <= relations.by_person:
                    gone, gone_outcome = left[whole, cut], left[outcome, outcome_cut]
                    if values[gone] >= values[gone_outcome]:
                        relations.split(gone, gone_outcome)
