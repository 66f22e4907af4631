"""A linear program: which values can the unknown counts of some relations take together?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from analytics.disclosure.relations import Relation

SLIGHTLY = 1e-6
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Unknowns:
    """What a reader does not know: which cells, and the least and the most that each can be."""

    values: Sequence[int]
    is_unknown: Sequence[bool]
    least: Callable[[int], int]
    most: Callable[[int], int | None]


class Program:
    """Some relations over the cells in them that the reader does not know.

    `needed` says how large cells have to be able to be. `is_bounded` is false where nothing that is
    shown bounds these cells: then any multiple of the truth is possible.
    """

    def __init__(
        self, relations: Sequence[Relation], unknowns: Unknowns, needed: Mapping[int, int]
    ) -> None:
        self.relations = relations
        self.needed = needed
        self.column: dict[int, int] = {}
        rows, columns, signs = list[int](), list[int](), list[float]()
        self.right = np.zeros(len(relations))
        for row, relation in enumerate(relations):
            for cell, sign in ((relation.total, 1.0), *((part, -1.0) for part in relation.parts)):
                if unknowns.is_unknown[cell]:
                    rows.append(row)
                    columns.append(self.column.setdefault(cell, len(self.column)))
                    signs.append(sign)
                else:
                    self.right[row] -= sign * unknowns.values[cell]
        shape = (len(relations), len(self.column))
        self.left = csr_array((signs, (rows, columns)), shape=shape)
        self.unknowns = unknowns
        self.read_bounds()

    def read_bounds(self) -> None:
        """Take the least and the most of each cell as the reader now knows them."""
        self.least = [float(self.unknowns.least(cell)) for cell in self.column]
        self.most = [self.unknowns.most(cell) for cell in self.column]
        self.is_bounded = bool(self.right.any()) or any(most is not None for most in self.most)

    def reached(self, cell: int, others: Sequence[int]) -> set[int]:
        """Cells that can take what they need: `cell` if at all possible, others along with it."""
        if not self.is_bounded:
            return {cell, *others}
        # Every command loads this file, and few of them publish: scipy.optimize takes 0.2 s.
        from scipy.optimize import linprog

        # One more variable for each other cell: how far it gets towards what it needs.
        width, n_others = len(self.column), len(others)
        objective = np.concatenate([np.zeros(width), np.full(n_others, -1e-3 / (n_others + 1))])
        objective[self.column[cell]] = -1.0
        bounds = [*self._bounds(cell), *((0.0, float(self.needed[other])) for other in others)]
        solved = linprog(
            objective,
            A_ub=self._no_further_than(others) if others else None,
            b_ub=np.zeros(n_others) if others else None,
            A_eq=hstack([self.left, csr_array((len(self.relations), n_others))], format="csr"),
            b_eq=self.right,
            bounds=bounds,
            method="highs",
        )
        return {
            other
            for other in (cell, *others)
            if solved.x[self.column[other]] >= self.needed[other] - SLIGHTLY
        }

    def binding(self, cell: int) -> list[Relation]:
        """The relations that keep the cell below what it needs."""
        prices, _ = self._prices(cell)
        return [
            relation
            for relation, price in zip(self.relations, prices, strict=True)
            if price > SLIGHTLY
        ]

    def binding_bounds(self, cell: int) -> dict[int, float]:
        """The cells whose own least or most keeps the cell below what it needs: by how much."""
        _, prices = self._prices(cell)
        return {
            other: float(prices[column])
            for other, column in self.column.items()
            if prices[column] > SLIGHTLY
        }

    def _prices(self, cell: int) -> tuple[Floats, Floats]:
        """What each relation, and the bounds of each cell, take from the cell."""
        from scipy.optimize import linprog

        objective = np.zeros(len(self.column))
        objective[self.column[cell]] = -1.0
        solved = linprog(
            objective,
            A_eq=self.left,
            b_eq=self.right,
            bounds=self._bounds(cell),
            method="highs",
        )
        of_bounds: Floats = np.abs(solved.lower.marginals) + np.abs(solved.upper.marginals)
        return np.abs(solved.eqlin.marginals), of_bounds

    def _bounds(self, cell: int) -> list[tuple[float, float | None]]:
        """What is known of each, and of the cell itself what it needs, which is enough."""
        bounds: list[tuple[float, float | None]] = list(zip(self.least, self.most, strict=True))
        column = self.column[cell]
        needed, most = self.needed[cell], self.most[column]
        bounds[column] = (self.least[column], float(needed if most is None else min(needed, most)))
        return bounds

    def _no_further_than(self, others: Sequence[int]) -> csr_array:
        """How far each other cell gets is no further than it is."""
        width, n_others = len(self.column), len(others)
        every = np.arange(n_others)
        signs = np.concatenate([np.full(n_others, -1.0), np.ones(n_others)])
        columns = np.concatenate([[self.column[other] for other in others], width + every])
        return csr_array(
            (signs, (np.concatenate([every, every]), columns)), shape=(n_others, width + n_others)
        )
