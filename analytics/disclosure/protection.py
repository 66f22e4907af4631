"""Which further counts must go, so that no withheld small one can be worked out from what is shown.

The reader is taken to know every relation between the counts, and that a withheld count is not 0.
A small count is protected when, for that reader, it could still be `smallest_cell` or more. The
largest value it can take is looked for in each relation by itself first and then, where withheld
counts meet in several relations, by linear programming over all of them together.

What a study rests on (a quantity that is told: its people, and those with the outcome) is withheld
last. Where only that would keep a small count from looking small, the small count need only be
impossible to work out: for the reader it could still be another number, and up to half of
`smallest_cell`. Eleven people with the outcome are then told, and that each sex has fewer.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.optimize import OptimizeResult, linprog

from analytics.disclosure.cells import Sheet
from analytics.disclosure.relations import Relation, Relations

SLIGHTLY = 1e-6


class Protection:
    """The counts withheld so far, and the reasons to withhold more."""

    def __init__(self, sheet: Sheet, relations: Relations, smallest_cell: int) -> None:
        self.sheet = sheet
        self.values = relations.values
        self.relations = relations.relations
        self.n_shown = relations.n_shown
        self.smallest_cell = smallest_cell
        self.is_unknown = [False] * self.n_shown + [True] * (len(self.values) - self.n_shown)
        self.relations_of: list[list[int]] = [[] for _ in self.values]
        for place, relation in enumerate(self.relations):
            for cell in (relation.total, *relation.parts):
                self.relations_of[cell].append(place)
        self.told_units = sheet.told_units()
        self.needed: dict[int, int] = {}
        self.half = (smallest_cell + 1) // 2
        self.is_safe: set[int] = set()
        self._must_not_tell(
            cell
            for cell in range(self.n_shown, len(self.values))
            if relations.is_count[cell] and 0 < self.values[cell] < smallest_cell
        )

    def _must_not_tell(self, cells: Iterable[int]) -> None:
        # A 0 goes with its row when few people stand behind it, but may be told: it is nobody's.
        for cell in cells:
            if self.values[cell] > 0:
                self.needed[cell] = max(self.smallest_cell, self.values[cell] + 1)

    def withhold(self, cells: set[int]) -> None:
        """Withhold these shown cells, and whatever would tell them or a hidden small count.

        Withholding more never makes a protected cell less so: what was safe stays safe.
        """
        self._must_not_tell(cells)
        for cell in sorted(cells):
            self._withhold(cell)
        unsafe = sorted(set(self.needed) - self.is_safe)
        for place in sorted({place for cell in unsafe for place in self.relations_of[cell]}):
            self._protect_within(self.relations[place])
        for cell in unsafe:
            self._protect_across(cell)
            self.is_safe.add(cell)

    def withheld(self) -> set[int]:
        """The numbers of all shown cells that are withheld."""
        return {cell for cell in range(self.n_shown) if self.is_unknown[cell]}

    def _withhold(self, cell: int) -> None:
        for member in self.sheet.members[self.sheet.unit[cell]]:
            self.is_unknown[member] = True

    def _least(self, cell: int) -> int:
        """The least value that a reader holds possible for an unknown cell."""
        return 1 if cell < self.n_shown and self.values[cell] > 0 else 0

    def _withhold_one_of(self, cells: Iterable[int]) -> None:
        """Withhold the cell that costs least: not told, in few relations, small, early."""

        def cost(cell: int) -> tuple[bool, int, int, int]:
            unit = self.sheet.members[self.sheet.unit[cell]]
            n_relations = sum(len(self.relations_of[member]) for member in unit)
            return self._is_told(cell), n_relations, self.values[cell], cell

        self._withhold(min(cells, key=cost))

    def _is_told(self, cell: int) -> bool:
        return cell < self.n_shown and self.sheet.unit[cell] in self.told_units

    def _known(self, relation: Relation) -> list[int]:
        """The shown cells of a relation that would widen it if they were withheld."""
        cells = (relation.total, *relation.parts)
        return [cell for cell in cells if not self.is_unknown[cell] and self.values[cell] > 0]

    def _protect_within(self, relation: Relation) -> None:
        """Look at one relation as if it were the only one."""
        while self._falls_short_within(relation):
            known = self._known(relation)
            if all(map(self._is_told, known)) and not self._is_worked_out_within(relation):
                return
            self._withhold_one_of(known)

    def _falls_short_within(self, relation: Relation) -> bool:
        """Is there a cell that this relation alone keeps below what it needs?"""
        return any(most < self.needed[cell] for cell, most in self._most_within(relation))

    def _is_worked_out_within(self, relation: Relation) -> bool:
        """Is there a cell that this relation alone tells, or all but tells?

        What is unknown of a known total is a count too: of fewer than `smallest_cell` it tells.
        """
        most_of_each = list(self._most_within(relation))
        unknown = [cell for cell in relation.parts if self.is_unknown[cell]]
        if most_of_each and sum(self.values[cell] for cell in unknown) < self.smallest_cell:
            return True
        return any(
            most < self.half
            or (most == self.values[cell] and (len(unknown) == 1 or most == self._least(cell)))
            for cell, most in most_of_each
        )

    def _most_within(self, relation: Relation) -> Iterator[tuple[int, int]]:
        """The unknown cells that this relation alone bounds, and the most that each can be."""
        cells = (relation.total, *relation.parts)
        unknown = [cell for cell in cells if self.is_unknown[cell]]
        if self.is_unknown[relation.total] and len(unknown) > 1:
            return  # then nothing bounds the others from above
        # A part can grow by as much as the other unknown parts can shrink.
        room = {cell: self.values[cell] - self._least(cell) for cell in unknown}
        all_room = sum(room.values())
        for cell in unknown:
            if cell in self.needed:
                yield cell, self.values[cell] + all_room - room[cell]

    def _protect_across(self, cell: int) -> None:
        """Look at all relations that reach the cell through withheld cells."""
        while cell not in self.is_safe:
            places = self._reached_from(cell)
            if len(places) < 2:
                return
            program = Program(self, places)
            reached = program.reached(cell)
            self.is_safe |= reached
            if cell not in reached:
                binding = program.binding(cell)
                known = {c: None for place in binding for c in self._known(self.relations[place])}
                if all(map(self._is_told, known)) and not program.is_worked_out(cell):
                    return
                self._withhold_one_of(known)

    def _reached_from(self, cell: int) -> list[int]:
        seen, waiting, places = {cell}, [cell], dict[int, None]()
        while waiting:
            for place in self.relations_of[waiting.pop()]:
                if place in places:
                    continue
                places[place] = None
                relation = self.relations[place]
                for other in (relation.total, *relation.parts):
                    if self.is_unknown[other] and other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return sorted(places)


class Program:
    """The linear program of some relations: which values can their unknown cells take together?"""

    def __init__(self, protection: Protection, places: list[int]) -> None:
        self.protection = protection
        self.places = places
        self.column: dict[int, int] = {}
        entries: list[tuple[int, int, float]] = []
        self.right = np.zeros(len(places))
        for row, place in enumerate(places):
            relation = protection.relations[place]
            for cell, sign in ((relation.total, 1.0), *((part, -1.0) for part in relation.parts)):
                if protection.is_unknown[cell]:
                    entries.append((row, self.column.setdefault(cell, len(self.column)), sign))
                else:
                    self.right[row] -= sign * protection.values[cell]
        self.left = np.zeros((len(places), len(self.column)))
        for row, column, sign in entries:
            self.left[row, column] = sign
        self.bounds: list[tuple[float, float | None]] = [
            (protection._least(cell), None) for cell in self.column
        ]

    def reached(self, cell: int) -> set[int]:
        """Cells that can take what they need: `cell` if at all possible, others along with it."""
        needed = self.protection.needed
        if not self.right.any():
            # Nothing shown bounds these: any multiple of the truth is possible.
            return {other for other in self.column if other in needed}
        others = [
            other
            for other in self.column
            if other in needed and other not in self.protection.is_safe and other != cell
        ]
        # One more variable for each other cell: how far it gets towards what it needs.
        width = len(self.column)
        towards = np.zeros((len(others), width + len(others)))
        for row, other in enumerate(others):
            towards[row, self.column[other]] = -1.0
            towards[row, width + row] = 1.0
        bounds = [*self.bounds, *((0, float(needed[other])) for other in others)]
        bounds[self.column[cell]] = (self.bounds[self.column[cell]][0], float(needed[cell]))
        objective = np.concatenate(
            [np.zeros(width), np.full(len(others), -1e-3 / (len(others) + 1))]
        )
        objective[self.column[cell]] = -1.0
        solved = linprog(
            objective,
            A_ub=towards if others else None,
            b_ub=np.zeros(len(others)) if others else None,
            A_eq=np.hstack([self.left, np.zeros((len(self.places), len(others)))]),
            b_eq=self.right,
            bounds=bounds,
            method="highs",
        )
        return {
            other
            for other in (cell, *others)
            if solved.x[self.column[other]] >= needed[other] - SLIGHTLY
        }

    def is_worked_out(self, cell: int) -> bool:
        """Do the relations tell the cell, or all but tell it?"""
        value = self.protection.values[cell]
        most = self._solve(cell, -1.0, max(self.protection.half, value + 1)).x[self.column[cell]]
        if most < self.protection.half - SLIGHTLY:
            return True
        if most >= value + 1 - SLIGHTLY:
            return False
        least = self._solve(cell, 1.0, value).x[self.column[cell]]
        return bool(least > value - 1 + SLIGHTLY)

    def _solve(self, cell: int, direction: float, most: int) -> OptimizeResult:
        """The solution in which the cell, at most `most`, is largest (-1) or smallest (1)."""
        objective = np.zeros(len(self.column))
        objective[self.column[cell]] = direction
        bounds = list(self.bounds)
        bounds[self.column[cell]] = (bounds[self.column[cell]][0], most)
        return linprog(objective, A_eq=self.left, b_eq=self.right, bounds=bounds, method="highs")

    def binding(self, cell: int) -> list[int]:
        """The relations that keep the cell below what it needs."""
        solved = self._solve(cell, -1.0, self.protection.needed[cell])
        prices = np.abs(solved.eqlin.marginals)
        return [p for p, price in zip(self.places, prices, strict=True) if price > SLIGHTLY]
