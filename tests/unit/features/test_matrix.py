"""From long form to a sparse matrix."""

import numpy as np
import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.features import CovariateMatrix, build_covariates, our_analyses
from analytics.features.analysis import OUR_ANALYSIS_IDS, Analysis
from analytics.studies import CovariateSettings
from tests.support.histories import CONCEPTS, one_person, one_row
from tests.support.random_events import random_events, random_people, random_rows
from tests.support.tables import table


def matrix_of(values: str) -> CovariateMatrix:
    """Four rows of three people: 0 and 1 are of person 1, 5 of 2, 9 of 3."""
    rows = table("""
        row_id | person_id | index_day
        -------+-----------+----------
             0 |         1 |         0
             1 |         1 |        10
             5 |         2 |         0
             9 |         3 |         0
    """)
    triples = table(values)
    covariate_ref = triples.select("covariate_id").unique().sort("covariate_id")
    return CovariateMatrix(
        rows=rows,
        covariate_ref=covariate_ref,
        values=triples.sort("row_id", "covariate_id"),
    )


VALUES = """
    row_id | covariate_id | value
    -------+--------------+------
         0 |       -70930 |     2
         0 |          962 |    40
         1 |          962 |     0
         5 |        11933 |   1.5
         5 |       -70930 |     1
"""


def test_a_matrix_has_a_row_for_each_row_also_where_nothing_is_known():
    sparse, covariate_ids = matrix_of(VALUES).to_csr()

    assert list(covariate_ids) == [-70930, 962, 11933]
    assert sparse.dtype == np.float32
    assert sparse.toarray().tolist() == [[2, 40, 0], [0, 0, 0], [1, 0, 1.5], [0, 0, 0]]


def test_a_value_of_0_is_stored_and_what_is_absent_is_not():
    sparse, _ = matrix_of(VALUES).to_csr()

    assert sparse.nnz == 5
    assert sparse[1].indices.tolist() == [1]


def test_columns_come_in_the_order_asked_for_and_one_that_nobody_has_is_empty():
    sparse, covariate_ids = matrix_of(VALUES).to_csr([11933, 555, -70930])

    assert list(covariate_ids) == [11933, 555, -70930]
    assert sparse.toarray().tolist() == [[0, 0, 2], [0, 0, 0], [1.5, 0, 1], [0, 0, 0]]


def test_no_column_at_all_is_a_matrix_of_no_columns():
    sparse, covariate_ids = matrix_of(VALUES).to_csr([])

    assert sparse.shape == (4, 0)
    assert len(covariate_ids) == 0


def test_the_sparse_matrix_holds_what_the_long_form_holds():
    matrix = build_covariates(
        random_rows(seed=3),
        events=random_events(seed=3),
        person=random_people(seed=3),
        concepts=CONCEPTS,
        settings=CovariateSettings(),
    )

    sparse, covariate_ids = matrix.to_csr()

    cells = sparse.tocoo()
    found = {
        (int(row), int(covariate_ids[column])): float(value)
        for row, column, value in zip(cells.row, cells.col, cells.data, strict=True)
    }
    assert found == {
        (row_id, covariate_id): float(np.float32(value))
        for row_id, covariate_id, value in matrix.values.rows()
    }


def test_every_analysis_has_an_id_of_its_own_among_ours():
    ids = [analysis.analysis_id for analysis in our_analyses()]

    assert len(set(ids)) == len(ids)
    assert set(ids) <= set(OUR_ANALYSIS_IDS) == set(range(930, 980))
    assert len({analysis.analysis_name for analysis in our_analyses()}) == len(ids)


def test_an_analysis_outside_our_ids_is_refused():
    with pytest.raises(ValueError, match="analysis 101"):
        Analysis(
            analysis_id=101,
            analysis_name="x",
            domain="drug",
            measure="count",
            window=None,
            wording="x",
            missing_means_zero=True,
        )


def test_rows_without_the_columns_needed_are_refused():
    with pytest.raises(BadInputError, match="lack days_of_prior_observation"):
        build_covariates(
            one_row().drop("days_of_prior_observation"),
            events={},
            person=one_person(),
            concepts=CONCEPTS,
            settings=CovariateSettings(),
        )


def test_a_row_id_that_stands_twice_is_refused():
    with pytest.raises(BadInputError, match="row_id 0 stands in two rows"):
        build_covariates(
            pl.concat([one_row(), one_row(5)]),
            events={},
            person=one_person(),
            concepts=CONCEPTS,
            settings=CovariateSettings(),
        )
