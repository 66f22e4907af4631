"""An interval for a share of rows when rows come from people, several from some.

A bootstrap says nothing about a bin in which nobody had the outcome; this does.
"""

import numpy as np

from analytics.evaluation.predictions import Bools, Ints

NORMAL_95 = 1.959963984540054


def clustered_interval(person_id: Ints, had_outcome: Bools) -> tuple[float, float]:
    """Wilson's 95% interval of the outcome rate, with the rows that people are worth.

    Rows of one person tell less than rows of as many people. The number of rows is divided by
    the design effect (clustered over simple variance of the rate, never below 1; Korn and
    Graubard 1998); with no outcome, or only outcomes, each person counts as one row.
    """
    people, person_of_row = np.unique(person_id, return_inverse=True)
    n_rows, n_people = len(person_id), len(people)
    rate = float(had_outcome.mean())
    if rate in (0.0, 1.0) or n_people == 1:
        return wilson_interval(rate, n_people)
    residual = np.bincount(person_of_row, weights=had_outcome - rate, minlength=n_people)
    clustered = n_people / (n_people - 1) * float((residual**2).sum()) / n_rows**2
    design_effect = max(1.0, clustered / (rate * (1 - rate) / (n_rows - 1)))
    return wilson_interval(rate, n_rows / design_effect)


def wilson_interval(rate: float, n: float) -> tuple[float, float]:
    """Wilson's 95% score interval of a share `rate` among `n` (Wilson 1927)."""
    squared = NORMAL_95**2
    centre = (rate + squared / (2 * n)) / (1 + squared / n)
    half = NORMAL_95 / (1 + squared / n) * np.sqrt(rate * (1 - rate) / n + squared / (4 * n**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
