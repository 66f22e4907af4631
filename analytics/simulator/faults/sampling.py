"""Which rows of a table are spoiled: those with the smallest draws, each for one fault only.

A row is addressed by its number in the file, so the choice does not depend on how the file is
read, and the faults of a table never meet in a row.
"""

from collections.abc import Sequence

import numpy as np

from analytics.simulator.draws import Draws, Integers

BLOCK = 1_000_000
FEWEST_ROWS = 4
MOST_OF_A_SMALL_TABLE = 0.02
"""Two rows broken for each one spoiled stay below the 5 % of most limits."""


def how_many(n_rows: int, shares: Sequence[float]) -> list[int]:
    """Rows for each fault: its share of the table, but a few at least, if the table has them.

    No more than half of a table is spoiled; where a few rows for each fault would be more than
    that, each gets one, as far as the rows go.
    """
    few = max(1, min(FEWEST_ROWS, int(MOST_OF_A_SMALL_TABLE * n_rows)))
    wanted = [max(few, round(share * n_rows)) for share in shares]
    if sum(wanted) <= n_rows / 2:
        return wanted
    return [1 if position < n_rows else 0 for position in range(len(shares))]


def choose_rows(n_rows: int, wanted: Sequence[int], purpose: str, draws: Draws) -> list[Integers]:
    """Row numbers for each fault, sorted; no number comes twice."""
    in_all = sum(wanted)
    bound = min(1.0, 1.2 * in_all / max(n_rows, 1) + 1e-4)
    row, drawn = _smaller_than(bound, n_rows, purpose, draws)
    if len(row) < in_all:
        row, drawn = _smaller_than(1.0, n_rows, purpose, draws)
    in_order_of_draw = row[np.lexsort((row, drawn))][:in_all]
    return [
        np.sort(part) for part in np.split(in_order_of_draw, np.cumsum(np.asarray(wanted))[:-1])
    ]


def _smaller_than(
    bound: float, n_rows: int, purpose: str, draws: Draws
) -> tuple[Integers, np.ndarray]:
    rows, drawn = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for first in range(0, n_rows, BLOCK):
        block = np.arange(first, min(first + BLOCK, n_rows), dtype=np.int64)
        numbers = draws.uniform(purpose, block)
        rows.append(block[numbers < bound])
        drawn.append(numbers[numbers < bound])
    return np.concatenate(rows), np.concatenate(drawn)
