"""Condition and drug eras: records of one concept that follow within thirty days, as one span."""

from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Integers
from analytics.simulator.ordering import sorted_order

GAP_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Eras:
    """One entry for each era, by person, first day and concept; `person` is a position.

    `gap_days` counts days inside the era that no event covers.
    """

    person: Integers
    concept: Integers
    start: Integers
    end: Integers
    n_events: Integers
    gap_days: Integers


def build_eras(person: Integers, concept: Integers, start: Integers, end: Integers) -> Eras:
    """Join events of a person and concept whose gap is at most thirty days."""
    if not len(person):
        none = np.zeros(0, dtype=np.int64)
        return Eras(person=none, concept=none, start=none, end=none, n_events=none, gap_days=none)
    order = sorted_order(person, concept, start)
    person, concept, start, end = person[order], concept[order], start[order], end[order]
    is_new = np.ones(len(person), dtype=bool)
    is_new[1:] = (person[1:] != person[:-1]) | (concept[1:] != concept[:-1])
    covered = _running_maximum(end, is_new)
    # Where a person or concept begins there is no day before; what stands here is not looked at.
    uncovered = np.zeros_like(start)
    uncovered[1:] = start[1:] - covered[:-1] - 1
    begins = np.flatnonzero(is_new | (uncovered >= GAP_DAYS))
    last = np.append(begins[1:], len(person)) - 1
    # The gap before an era's first event lies outside it.
    gap = np.maximum(uncovered, 0)
    gap[begins] = 0
    by_start = sorted_order(person[begins], start[begins], concept[begins])
    eras = begins[by_start]
    return Eras(
        person=person[eras],
        concept=concept[eras],
        start=start[eras],
        end=covered[last[by_start]],
        n_events=(last - begins + 1)[by_start],
        gap_days=np.add.reduceat(gap, begins)[by_start],
    )


def _running_maximum(values: Integers, is_new: np.ndarray) -> Integers:
    """The largest value so far, counted anew wherever `is_new`."""
    lowest = int(values.min())
    raised = (np.cumsum(is_new) * (int(values.max()) - lowest + 1)).astype(np.int64)
    return np.maximum.accumulate(values - lowest + raised) - raised + lowest
