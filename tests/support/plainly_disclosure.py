"""A curious reader of published marts, who works out by programming what they hide.

Written from what the marts mean, not from the rules that suppression is given: whoever makes a
reader states each sum, and the reader asks a solver for the largest count that fits everything
published. `everything_known` states all that a reader of a whole publication could know.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

NEARLY = 1e-6


@dataclass(frozen=True)
class Statement:
    """The weighted counts sum to something between two numbers."""

    weights: Mapping[str, float]
    lowest: float
    highest: float


class Reader:
    """Counts by name, published or not, and what ties them together."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.lowest: list[float] = []
        self.highest: list[float] = []
        self.truth: list[float | None] = []
        self.statements: list[Statement] = []

    def count(
        self, name: str, shown: float | None, at_least: float = 0, truth: float | None = None
    ) -> str:
        """A count that is published as `shown`, or withheld and known to be `at_least` so much.

        `truth` is only kept, for `truths` and `lies`.
        """
        if name not in self.names:
            self.names[name] = len(self.names)
            self.lowest.append(at_least)
            self.highest.append(math.inf)
            self.truth.append(truth)
        place = self.names[name]
        if shown is not None:
            self.lowest[place] = self.highest[place] = shown
        elif self.highest[place] == math.inf:
            self.lowest[place] = max(self.lowest[place], at_least)
        return name

    def knows(self, name: str) -> bool:
        """Is the count published?"""
        place = self.names[name]
        return self.lowest[place] == self.highest[place]

    def is_least(self, name: str, at_least: float) -> None:
        """The count is known to be so much or more."""
        place = self.names[name]
        if self.highest[place] == math.inf:
            self.lowest[place] = max(self.lowest[place], at_least)

    def states(self, weights: Mapping[str, float], lowest: float, highest: float) -> None:
        """The weighted counts sum to something between two numbers."""
        self.statements.append(Statement(weights, lowest, highest))

    def adds_up(self, total: str, parts: Iterable[str]) -> None:
        """The parts sum to the total."""
        self._less(total, parts, 0, 0)

    def is_at_most(self, part: str, total: str) -> None:
        """The part is no more than the total."""
        self._less(total, [part], 0, math.inf)

    def is_covered(self, total: str, parts: Iterable[str]) -> None:
        """The parts overlap: together they are at least the total."""
        self._less(total, parts, -math.inf, 0)

    def _less(self, total: str, parts: Iterable[str], lowest: float, highest: float) -> None:
        weights = {total: 1.0}
        for part in parts:
            weights[part] = weights.get(part, 0.0) - 1.0
        self.states({name: w for name, w in weights.items() if w}, lowest, highest)

    def largest(self, name: str, enough: int) -> int:
        """The largest whole number, up to `enough`, that the named count can be."""
        matrix, lowest, highest = self._matrix(self.statements)
        at_most = np.array(self.highest)
        place = self.names[name]
        at_most[place] = min(enough, at_most[place])
        objective = np.zeros(len(self.names))
        objective[place] = -1
        solved = milp(
            objective,
            integrality=np.ones(len(self.names)),
            bounds=Bounds(np.array(self.lowest), at_most),
            constraints=LinearConstraint(matrix, lowest, highest),
            # With presolve, HiGHS once called 2 the largest value where 5 (the truth) fitted.
            options={"presolve": False},
        )
        assert solved.status == 0, f"what was published contradicts itself: {solved.message}"
        return round(-solved.fun)

    def bounds_below(self, enough: int, names: Iterable[str]) -> dict[str, float]:
        """Of the named counts those that cannot be `enough`, each with the most that it can be.

        By linear programming: first as many as possible at once, then one by one.
        """
        found: dict[str, float] = {}
        for those, statements in self._worlds(list(names)):
            solver = _Solver(self, statements, enough)
            unsure = list(those)
            while unsure:
                name = unsure[0]
                most = solver.together(unsure)
                reached = {n for n in unsure if most[n] >= enough - NEARLY}
                if name not in reached:
                    alone = solver.together([name])[name]
                    if alone < enough - NEARLY:
                        found[name] = alone
                    reached.add(name)
                unsure = [n for n in unsure if n not in reached]
        return found

    def _worlds(self, names: list[str]) -> list[tuple[list[str], list[Statement]]]:
        """The named counts, with the statements that reach them through unpublished counts."""
        parent = list(range(len(self.names)))

        def root(place: int) -> int:
            while parent[place] != place:
                parent[place] = parent[parent[place]]
                place = parent[place]
            return place

        for statement in self.statements:
            unknown = [self.names[n] for n in statement.weights if not self.knows(n)]
            for other in unknown[1:]:
                parent[root(other)] = root(unknown[0])
        worlds: dict[int, tuple[list[str], list[Statement]]] = {}
        for name in names:
            worlds.setdefault(root(self.names[name]), ([], []))[0].append(name)
        for statement in self.statements:
            unknown = [self.names[n] for n in statement.weights if not self.knows(n)]
            if unknown and root(unknown[0]) in worlds:
                worlds[root(unknown[0])][1].append(statement)
        return list(worlds.values())

    def _matrix(self, statements: list[Statement]) -> tuple[csr_array, list[float], list[float]]:
        rows, columns, weights = list[int](), list[int](), list[float]()
        for row, statement in enumerate(statements):
            for name, weight in statement.weights.items():
                rows.append(row)
                columns.append(self.names[name])
                weights.append(weight)
        shape = (len(statements), len(self.names))
        lowest = [statement.lowest for statement in statements]
        return (
            csr_array((weights, (rows, columns)), shape=shape),
            lowest,
            [statement.highest for statement in statements],
        )

    def lies(self) -> list[str]:
        """What the reader believes that is not so: bounds and statements that the truth breaks."""
        truth = [math.nan if value is None else value for value in self.truth]
        wrong = [
            f"{name} is {truth[place]}, not within {self.lowest[place]} and {self.highest[place]}"
            for name, place in self.names.items()
            if not self.lowest[place] - NEARLY <= truth[place] <= self.highest[place] + NEARLY
        ]
        for statement in self.statements:
            terms = [w * truth[self.names[n]] for n, w in statement.weights.items()]
            slack = NEARLY * max(1.0, *(abs(term) for term in terms))
            if not statement.lowest - slack <= sum(terms) <= statement.highest + slack:
                wrong.append(f"{dict(statement.weights)} makes {sum(terms)}")
        return wrong


