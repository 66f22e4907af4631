"""Worker processes that draw batches of people.

Every worker draws each n-th batch and hands it over through its own pipe, in order. A pipe holds
next to nothing, so a worker is never more than one batch ahead and memory stays bounded. When the
parent is gone the pipe breaks and the worker ends; when a worker is gone the parent says so.

Workers are started anew and import only the simulator, never the program that called it: it works
from a script without a guard, a notebook and a page of the dashboard alike.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyarrow as pa

from analytics.errors import RunFailedError
from analytics.simulator.one_batch import Batch, draw_batch
from analytics.simulator.world import World

BUFFER = 1 << 20
SECONDS_TO_END = 5


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What one worker is told."""

    batches: Sequence[range]
    world: World


@dataclass(frozen=True, kw_only=True)
class _Handed:
    """What precedes the tables of a batch: their names; or the error that there was instead."""

    names: tuple[str, ...] = ()
    error: Exception | None = None


def draw_in_workers(batches: Sequence[range], world: World, n_workers: int) -> Generator[Batch]:
    """Draw the batches in this many processes; yield them in order."""
    tasks = [_Task(batches=batches[first::n_workers], world=world) for first in range(n_workers)]
    with _workers(tasks) as workers:
        for number, people in enumerate(batches):
            yield _receive(workers[number % n_workers], people)


def work() -> None:
    """Be a worker: read the task, hand batch after batch over, until done or nobody listens."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", BUFFER)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # Whoever prints shall not spoil the pipe.
    task: _Task = pickle.load(sys.stdin.buffer)
    try:
        for people in task.batches:
            _hand_over(out, people, task.world)
    except BrokenPipeError:
        os._exit(1)


def _hand_over(out: IO[bytes], people: range, world: World) -> None:
    try:
        batch = draw_batch(people, world)
    except Exception as error:
        pickle.dump(_Handed(error=error), out)
        out.flush()
        raise
    pickle.dump(_Handed(names=tuple(batch)), out)
    for table in batch.values():
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    out.flush()


@contextmanager
def _workers(tasks: Sequence[_Task]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a worker for each task; in the end none is left."""
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for task in tasks:
            workers.append(_start(task))
        yield workers
    finally:
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.wait()
            _pipe(worker.stdout).close()


def _start(task: _Task) -> subprocess.Popen[bytes]:
    program = f"import sys; sys.path = {sys.path!r}; from {__name__} import work; work()"
    # In a session of its own: Ctrl-C is for the parent, which then ends its workers.
    worker = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=BUFFER,
        start_new_session=True,
    )
    try:
        with _pipe(worker.stdin) as theirs:
            pickle.dump(task, theirs)
    except BrokenPipeError:
        pass  # It ended at once; `_receive` says so.
    return worker


def _receive(worker: subprocess.Popen[bytes], people: range) -> Batch:
    pipe = _pipe(worker.stdout)
    try:
        handed: _Handed = pickle.load(pipe)
        if handed.error is None:
            return {name: pa.ipc.open_stream(pipe).read_all() for name in handed.names}
    except (EOFError, pickle.UnpicklingError, pa.ArrowInvalid, OSError) as ended:
        code = worker.wait(SECONDS_TO_END)
        raise RunFailedError(
            f"The process that drew people {people.start} to {people.stop - 1} ended by itself "
            f"(exit code {code}), perhaps for want of memory. Nothing was left behind. "
            "Try again with --processes 1."
        ) from ended
    raise handed.error


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise AssertionError("a worker was started without a pipe")
    return end
