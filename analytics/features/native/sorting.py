"""Sort a few numbers in place, fast where they come in a few sorted runs, without allocating."""

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled


@compiled
def sort_runs(numbers: NDArray[np.int64], n: int, aside: NDArray[np.int64]) -> None:
    """Sort the first `n` numbers: neighbouring runs are merged until one is left.

    `aside` has room for as many.
    """
    n_runs = 2
    while n_runs > 1:
        n_runs = 0
        first = 0
        while first < n:
            middle = _end_of_run(numbers, first, n)
            n_runs += 1
            if middle == n:
                break
            last = _end_of_run(numbers, middle, n)
            _merge(numbers, first, middle, last, aside)
            first = last


@compiled
def _end_of_run(numbers: NDArray[np.int64], first: int, n: int) -> int:
    end = first + 1
    while end < n and numbers[end - 1] <= numbers[end]:
        end += 1
    return end


@compiled
def _merge(
    numbers: NDArray[np.int64], first: int, middle: int, last: int, aside: NDArray[np.int64]
) -> None:
    for nth in range(first, middle):
        aside[nth] = numbers[nth]
    left, right, place = first, middle, first
    while left < middle and right < last:
        if aside[left] <= numbers[right]:
            numbers[place] = aside[left]
            left += 1
        else:
            numbers[place] = numbers[right]
            right += 1
        place += 1
    while left < middle:
        numbers[place] = aside[left]
        left += 1
        place += 1
