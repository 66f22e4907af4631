"""Which further counts must go, so that no withheld small one can be worked out from what is shown.

The reader is taken to know every relation between the counts, and that a withheld count is not 0.
A small count is protected when, for that reader, it could still be `smallest_cell` or more: the
largest value it can take (counts may be fractions here, which only widens nothing that matters:
sums of whole numbers) is found in each relation by itself first, then, where withheld counts meet
in several relations, by linear programming over all of them together.
"""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analytics.disclosure.cells import Sheet
from analytics.disclosure.relations import Relation, Relations

SLIGHTLY = 1e-6


class Protection:
    """The counts withheld so far, and the reasons to withhold more."""

    def __init__(
        self, sheet: Sheet, relations: Relations, primary: Iterable[int], smallest_cell: int
    ) -> None:
        self.sheet = sheet
        self.values = relations.values
        self.relations = relations.relations
        self.n_shown = relations.n_shown
        self.is_unknown = [False] * self.n_shown + [True] * (len(self.values) - self.n_shown)
        self.sensitive = sorted(
            {
                *primary,
                *(
                    cell
                    for cell, value in enumerate(self.values)
                    if relations.is_count[cell] and 0 < value < smallest_cell
                ),
            }
        )
        self.needed = {cell: max(smallest_cell, self.values[cell] + 1) for cell in self.sensitive}
        self.relations_of: list[list[int]] = [[] for _ in self.values]
        for place, relation in enumerate(self.relations):
            for cell in (relation.total, *relation.parts):
                self.relations_of[cell].append(place)
        for cell in self.sensitive:
            if cell < self.n_shown:
                self._withhold(cell)

    def withheld(self) -> set[int]:
        """The numbers of all shown cells that must be withheld."""
        for relation in self.relations:
            self._protect_within(relation)
        for cell in self.sensitive:
            self._protect_across(cell)
        return {cell for cell in range(self.n_shown) if self.is_unknown[cell]}

    def _withhold(self, cell: int) -> None:
        for member in self.sheet.members[self.sheet.unit[cell]]:
            self.is_unknown[member] = True

    def _least(self, cell: int) -> int:
        """The least value that a reader holds possible for an unknown cell."""
        return 1 if cell < self.n_shown and self.values[cell] > 0 else 0

    def _withhold_one_of(self, cells: Iterable[int]) -> None:
        """Withhold the cell that costs least: in few relations, then small, then early."""

        def cost(cell: int) -> tuple[int, int, int]:
            unit = self.sheet.members[self.sheet.unit[cell]]
            return sum(len(self.relations_of[member]) for member in unit), self.values[cell], cell

        self._withhold(min(cells, key=cost))

    def _known(self, relation: Relation) -> list[int]:
        """The shown cells of a relation that would widen it if they were withheld."""
        cells = (relation.total, *relation.parts)
        return [cell for cell in cells if not self.is_unknown[cell] and self.values[cell] > 0]

    def _protect_within(self, relation: Relation) -> None:
        """Look at one relation as if it were the only one."""
        cells = (relation.total, *relation.parts)
        for cell in cells:
            if cell not in self.needed:
                continue
            while self._largest_within(relation, cell) < self.needed[cell]:
                self._withhold_one_of(self._known(relation))

    def _largest_within(self, relation: Relation, cell: int) -> float:
        others = [c for c in (relation.total, *relation.parts) if c != cell and self.is_unknown[c]]
        if not others:
            return self.values[cell]
        if cell == relation.total or self.is_unknown[relation.total]:
            return float("inf")
        return self.values[cell] + sum(self.values[c] - self._least(c) for c in others)

    def _protect_across(self, cell: int) -> None:
        """Look at all relations that reach the cell through withheld cells."""
        while True:
            places = self._reached_from(cell)
            if len(places) < 2:
                return
            binding = self._binding(cell, places)
            if not binding:
                return
            self._withhold_one_of(
                dict.fromkeys(c for place in binding for c in self._known(self.relations[place]))
            )

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

    def _binding(self, cell: int, places: list[int]) -> list[int]:
        """The relations that keep the cell below what it needs; none when it is protected."""
        column: dict[int, int] = {}
        entries: list[tuple[int, int, float]] = []
        right = np.zeros(len(places))
        for row, place in enumerate(places):
            relation = self.relations[place]
            for other, sign in ((relation.total, 1.0), *((part, -1.0) for part in relation.parts)):
                if self.is_unknown[other]:
                    entries.append((row, column.setdefault(other, len(column)), sign))
                else:
                    right[row] -= sign * self.values[other]
        if not right.any():
            return []  # nothing shown bounds these: any multiple of the truth is possible
        rows, columns, signs = zip(*entries, strict=True)
        bounds: list[tuple[float, float | None]] = [(self._least(other), None) for other in column]
        bounds[column[cell]] = (self._least(cell), self.needed[cell])
        objective = np.zeros(len(column))
        objective[column[cell]] = -1.0
        solved = linprog(
            objective,
            A_eq=csr_array((signs, (rows, columns)), shape=(len(places), len(column))),
            b_eq=right,
            bounds=bounds,
            method="highs",
        )
        if -solved.fun >= self.needed[cell] - SLIGHTLY:
            return []
        prices = np.abs(solved.eqlin.marginals)
        return [place for place, price in zip(places, prices, strict=True) if price > SLIGHTLY]
