"""The matrix file: read back by scipy, row by row, whatever the parts it came in."""

import numpy as np
import pytest
import scipy.sparse

from analytics.pipelines.matrix_file import MatrixWriter


def write(file, parts, *, row_ids, covariate_ids):
    with MatrixWriter(file, np.array(row_ids), np.array(covariate_ids)) as matrix:
        for part in parts:
            row, covariate_id, value = (np.array(column) for column in zip(*part, strict=True))
            matrix.add(row, matrix.columns_of(covariate_id), value.astype(np.float64))
    return matrix.n_left_out


PARTS = [[(0, 7, 1.0), (0, 9, 0.0)], [(2, -4, 2.5), (2, 9, 3.0), (3, 7, 1.0)]]


def test_rows_and_columns_are_those_named_and_zeros_stay(tmp_path):
    file = tmp_path / "matrix.npz"
    write(file, PARTS, row_ids=[50, 51, 52, 53], covariate_ids=[-4, 7, 9])

    matrix = scipy.sparse.load_npz(file)
    assert matrix.toarray().tolist() == [[0, 1, 0], [0, 0, 0], [2.5, 0, 3], [0, 1, 0]]
    assert (matrix.nnz, matrix.format, matrix.dtype) == (5, "csr", np.float32)
    with np.load(file) as arrays:
        assert arrays["row_id"].tolist() == [50, 51, 52, 53]
        assert arrays["covariate_id"].tolist() == [-4, 7, 9]
    assert [path.name for path in tmp_path.iterdir()] == ["matrix.npz"]


def test_of_a_pair_that_stands_twice_the_lowest_is_kept_and_the_other_counted(tmp_path):
    file = tmp_path / "matrix.npz"
    twice = [[(0, 7, 1.0), (0, 7, 4.0), (1, 7, 2.0)]]

    assert write(file, twice, row_ids=[1, 2], covariate_ids=[7]) == 1
    assert scipy.sparse.load_npz(file).toarray().tolist() == [[1.0], [2.0]]


def test_nobody_has_anything(tmp_path):
    file = tmp_path / "matrix.npz"
    write(file, [], row_ids=[1, 2], covariate_ids=np.array([], dtype=np.int64))

    assert scipy.sparse.load_npz(file).shape == (2, 0)


def test_what_breaks_off_leaves_no_matrix(tmp_path):
    file = tmp_path / "matrix.npz"
    with pytest.raises(ValueError, match="not enough values"):
        write(file, [[(0, 7, 1.0)], [(0, 7)]], row_ids=[1], covariate_ids=[7])
    assert list(tmp_path.iterdir()) == []
