"""Cut points depend on values alone, and a tree grown on bins scores values as they are."""

import numpy as np
import pytest
import scipy.sparse as sp

from analytics.errors import RunFailedError
from analytics.models import PopulationRows
from analytics.models.cut_points import JUST_BELOW_ZERO, learn_cut_points
from analytics.models.xgboost import learn_xgboost


def column(*values: float) -> sp.csr_matrix:
    """One column in which every row has a stored value."""
    n_rows = len(values)
    data = np.array(values, np.float32)
    return sp.csr_matrix((data, np.zeros(n_rows, int), np.arange(n_rows + 1)), shape=(n_rows, 1))


def test_few_values_keep_a_bin_each_and_zero_has_one_of_its_own():
    cuts = learn_cut_points(column(2, -3, 0, 2, 5), n_bins=4)

    assert cuts.edges.tolist() == [-3, JUST_BELOW_ZERO, 2, 5]
    assert cuts.to_lower_edges(column(0, -1, 7, -9)).data.tolist() == [
        JUST_BELOW_ZERO,
        -3,
        5,
        -3,
    ]


def test_many_values_are_cut_at_evenly_spaced_ranks():
    values = np.random.default_rng(5).permutation(np.arange(1, 101))

    cuts = learn_cut_points(column(*values), n_bins=4)

    assert cuts.edges.tolist() == [1, 26, 51, 76]
    assert cuts.to_lower_edges(column(25, 26, 100)).data.tolist() == [1, 26, 76]


def test_what_is_not_stored_stays_so():
    matrix = sp.csr_matrix(np.array([[0, 1.5, 0], [2.5, 0, 0]], np.float32))
    cut = learn_cut_points(matrix, n_bins=8).to_lower_edges(matrix)

    assert (cut != matrix).nnz == 0
    assert cut.nnz == 2


def test_a_matrix_of_other_covariates_is_refused():
    cuts = learn_cut_points(column(1, 2), n_bins=4)

    with pytest.raises(RunFailedError, match="cut points of 1 covariates do not fit a matrix of 2"):
        cuts.to_lower_edges(sp.csr_matrix((3, 2), dtype=np.float32))


def recorded_in_part(seed: int) -> tuple[PopulationRows, np.ndarray]:
    """Counts, and continuous values that two rows in five lack; some of them are 0."""
    generator = np.random.default_rng(seed)
    n_rows = 600
    values = np.concatenate(
        [generator.poisson(1, (n_rows, 3)), generator.normal(size=(n_rows, 3)).round(2)], axis=1
    )
    row, place = np.nonzero(generator.random(values.shape) < 0.6)
    covariates = sp.csr_matrix(
        (values[row, place].astype(np.float32), (row, place)), shape=values.shape
    )
    had_outcome = generator.random(n_rows) < 1 / (1 + np.exp(1 - values[:, 0] - values[:, 3]))
    rows = PopulationRows(
        covariates=covariates, age=np.full(n_rows, 50.0), sex=np.full(n_rows, "Female")
    )
    return rows, had_outcome


def test_a_tree_that_saw_lower_edges_scores_the_values_themselves_alike():
    rows, had_outcome = recorded_in_part(seed=8)
    model = learn_xgboost(rows, had_outcome, seed=1, threads=2, rounds=40)
    cuts = learn_cut_points(rows.covariates, n_bins=64)
    binned = PopulationRows(
        covariates=cuts.to_lower_edges(rows.covariates), age=rows.age, sex=rows.sex
    )

    assert (rows.covariates.data == 0).any()
    assert len(np.unique(rows.covariates[:, 3].data)) > 64
    assert (model.log_odds(binned) == model.log_odds(rows)).all()


def test_the_order_of_rows_decides_nothing():
    rows, had_outcome = recorded_in_part(seed=9)
    order = np.random.default_rng(1).permutation(len(rows))

    model = learn_xgboost(rows, had_outcome, seed=1, threads=2, rounds=40)
    other = learn_xgboost(rows.take(order), had_outcome[order], seed=1, threads=2, rounds=40)

    assert other.log_odds(rows) == pytest.approx(model.log_odds(rows), abs=1e-6)


@pytest.mark.agreement
@pytest.mark.needs_java
@pytest.mark.xdist_group("one Spark session")
def test_spark_grows_the_trees_that_grow_here():
    from analytics.features.spark_engine import spark_session
    from analytics.models.xgboost_on_spark import learn_xgboost_on_spark

    rows, had_outcome = recorded_in_part(seed=10)
    here = learn_xgboost(rows, had_outcome, seed=1, threads=2, rounds=40)
    on_spark = learn_xgboost_on_spark(rows, had_outcome, spark=spark_session(), seed=1, rounds=40)

    assert len(on_spark.booster.get_dump()) == 40
    assert on_spark.log_odds(rows) == pytest.approx(here.log_odds(rows), abs=1e-5)
