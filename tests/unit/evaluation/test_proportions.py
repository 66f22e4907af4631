import numpy as np
import pytest

from analytics.evaluation.proportions import clustered_interval, wilson_interval


def test_wilson_is_the_published_interval():
    """Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662, 0 of 20 is 0 to 0.1611."""
    assert wilson_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_rows_of_the_same_people_count_as_those_people():
    """Each person's ten rows are alike, so they are worth one row: the plain interval of 100."""
    had_outcome = np.repeat(np.arange(100) < 30, 10)

    lower, upper = clustered_interval(np.repeat(np.arange(100), 10), had_outcome)

    assert (lower, upper) == pytest.approx(wilson_interval(0.3, 100), abs=2e-3)


def test_one_row_for_each_person_is_the_plain_interval():
    had_outcome = np.arange(50) < 10

    found = clustered_interval(np.arange(50), had_outcome)

    assert found == pytest.approx(wilson_interval(0.2, 50), abs=1e-12)


def test_nobody_with_the_outcome_still_leaves_room():
    lower, upper = clustered_interval(np.repeat(np.arange(20), 5), np.zeros(100, bool))

    assert lower == 0
    assert upper == pytest.approx(0.1611, abs=5e-5)
