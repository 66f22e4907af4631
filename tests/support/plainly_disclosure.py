"""A curious reader of published marts, who works out by whole-number programming what they hide.

Written from what the marts mean, not from the rules that suppression is given: the tests state each
sum themselves, and the reader asks a solver for the largest count that fits everything published.
"""

import math

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


class Reader:
    """Counts by name, published or not, and the sums that tie them together."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lowest: list[float] = []
        self.highest: list[float] = []
        self.sums: list[tuple[str, list[str], float, float]] = []

    def count(self, name: str, shown: int | None, at_least: int = 0) -> str:
        """A count that is published as `shown`, or withheld and known to be `at_least` so much."""
        if name in self.names:
            if shown is not None:
                place = self.names.index(name)
                self.lowest[place] = self.highest[place] = shown
            return name
        self.names.append(name)
        self.lowest.append(at_least if shown is None else shown)
        self.highest.append(math.inf if shown is None else shown)
        return name

    def adds_up(self, total: str, parts: list[str]) -> None:
        """The parts sum to the total."""
        self.sums.append((total, parts, 0, 0))

    def is_at_most(self, part: str, total: str) -> None:
        """The part is no more than the total."""
        self.sums.append((total, [part], 0, math.inf))

    def is_covered(self, total: str, parts: list[str]) -> None:
        """The parts overlap: together they are at least the total."""
        self.sums.append((total, parts, -math.inf, 0))

    def largest(self, name: str, enough: int) -> int:
        """The largest value, up to `enough`, that the named count can have."""
        return self._solve(name, -1, enough)

    def smallest(self, name: str) -> int:
        """The smallest value that the named count can have."""
        return self._solve(name, 1, math.inf)

    def _solve(self, name: str, direction: int, most: float) -> int:
        place = {known: i for i, known in enumerate(self.names)}
        matrix = np.zeros((len(self.sums), len(self.names)))
        for row, (total, parts, _, _) in enumerate(self.sums):
            matrix[row, place[total]] += 1
            for part in parts:
                matrix[row, place[part]] -= 1
        objective = np.zeros(len(self.names))
        objective[place[name]] = direction
        highest = np.array(self.highest)
        highest[place[name]] = min(most, highest[place[name]])
        solved = milp(
            objective,
            integrality=np.ones(len(self.names)),
            bounds=Bounds(np.array(self.lowest), highest),
            constraints=LinearConstraint(
                matrix, [low for *_, low, _ in self.sums], [high for *_, high in self.sums]
            ),
            # With presolve, HiGHS once called 2 the largest value where 5 (the truth) fitted.
            options={"presolve": False},
        )
        assert solved.status == 0, f"what was published contradicts itself: {solved.message}"
        return round(direction * solved.fun)
