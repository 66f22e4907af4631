"""Tidying is what a plain loop finds, and knows nothing of people who were not learned from."""

from collections import Counter
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.features import CovariateMatrix, TidyRules, learn_tidying

SEEDS = st.integers(min_value=0, max_value=2**31)
RULES = TidyRules(min_people=3, removes_redundant=True, scales=True)
N_ROWS, N_TRAINING = 14, 10


def random_matrix(seed: int) -> CovariateMatrix:
    """Analyses of which everybody has one, of which many have two or none, and counts."""
    chance = Random(seed)
    values = []
    for row_id in range(N_ROWS):
        values.append((row_id, 1000 * chance.randrange(3) + 1, 1.0))
        for analysis_id in (2, 3):
            for concept_id in range(3):
                if chance.random() < chance.choice((0.34, 1.0)):
                    values.append((row_id, 1000 * concept_id + analysis_id, 1.0))
        if chance.random() < 0.9:
            values.append((row_id, 4, 1.0))
        values += [
            (row_id, 1000 * c + 5, chance.randrange(-2, 9)) for c in (0, 1, chance.choice((2, 3)))
        ]
    frame = pl.DataFrame(
        values,
        schema={"row_id": pl.Int64, "covariate_id": pl.Int64, "value": pl.Float64},
        orient="row",
    )
    return CovariateMatrix(
        rows=pl.DataFrame(
            {
                "row_id": range(N_ROWS),
                "person_id": [row_id // 2 for row_id in range(N_ROWS)],
                "index_day": 0,
            }
        ),
        covariate_ref=frame.select("covariate_id", analysis_id=pl.col("covariate_id") % 1000)
        .unique()
        .sort("covariate_id"),
        values=frame,
    )


def tidied_plainly(matrix: CovariateMatrix) -> tuple[dict[int, float], dict[int, str]]:
    """What is kept with its divisor, and what goes with why: written from the definition."""
    by_row: dict[int, dict[int, float]] = {row_id: {} for row_id in range(N_TRAINING)}
    for row_id, covariate_id, value in matrix.values.rows():
        if row_id in by_row:
            by_row[row_id][covariate_id] = value
    seen = sorted({covariate_id for row in by_row.values() for covariate_id in row})
    is_binary = {c: all(row[c] == 1 for row in by_row.values() if c in row) for c in seen}
    n_rows = Counter(c for row in by_row.values() for c in row)
    redundant = {c for c in seen if is_binary[c] and n_rows[c] == N_TRAINING}
    for analysis_id in {c % 1000 for c in seen}:
        group = [c for c in seen if c % 1000 == analysis_id and is_binary[c] and c not in redundant]
        if group and all(sum(c in row for c in group) == 1 for row in by_row.values()):
            redundant.add(max(group, key=lambda c: (n_rows[c], -c)))
    removed = dict.fromkeys(redundant, "redundant")
    for c in seen:
        people = {row_id // 2 for row_id, row in by_row.items() if c in row}
        if c not in redundant and len(people) < RULES.min_people:
            removed[c] = "rare"
    kept = {}
    for c in seen:
        if c not in removed:
            largest = max(row[c] for row in by_row.values() if c in row)
            kept[c] = largest if largest > 0 else 1.0
    return kept, removed


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_what_stays_goes_and_divides_is_what_a_plain_loop_finds(seed: int):
    matrix = random_matrix(seed)

    learned = learn_tidying(matrix, range(N_TRAINING), RULES)

    kept, removed = tidied_plainly(matrix)
    assert dict(learned.kept.rows()) == kept
    assert dict(learned.removed.rows()) == removed


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, other=SEEDS)
def test_other_test_people_change_nothing(seed: int, other: int):
    matrix, another = random_matrix(seed), random_matrix(other)
    is_training = pl.col("row_id") < N_TRAINING
    changed = CovariateMatrix(
        rows=matrix.rows,
        covariate_ref=pl.concat([matrix.covariate_ref, another.covariate_ref]).unique(),
        values=pl.concat(
            [matrix.values.filter(is_training), another.values.filter(~is_training)]
        ).with_columns(value=pl.when(is_training).then("value").otherwise(pl.col("value") * 100)),
    )

    here = learn_tidying(matrix, range(N_TRAINING), RULES)
    there = learn_tidying(changed, range(N_TRAINING), RULES)

    assert here.kept.equals(there.kept)
    assert here.removed.equals(there.removed)
