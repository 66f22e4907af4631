import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp

from analytics.errors import RunFailedError
from analytics.models import Contributions, covariate_importance, top_reasons

REFERENCE = pl.DataFrame(
    {
        "covariate_id": [1, 2, 3, 4, 5, 6],
        "covariate_name": [
            "Heart failure: last 30 days",
            "Heart failure: any time",
            "HbA1c: latest value",
            "Race: White",
            "Age in years",
            "Ethnic group: any time",
        ],
        "domain": [
            "condition",
            "condition",
            "measurement",
            "demographics",
            "demographics",
            "observation",
        ],
        "concept_id": [316139, 316139, 3004410, 8527, 0, 44803968],
    }
)


def contributions(rows):
    values = sp.csr_matrix(np.array(rows, dtype=float))
    return Contributions(values=values, baseline=np.zeros(len(rows)))


def covariates(rows):
    """A dot is a cell with nothing recorded."""
    filled = [(i, j, v) for i, row in enumerate(rows) for j, v in enumerate(row) if v is not None]
    row, column, value = zip(*filled, strict=True)
    return sp.csr_matrix((np.array(value, np.float32), (row, column)), shape=(len(rows), 6))


def reasons(shares, values, n_reasons=5):
    found = top_reasons(
        contributions(shares),
        covariates=covariates(values),
        covariate_reference=REFERENCE,
        n_reasons=n_reasons,
    )
    return found.select("row_number", "reason_rank", "covariate_id", "covariate_value").rows()


def test_windows_of_one_concept_are_one_reason():
    """0.3 + 0.4 of heart failure outweigh 0.6 of HbA1c; the larger window speaks for them."""
    found = reasons([[0.3, 0.4, 0.6, 0, 0, 0]], [[1, 4, 9.1, 1, 70, 1]])

    assert found == [(0, 1, 2, 4.0), (0, 2, 3, pytest.approx(9.1))]


def test_race_and_ethnicity_are_never_a_reason():
    found = reasons([[0.1, 0, 0, 5.0, 0.2, 4.0]], [[1, 4, 9.1, 1, 70, 1]])

    assert [covariate_id for _, _, covariate_id, _ in found] == [5, 1]


def test_what_lowers_the_risk_is_no_reason():
    found = reasons([[0.3, -0.4, 0, 0, 0.1, 0]], [[1, 1, 1, 1, 70, 1]])

    assert [covariate_id for _, _, covariate_id, _ in found] == [5]


def test_nothing_recorded_is_said_and_a_recorded_zero_is_a_value():
    found = reasons([[0.3, 0, 0.2, 0, 0.1, 0]], [[None, 1, 0.0, 1, 70, 1]])

    assert [value for _, _, _, value in found] == [None, 0.0, 70.0]


def test_each_row_has_its_own_reasons_and_no_more_than_asked_for():
    found = reasons(
        [[0.3, 0, 0.5, 0, 0.9, 0], [0, 0, 0, 0, 0, 0], [0.9, 0, 0.1, 0, 0, 0]],
        [[1, 1, 1, 1, 1, 1]] * 3,
        n_reasons=2,
    )

    assert [(row, rank, covariate) for row, rank, covariate, _ in found] == [
        (0, 1, 5),
        (0, 2, 3),
        (2, 1, 1),
        (2, 2, 3),
    ]


def test_importance_is_the_mean_size_of_contributions_and_counts_people():
    found = covariate_importance(
        contributions([[0.2, 0, -0.9, 0, 0, 0], [-0.4, 0, 0.3, 0, 0, 0], [0, 0, 0.3, 0, 0, 0]]),
        covariates=covariates(
            [[1, None, 7, None, 1, None], [2, 1, 8, 1, 1, 1], [0, 1, 7, 1, 1, 1]]
        ),
        person_id=np.array([10, 10, 20]),
        covariate_reference=REFERENCE,
    )

    assert found["covariate_rank"].to_list() == [1, 2]
    assert found["covariate_id"].to_list() == [3, 1]
    assert found["mean_absolute_contribution"].to_list() == pytest.approx([0.5, 0.2])
    # Person 10 has both rows of heart failure: one person. A recorded 0 does not count.
    assert found["n_people"].to_list() == [2, 1]


def test_a_reference_of_another_matrix_is_refused():
    with pytest.raises(RunFailedError, match="5 rows for 6 columns"):
        top_reasons(
            contributions([[0.0] * 6]),
            covariates=covariates([[1] * 6]),
            covariate_reference=REFERENCE.head(5),
        )
