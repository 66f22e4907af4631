"""What a package tells of groups of people: figures, never a small count.

A package may travel to another site, so it is made as if it will. Counts of groups are left out
altogether (with them, a withheld group could be worked out from the others); a total below the
smallest cell becomes unknown.
"""

from dataclasses import dataclass

import polars as pl

from analytics.evaluation import Counts
from analytics.settings import SMALLEST_CELL


@dataclass(frozen=True, kw_only=True)
class ShownCounts:
    """Counts of rows and people; None where the number of people is small."""

    n_rows: int | None
    n_people: int | None
    n_outcomes: int | None
    n_people_with_outcome: int | None


def withhold_small_counts(counts: Counts, smallest_cell: int = SMALLEST_CELL) -> ShownCounts:
    """The counts, without those that rest on, or leave, a small group of people."""
    is_small = 0 < counts.n_people < smallest_cell
    outcome_is_small = (
        is_small
        or 0 < counts.n_people_with_outcome < smallest_cell
        or 0 < counts.n_people_without_outcome < smallest_cell
    )
    return ShownCounts(
        n_rows=None if is_small else counts.n_rows,
        n_people=None if is_small else counts.n_people,
        n_outcomes=None if outcome_is_small else counts.n_outcomes,
        n_people_with_outcome=None if outcome_is_small else counts.n_people_with_outcome,
    )


def withhold_small_results(frame: pl.DataFrame, smallest_cell: int = SMALLEST_CELL) -> pl.DataFrame:
    """One row for each row of `frame`, without counts; figures that rest on few become null.

    A row rests on its people with the outcome and on those without. Names, verdicts and
    thresholds stay.
    """
    without_outcome = pl.col("n_people") - pl.col("n_people_with_outcome")
    is_small = (pl.col("n_people_with_outcome") < smallest_cell) | (without_outcome < smallest_cell)
    figures = [
        name for name, dtype in frame.schema.items() if dtype.is_float() and name != "threshold"
    ]
    withheld = frame.with_columns(
        pl.when(is_small).then(None).otherwise(pl.col(name)).alias(name) for name in figures
    )
    return without_counts(withheld)


def without_counts(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each row of `frame`, without its `n_*` columns."""
    return frame.select(name for name in frame.columns if not name.startswith("n_"))
