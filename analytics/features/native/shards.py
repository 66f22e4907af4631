"""Shards of people, each made by one thread from its own row groups, in the order of people."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.native.parts import Rows

PEOPLE_IN_A_SHARD = 32_768
Made = TypeVar("Made")
Worker = TypeVar("Worker")


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Neighbouring people, and their index dates by person.

    `row` is where each index date stands in the whole; `earliest` and `latest` are the first and
    last index day of each person.
    """

    person_id: NDArray[np.int64]
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    rows: Rows
    row: NDArray[np.int64]


def shards_of(rows: pl.DataFrame, people_in_a_shard: int = PEOPLE_IN_A_SHARD) -> Iterator[Shard]:
    """Shards of rows with `person_id` and `index_day`, by person."""
    person, day = rows["person_id"].to_numpy(), rows["index_day"].to_numpy().astype(np.int32)
    order = np.argsort(person, kind="stable")
    person, day = person[order], day[order]
    begins = np.flatnonzero(np.diff(person, prepend=person[:1] - 1))
    for first in range(0, len(begins), people_in_a_shard):
        own = begins[first : first + people_in_a_shard]
        last = first + people_in_a_shard
        end = begins[last] if last < len(begins) else len(person)
        days = day[own[0] : end]
        starts = own - own[0]
        n_rows = np.diff(starts, append=len(days))
        yield Shard(
            person_id=person[own],
            earliest=np.minimum.reduceat(days, starts),
            latest=np.maximum.reduceat(days, starts),
            rows=Rows(
                person_at=np.repeat(np.arange(len(own), dtype=np.int32), n_rows), index_day=days
            ),
            row=order[own[0] : end],
        )


def in_threads(
    shards: Sequence[Shard],
    workers: Sequence[Worker],
    make: Callable[[Worker, Shard], Made],
) -> Iterator[Made]:
    """What each shard gives, in their order; each worker is a thread's own.

    No more than two shards for each worker are made before they are taken.
    """
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def made(shard: Shard) -> Made:
        worker = free.get()
        try:
            return make(worker, shard)
        finally:
            free.put(worker)

    ahead = 2 * len(workers)
    with ThreadPoolExecutor(len(workers), thread_name_prefix="shard") as threads:
        waiting: list[Future[Made]] = []
        try:
            for shard in shards:
                waiting.append(threads.submit(made, shard))
                if len(waiting) > ahead:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()
