"""How counts hang together: each relation says that one cell is the sum of others.

A part may be a count that no mart shows (people without the outcome, people removed by a step);
it has a number past the shown cells and is not to be revealed either.
"""

from dataclasses import dataclass, field


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
    `remainders` gives, for a total and a part of it, the cell of what is left; `breakdowns` the
    people of a total and those of the groups that it is broken down into; `never_small` the cells
    of which a reader knows that they are not small.
    """

    n_shown: int
    values: list[int]
    is_count: list[bool]
    relations: list[Relation] = field(default_factory=list)
    seen: set[Relation] = field(default_factory=set)
    remainders: dict[tuple[int, int], int] = field(default_factory=dict)
    by_person: set[tuple[int, int]] = field(default_factory=set)
    breakdowns: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    never_small: set[int] = field(default_factory=set)

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

    def split(self, total: int, part: int, rest: int | None = None) -> None:
        """`total` = `part` + what is left: the count `rest` of a mart, or one that none shows."""
        if total == part or (rest is None and (total, part) in self.remainders):
            return
        if rest is None:
            rest = self.unseen(self.values[total] - self.values[part], is_count=True)
        self.remainders.setdefault((total, part), rest)
        self.add(total, (part, rest))

    def at_least(self, more: int, less: int) -> None:
        """`more` is `less` and something that counts nobody."""
        if more != less:
            self.add(
                more,
                (less, self.unseen(self.values[more] - self.values[less], is_count=False)),
            )
