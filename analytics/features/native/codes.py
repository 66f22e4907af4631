"""Numbers for concepts in the order in which they are met: 0, 1, 2, …

A kernel looks up and adds; where it finds no room it stops, and goes on after `grow`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.compiling import compiled

FEWEST_SLOTS = 1 << 12
FULL = -1
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: spreads neighbouring numbers


class Codes(NamedTuple):
    """`keys[code]` is what a code stands for, of which the first `n[0]` are given.

    `slots` holds codes at the place to which a key is spread, or after it; -1 where there is none.
    """

    slots: NDArray[np.int32]
    keys: NDArray[np.int64]
    n: NDArray[np.int64]


def no_codes(n_slots: int = FEWEST_SLOTS) -> Codes:
    """Room for half as many codes as slots; their number is a power of two."""
    return Codes(
        slots=np.full(n_slots, -1, np.int32),
        keys=np.empty(n_slots // 2, np.int64),
        n=np.zeros(1, np.int64),
    )


def grow(codes: Codes) -> Codes:
    """The same codes with twice the room."""
    larger = no_codes(2 * len(codes.slots))
    for key in known(codes):
        code_of(larger, key)
    return larger


def known(codes: Codes) -> NDArray[np.int64]:
    """What each code given so far stands for."""
    return codes.keys[: int(codes.n[0])]


@compiled
def code_of(codes: Codes, key: int) -> int:
    """The code of a key, a new one where it has none; FULL where there is no room for it."""
    n_slots = len(codes.slots)
    spread = np.uint64(key) * MULTIPLIER
    slot = np.int64(spread >> np.uint64(20)) & (n_slots - 1)
    while True:
        code = codes.slots[slot]
        if code < 0:
            break
        if codes.keys[code] == key:
            return code
        slot = (slot + 1) & (n_slots - 1)
    code = codes.n[0]
    if code == len(codes.keys):
        return FULL
    codes.keys[code] = key
    codes.slots[slot] = code
    codes.n[0] += 1
    return code
