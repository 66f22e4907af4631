"""Which covariates stay and on which scale, learned from training rows alone."""

import numpy as np
import polars as pl
import pytest

from analytics.features import CovariateMatrix, TidyRules, learn_tidying, tidy_csr
from tests.support.tables import table

# Two covariates of an analysis 1 (sex) of which everybody has one; 3 (1003) is everybody's; of
# analysis 5 some have two and some none, though they add up; 9 is a count.
VALUES = """
    row_id | covariate_id | value
    -------+--------------+------
         0 |         8001 |     1
         1 |         8001 |     1
         2 |         8001 |     1
         3 |         9001 |     1
         0 |         1003 |     1
         1 |         1003 |     1
         2 |         1003 |     1
         3 |         1003 |     1
         0 |         1005 |     1
         1 |         1005 |     1
         0 |         2005 |     1
         1 |         2005 |     1
         0 |         4009 |     8
         2 |         4009 |     2
         3 |         5009 |    -3
         4 |         4009 |   100
         4 |         7009 |     1
"""


def matrix_of(values: str = VALUES) -> CovariateMatrix:
    """Rows 0 to 4; rows 0 and 1 are of one person."""
    long = table(values).with_columns(pl.col("value").cast(pl.Float64))
    rows = pl.DataFrame(
        {"row_id": [0, 1, 2, 3, 4], "person_id": [7, 7, 8, 9, 10], "index_day": [0, 9, 0, 0, 0]}
    )
    reference = long.select("covariate_id", analysis_id=pl.col("covariate_id") % 1000).unique()
    return CovariateMatrix(rows=rows, covariate_ref=reference, values=long)


def learned(rules: TidyRules, values: str = VALUES, rows: tuple[int, ...] = (0, 1, 2, 3)):
    """What is kept with its divisor, and what goes with why."""
    tidying = learn_tidying(matrix_of(values), rows, rules)
    return dict(tidying.kept.rows()), dict(tidying.removed.rows())


def test_a_covariate_of_too_few_people_is_rare_and_rows_are_not_people():
    kept, removed = learned(TidyRules(min_people=2))

    assert removed == {9001: "rare", 1005: "rare", 2005: "rare", 5009: "rare"}
    assert set(kept) == {8001, 1003, 4009}


def test_what_everybody_has_and_the_most_frequent_of_a_group_that_covers_all_are_redundant():
    kept, removed = learned(TidyRules(removes_redundant=True))

    assert removed == {1003: "redundant", 8001: "redundant"}
    # 1005 and 2005 add up to the number of rows, but rows 2 and 3 have neither.
    assert set(kept) == {9001, 1005, 2005, 4009, 5009}


def test_of_equally_frequent_covariates_that_of_the_lowest_id_goes():
    half = VALUES.replace("2 |         8001", "2 |         9001")

    assert learned(TidyRules(removes_redundant=True), half)[1] == {
        1003: "redundant",
        8001: "redundant",
    }


def test_a_value_other_than_1_makes_nothing_redundant():
    counted = VALUES.replace("3 |         1003 |     1", "3 |         1003 |     2")

    assert 1003 not in learned(TidyRules(removes_redundant=True), counted)[1]


def test_values_are_divided_by_the_largest_of_training_rows_where_that_is_above_0():
    kept, _ = learned(TidyRules(scales=True))
    assert kept[4009] == 8
    assert kept[5009] == 1

    tidying = learn_tidying(matrix_of(), [0, 1, 2, 3], TidyRules(scales=True))
    scaled = tidy_csr(matrix_of(), tidying.kept).toarray()
    column = tidying.kept["covariate_id"].to_list().index(4009)
    assert scaled[:, column].tolist() == [1, 0, 0.25, 0, 12.5]
    assert scaled.dtype == np.float32


def test_a_value_of_0_is_still_stored_when_it_is_scaled():
    zero = VALUES.replace("2 |         4009 |     2", "2 |         4009 |     0")
    tidying = learn_tidying(matrix_of(zero), [0, 1, 2, 3], TidyRules(scales=True))

    scaled = tidy_csr(matrix_of(zero), tidying.kept)

    column = tidying.kept["covariate_id"].to_list().index(4009)
    assert column in scaled[2].indices
    assert column not in scaled[1].indices


def test_what_test_people_have_changes_nothing():
    every_rule = TidyRules(min_people=2, removes_redundant=True, scales=True)
    others = VALUES.replace(
        "4 |         7009 |     1", "4 |         5009 |   900\n         4 |         1003 |     7"
    )

    assert learned(every_rule, others) == learned(every_rule)
    # The same values in a training row do change it.
    assert learned(every_rule, others, (0, 1, 2, 3, 4)) != learned(every_rule)


def test_without_rules_everything_stays_as_it_is():
    tidying = learn_tidying(matrix_of(), [0, 1, 2, 3], TidyRules())

    assert tidying.removed.is_empty()
    ids = tidying.kept["covariate_id"].to_list()
    assert 7009 not in ids  # nobody in training has it
    assert (tidy_csr(matrix_of(), tidying.kept) != matrix_of().to_csr(ids)[0]).nnz == 0


def test_fewer_than_one_person_cannot_be_asked_for():
    with pytest.raises(ValueError, match="min_people is 0"):
        TidyRules(min_people=0)
