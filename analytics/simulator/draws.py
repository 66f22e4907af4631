"""Chance that depends on who and why, never on the order of the work.

Each draw is a hash of (seed, purpose, person, number), so a person's life is the same whatever
the size of the batch it is simulated in, and adding a new purpose changes no other draw.
The mixer is splitmix64's finaliser (Steele, Lea and Flood 2014, "Fast splittable pseudorandom
number generators", doi 10.1145/2660193.2660195).
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Every random number of one simulation, addressed by purpose, person and number."""

    seed: int

    def uniform(self, purpose: str, person_id: Integers, number: Integers | int = 0) -> Floats:
        """Numbers strictly between 0 and 1, one for each person (and number, by broadcasting)."""
        key = np.uint64(int.from_bytes(blake2b(_words(self.seed, purpose), digest_size=8).digest()))
        # In place, because most of the time would go into making room for what lies between.
        of_person = np.array(person_id, dtype=np.uint64, ndmin=1)
        of_person *= _GOLDEN
        of_person += key
        _mix(of_person)
        counted = np.array(number, ndmin=1).astype(np.uint64)
        counted += np.uint64(1)
        counted *= _FIRST
        mixed = of_person ^ counted
        _mix(mixed)
        mixed >>= np.uint64(11)
        between = mixed.astype(np.float64)
        between += 0.5
        between *= 2.0**-53
        return between

    def normal(self, purpose: str, person_id: Integers, number: Integers | int = 0) -> Floats:
        """Standard normal numbers."""
        return np.asarray(ndtri(self.uniform(purpose, person_id, number)), dtype=np.float64)

    def exponential(self, purpose: str, person_id: Integers, number: Integers | int = 0) -> Floats:
        """Exponential numbers with mean 1."""
        return -np.log(self.uniform(purpose, person_id, number))

    def happens(
        self, purpose: str, person_id: Integers, chance: Floats | float, number: Integers | int = 0
    ) -> Flags:
        """Whether something of this chance happens."""
        return self.uniform(purpose, person_id, number) < chance

    def choose(
        self, purpose: str, person_id: Integers, weights: Floats, number: Integers | int = 0
    ) -> Integers:
        """The position of one option, by weight: one row of weights for all, or one for each."""
        cumulative = np.cumsum(weights, axis=-1)
        point = self.uniform(purpose, person_id, number) * cumulative[..., -1]
        if weights.ndim == 1:
            return np.searchsorted(cumulative, point, side="right").astype(np.int64)
        return (cumulative <= point[:, None]).sum(axis=1).astype(np.int64)


def _words(seed: int, purpose: str) -> bytes:
    return f"{seed}/{purpose}".encode()


def _mix(state: NDArray[np.uint64]) -> None:
    """Mix the bits of each number, in place."""
    shifted = state >> np.uint64(30)
    state ^= shifted
    state *= _FIRST
    np.right_shift(state, np.uint64(27), out=shifted)
    state ^= shifted
    state *= _SECOND
    np.right_shift(state, np.uint64(31), out=shifted)
    state ^= shifted