class _Solver:
    """The linear program of some statements, over the counts in them that are not published."""

    def __init__(self, reader: Reader, statements: list[Statement], enough: int) -> None:
        self.enough = enough
        self.place: dict[str, int] = {}
        self.bounds: list[tuple[float, float]] = []
        for statement in statements:
            for name in statement.weights:
                if not reader.knows(name) and name not in self.place:
                    self.place[name] = len(self.place)
                    self.bounds.append((reader.lowest[reader.names[name]], math.inf))
        equal, below = [], []
        for statement in statements:
            known = sum(
                weight * reader.lowest[reader.names[name]]
                for name, weight in statement.weights.items()
                if name not in self.place
            )
            weights = {n: w for n, w in statement.weights.items() if n in self.place}
            if statement.lowest == statement.highest:
                equal.append((weights, statement.lowest - known))
                continue
            if statement.highest < math.inf:
                below.append((weights, statement.highest - known))
            if statement.lowest > -math.inf:
                below.append(({n: -w for n, w in weights.items()}, known - statement.lowest))
        self.equal, self.below = equal, below

    def together(self, names: list[str]) -> dict[str, float]:
        """How much each can be, up to enough: the first as much as possible, then the others."""
        place, bounds = dict(self.place), list(self.bounds)
        for name in names:
            if name not in place:  # nothing is said of it
                place[name] = len(place)
                bounds.append((0, math.inf))
        below = list(self.below)
        objective: dict[int, float] = {}
        for number, name in enumerate(names):
            # One more variable for each: how far it gets towards enough.
            towards = f"towards {name}"
            place[towards] = len(place)
            bounds.append((0, self.enough))
            below.append(({towards: 1.0, name: -1.0}, 0.0))
            objective[place[towards]] = -1.0 if number == 0 else -1e-3 / len(names)
        costs = np.zeros(len(place))
        for column, cost in objective.items():
            costs[column] = cost
        equal_to, right = _rows(self.equal, place)
        at_most, top = _rows(below, place)
        solved = linprog(
            costs,
            A_ub=at_most,
            b_ub=top,
            A_eq=equal_to,
            b_eq=right,
            bounds=bounds,
            method="highs",
        )
        assert solved.status == 0, f"what was published contradicts itself: {solved.message}"
        return {name: float(solved.x[place[f"towards {name}"]]) for name in names}


def _rows(
    statements: list[tuple[dict[str, float], float]], place: Mapping[str, int]
) -> tuple[csr_array | None, np.ndarray | None]:
    if not statements:
        return None, None
    rows, columns, weights = list[int](), list[int](), list[float]()
    for row, (terms, _) in enumerate(statements):
        for name, weight in terms.items():
            rows.append(row)
            columns.append(place[name])
            weights.append(weight)
    shape = (len(statements), len(place))
    return (
        csr_array((weights, (rows, columns)), shape=shape),
        np.array([right for _, right in statements]),
    )
