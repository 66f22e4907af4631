"""What every metric is computed from: outcomes and risks, and whose they are.

A metric never learns which model made a risk. A person may have several rows, so a row is
never counted as a person: intervals and counts of people go through `person_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.errors import RunFailedError
from analytics.evaluation.logistic_fit import Bools, Floats, Ints, logit


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many rows and people a number rests on.

    A person with and without the outcome (two index dates) counts as a person with it, so
    `n_people - n_people_with_outcome` people never had it.
    """

    n_rows: int
    n_people: int
    n_outcomes: int
    n_people_with_outcome: int

    @property
    def n_people_without_outcome(self) -> int:
        """People none of whose rows had the outcome."""
        return self.n_people - self.n_people_with_outcome


@dataclass(frozen=True, kw_only=True)
class RiskSteps:
    """The distinct risks, ascending, and the rows that share each one.

    `order` sorts the rows by risk; rows `order[first[i]:first[i + 1]]` have risk `risks[i]`.
    """

    order: Ints
    first: Ints
    risks: Floats

    @classmethod
    def of(cls, risk: Floats) -> "RiskSteps":
        """Group rows by their risk; rows with one risk keep their order."""
        order = np.argsort(risk, kind="stable").astype(np.int64)
        ascending = risk[order]
        is_first = np.concatenate(([True], ascending[1:] != ascending[:-1]))[: len(risk)]
        first = np.flatnonzero(is_first).astype(np.int64)
        return cls(order=order, first=first, risks=ascending[first])

    def total(self, amount: Floats) -> Floats:
        """The sum of `amount` (one for each row) over the rows at each distinct risk."""
        return np.asarray(np.add.reduceat(amount[self.order], self.first), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """One row for each person and index date evaluated: the risk given and what came.

    `risk` lies within 0 and 1; the three arrays have one length, at least one row.
    """

    person_id: Ints
    had_outcome: Bools
    risk: Floats

    def __post_init__(self) -> None:
        lengths = (len(self.person_id), len(self.had_outcome), len(self.risk))
        if len(set(lengths)) != 1:
            raise RunFailedError(
                f"predictions: {lengths[0]} person ids, {lengths[1]} outcomes and {lengths[2]} "
                "risks do not belong together. Hand in one of each for every row."
            )
        if not len(self.risk):
            raise RunFailedError(
                "predictions: there are no rows to evaluate. Look at the study's attrition."
            )
        is_wrong = ~((self.risk >= 0) & (self.risk <= 1))
        if is_wrong.any():
            raise RunFailedError(
                f"predictions: {int(is_wrong.sum())} of {len(self.risk)} risks are not numbers "
                f"within 0 and 1 (first: {self.risk[is_wrong][0]!r}). Recalibrate the model."
            )
        if self.had_outcome.dtype != np.bool_:
            raise RunFailedError(
                f"predictions: had_outcome is {self.had_outcome.dtype}, not true or false."
            )

    @cached_property
    def outcome(self) -> Floats:
        """1.0 where the outcome came, else 0.0."""
        return self.had_outcome.astype(np.float64)

    @cached_property
    def log_odds(self) -> Floats:
        """The log-odds of each risk."""
        return logit(self.risk)

    @cached_property
    def steps(self) -> RiskSteps:
        """Rows grouped by distinct risk, worked out once."""
        return RiskSteps.of(self.risk)

    def outcomes_at_each_risk(self, weights: Floats | None) -> tuple[Floats, Floats]:
        """Weight of rows with, and of rows without the outcome, at each distinct risk."""
        amount = np.ones(len(self.risk)) if weights is None else weights
        with_outcome = amount * self.outcome
        return self.steps.total(with_outcome), self.steps.total(amount - with_outcome)

    def count(self, rows: Bools | None = None) -> Counts:
        """Count rows and people, of all rows or of those where `rows` is true."""
        people = self.person_id if rows is None else self.person_id[rows]
        had = self.had_outcome if rows is None else self.had_outcome[rows]
        return Counts(
            n_rows=len(people),
            n_people=len(np.unique(people)),
            n_outcomes=int(had.sum()),
            n_people_with_outcome=len(np.unique(people[had])),
        )

    def take(self, rows: Bools) -> "Predictions":
        """The same for the rows where `rows` is true, in their order."""
        return Predictions(
            person_id=self.person_id[rows],
            had_outcome=self.had_outcome[rows],
            risk=self.risk[rows],
        )


def predictions_of(
    person_id: Sequence[int] | Ints,
    had_outcome: Sequence[bool] | Bools,
    risk: Sequence[float] | Floats,
) -> Predictions:
    """Put lists or arrays into `Predictions`."""
    return Predictions(
        person_id=np.asarray(person_id, dtype=np.int64),
        had_outcome=np.asarray(had_outcome, dtype=np.bool_),
        risk=np.asarray(risk, dtype=np.float64),
    )
