"""How many people each rule removed, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, kw_only=True)
class RuleOutcome:
    """A rule in words, and the rows that remained after it.

    A rule that `is_applied=False` is a note: its rows are those it speaks of, and it removed
    nobody.
    """

    rule: str
    remaining: pl.DataFrame
    is_applied: bool = True


def count_attrition(steps: Sequence[RuleOutcome]) -> pl.DataFrame:
    """Count rows and people after each rule.

    One row for each rule, in order, with `step_number` (from 1), `rule`, `is_applied`,
    `n_rows`, `n_people`, `n_outcomes` (rows with the outcome) and `n_people_with_outcome`.
    Each frame has one row for each index date, with `person_id` and `had_outcome`.
    """
    return pl.concat(
        step.remaining.select(
            step_number=pl.lit(number, dtype=pl.Int32),
            rule=pl.lit(step.rule),
            is_applied=pl.lit(step.is_applied),
            n_rows=pl.len().cast(pl.Int64),
            n_people=pl.col("person_id").n_unique().cast(pl.Int64),
            n_outcomes=pl.col("had_outcome").sum().cast(pl.Int64),
            n_people_with_outcome=pl.col("person_id")
            .filter(pl.col("had_outcome"))
            .n_unique()
            .cast(pl.Int64),
        )
        for number, step in enumerate(steps, start=1)
    )
