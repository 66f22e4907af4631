"""Batches of people in order, drawn here or by worker processes."""

from collections.abc import Generator, Sequence

from analytics.simulator.one_batch import Batch, draw_batch
from analytics.simulator.workers import draw_in_workers
from analytics.simulator.world import World


def draw_batches(batches: Sequence[range], world: World, processes: int) -> Generator[Batch]:
    """Draw the batches, in this order; with more than one process, by workers."""
    n_workers = min(processes, len(batches))
    if n_workers <= 1:
        return (draw_batch(people, world) for people in batches)
    return draw_in_workers(batches, world, n_workers)
