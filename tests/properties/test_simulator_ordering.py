"""True of any keys: the fast order is the plain one, ties as they came."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.simulator.ordering import sorted_order

KEY = st.one_of(
    st.integers(0, 3), st.integers(-5, 5), st.sampled_from([8532, 2_100_000_000, 46_000_000])
)
WIDE = st.integers(-(2**40), 2**40)


@given(st.lists(st.tuples(KEY, WIDE, KEY, WIDE), min_size=1, max_size=60))
def test_rows_are_ordered_by_each_key_in_turn_and_ties_stay_as_they_came(
    rows: list[tuple[int, ...]],
):
    keys = np.array(rows, dtype=np.int64).T
    for n_keys in range(1, len(keys) + 1):
        ours = sorted_order(*keys[:n_keys])
        assert list(ours) == sorted(range(len(rows)), key=lambda row: rows[row][:n_keys])


def test_no_rows_have_an_empty_order():
    assert list(sorted_order(np.zeros(0, dtype=np.int64))) == []
