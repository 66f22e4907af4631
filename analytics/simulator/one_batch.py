"""One batch of people: their lives, what is written down of them, and the truth."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from analytics.simulator.lives.whole import draw_lives
from analytics.simulator.records.batch import record_batch
from analytics.simulator.records.contacts import draw_visits
from analytics.simulator.truth.whole import truth_of_batch
from analytics.simulator.world import World
from analytics.simulator.writing.cdm_tables import as_given, as_truth, in_truth

Batch = Mapping[str, pa.Table]


def draw_batch(people: range, world: World) -> Batch:
    """The CDM tables and the truth (as `truth/NAME`) of the people with these ids.

    Tables hold the columns that the simulator fills; row ids start at 1.
    """
    lives = draw_lives(np.arange(people.start, people.stop, dtype=np.int64), world)
    visits = draw_visits(lives, world)
    tables = record_batch(lives, visits, world)
    truth = truth_of_batch(lives, visits, world)
    return {
        **{name: as_given(name, frame) for name, frame in tables.items()},
        **{in_truth(name): as_truth(frame) for name, frame in truth.items()},
    }
