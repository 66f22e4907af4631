"""What holds of any group of rows: rows and people, with and without the outcome, and parts of it.

A group's counts are called `group.R` (rows), `.P` (people), `.O` (rows with the outcome), `.W`
(people with it), `.N` (rows without it) and `.V` (people without it). What a part leaves of a whole
is called `whole less part`.
"""

import math
from collections.abc import Mapping

from tests.support.plainly_disclosure import Reader

SMALLEST = 11
Row = Mapping[str, object]
COUNTS = {
    "R": "n_rows",
    "P": "n_people",
    "O": "n_outcomes",
    "W": "n_people_with_outcome",
}


class Groups:
    """States of each group what a reader could know, with the truth of each count beside it."""

    def __init__(self) -> None:
        self.reader = Reader()

    def count(
        self, name: str, true: Row, seen: Row, column: str, at_least: float = 0
    ) -> str | None:
        value, published = true[column], seen[column]
        if value is None:
            return None
        return self.reader.count(name, published, at_least=at_least, truth=value)

    def hidden(self, name: str, value: float, at_least: float = 0) -> str:
        """A count that no mart shows."""
        return self.reader.count(name, None, at_least=at_least, truth=value)

    def true(self, name: str) -> float:
        value = self.reader.truth[self.reader.names[name]]
        assert value is not None, name
        return value

    def group(
        self,
        name: str,
        true: Row,
        seen: Row,
        columns: Mapping[str, str] = COUNTS,
        *,
        never_broken_down: str = "",
    ) -> None:
        """Counts of a group, and what holds within any group.

        A 0 would be shown, so what is withheld is at least 1: but for the other counts of a row
        whose people are withheld, and for those letters (`P`, `W`) of which no part is ever told
        because the total is small. People with the outcome are a part of the group's people, too.
        """
        people_here = true[columns["P"]]
        if isinstance(people_here, int) and people_here < 2 * SMALLEST:
            never_broken_down += "W"
        nothing_is_told = seen["n_people"] is None
        for letter, column in columns.items():
            people = columns["P" if letter in "RP" else "W"]
            may_be_none = (nothing_is_told and people != "n_people") or (
                "P" if letter in "RP" else "W"
            ) in never_broken_down
            at_least = 0 if may_be_none or not true[column] else 1
            self.count(f"{name}.{letter}", true, seen, column, at_least=at_least)
        self.within(name)

    def within(self, name: str) -> None:
        """Rows and people, with and without the outcome, of one group."""
        read = self.reader
        for whole, part, rest in (("R", "O", "N"), ("P", "W", "V")):
            left = self.true(f"{name}.{whole}") - self.true(f"{name}.{part}")
            self.hidden(f"{name}.{rest}", left)
            read.adds_up(f"{name}.{whole}", [f"{name}.{part}", f"{name}.{rest}"])
        for rows, people in (("R", "P"), ("O", "W"), ("N", "V")):
            read.is_at_most(f"{name}.{people}", f"{name}.{rows}")

    def part_of(self, whole: str, part: str, *, by_person: bool = False) -> None:
        """Some rows of a group; what is left is a count too, and never less than nothing."""
        read, left = self.reader, f"{whole} less {part}"
        for letter in "RPONW" if not by_person else "RPONWV":
            name = f"{left}.{letter}"
            if name in read.names:
                return
            self.hidden(name, self.true(f"{whole}.{letter}") - self.true(f"{part}.{letter}"))
            read.adds_up(f"{whole}.{letter}", [f"{part}.{letter}", name])
        read.adds_up(f"{left}.R", [f"{left}.O", f"{left}.N"])
        read.is_at_most(f"{left}.P", f"{left}.R")
        read.is_at_most(f"{left}.W", f"{left}.O")
        if by_person:
            read.adds_up(f"{left}.P", [f"{left}.W", f"{left}.V"])
            read.is_at_most(f"{left}.V", f"{left}.N")

    def made_of(self, whole: str, parts: list[str], *, for_life: bool) -> None:
        """Groups that every row of the whole is in one of; people, if they stay in one for life."""
        for letter in "RON":
            self.reader.adds_up(f"{whole}.{letter}", [f"{part}.{letter}" for part in parts])
        for letter in "PW" + ("V" if for_life else ""):
            together = [f"{part}.{letter}" for part in parts]
            if for_life:
                self.reader.adds_up(f"{whole}.{letter}", together)
            else:
                self.reader.is_covered(f"{whole}.{letter}", together)
        for part in parts:
            self.part_of(whole, part)

    def same(self, one: str, other: str, letters: str = "RPOW") -> None:
        for letter in letters:
            self.reader.adds_up(f"{one}.{letter}", [f"{other}.{letter}"])

    def rate(self, value: object, of: Mapping[str, float], per: Mapping[str, float]) -> None:
        """A published rate: so much of this per that."""
        if isinstance(value, float) and math.isfinite(value):
            weights = dict(of)
            for name, weight in per.items():
                weights[name] = weights.get(name, 0.0) - value * weight
            self.reader.states({n: w for n, w in weights.items() if w}, 0, 0)

    def small(self, *wholes: str) -> str:
        """The letters, P or W, of which one of these groups has too few to be broken down."""
        return "".join(
            letter
            for letter in "PW"
            if any(self.true(f"{whole}.{letter}") < 2 * SMALLEST for whole in wholes)
        )

    def fewer(self, before: str, after: str) -> None:
        """Rows and people that a rule of a cohort removed."""
        left = f"{before} less {after}"
        for letter in "RP":
            gone = self.true(f"{before}.{letter}") - self.true(f"{after}.{letter}")
            self.hidden(f"{left}.{letter}", gone)
            self.reader.adds_up(f"{before}.{letter}", [f"{after}.{letter}", f"{left}.{letter}"])
        self.reader.is_at_most(f"{left}.P", f"{left}.R")

    def fewer_people(self, whole: str, part: str, letter: str = "P") -> None:
        left = f"{whole} less {part}.{letter}"
        self.hidden(left, self.true(f"{whole}.P") - self.true(f"{part}.{letter}"))
        self.reader.adds_up(f"{whole}.P", [f"{part}.{letter}", left])

    def net_benefit(self, value: object, flagged: str, group: str, threshold: float) -> None:
        odds = threshold / (1 - threshold)
        self.rate(value, {f"{flagged}.O": 1.0 + odds, f"{flagged}.R": -odds}, {f"{group}.R": 1.0})
