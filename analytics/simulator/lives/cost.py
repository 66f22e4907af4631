"""What care costs: illness decides, or how easily a person gets to care, as the profile says.

Access is a person's own (and lower in the under-recorded group where the profile says so) and is
never recorded. Where it decides, two people equally ill cost differently, and the one who costs
less is not the healthier one: a cost is then no measure of need (Obermeyer et al. 2019, Science
366:447).
"""

import numpy as np

from analytics.simulator.draws import Floats, Integers
from analytics.simulator.lives.groups import is_in_group
from analytics.simulator.lives.people import People
from analytics.simulator.world import World

DOLLARS_PER_YEAR = 6_500.0
_ILLNESS, _ACCESS = 0.6, 0.7


def draw_access(people: People, world: World) -> Floats:
    """How easily each person gets to care, in standard deviations from the mean."""
    group, gap = world.profile.under_recording, world.profile.cost.access_gap
    own = world.draws.normal("access", people.person_id)
    return np.asarray(own - gap * is_in_group(people, group.attribute, group.group))


def expected_cost_per_year(access: Floats, ill: Floats, world: World) -> Floats:
    """Dollars that each person's care costs in a year in which they are seen."""
    strength = world.profile.cost.access
    log_ratio = _ACCESS * strength * access + _ILLNESS * max(1 - strength, 0.0) * ill
    return np.asarray(DOLLARS_PER_YEAR * np.exp(log_ratio))


def share_out(per_year: Floats, person: Integers, year: Integers, weight: Floats) -> Floats:
    """The cost of each event: its person's yearly cost, shared by weight among the year's events.

    `per_year` has one entry for each person, the others one for each event (`person` a position).
    """
    key = person * 10_000 + year
    _, group = np.unique(key, return_inverse=True)
    total = np.bincount(group, weights=weight)
    return np.asarray(per_year[person] * weight / np.maximum(total[group], 1e-12))
