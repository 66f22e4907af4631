"""Conditions that are never written down, because of whom they happen to.

In the profile's group a disease is overlooked in a share of the people who have it, and then
none of its records is ever written. The visit is, and so are the drugs, the procedures and the
measurements that the disease brings with it: an observer who reads all but the conditions sees
the same people.
"""

import numpy as np

from analytics.simulator.draws import Flags
from analytics.simulator.lives.groups import is_in_group
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import Visits
from analytics.simulator.records.events import Records
from analytics.simulator.records.recorded_here import conditions_recorded_here
from analytics.simulator.records.tail import CONDITION, with_local_records
from analytics.simulator.world import World


def all_written(conditions: Records, lives: Lives, visits: Visits, world: World) -> Records:
    """The conditions that this health system would write down if it overlooked nobody's."""
    here = conditions_recorded_here(conditions, lives, world)
    return with_local_records(here, CONDITION, lives, visits, world)


def split_recorded(conditions: Records, lives: Lives, world: World) -> tuple[Records, Records]:
    """The conditions that are written down, and those that are not; both in the same order."""
    if world.profile.under_recording.share_not_recorded == 0:
        return conditions, _take(conditions, np.zeros(len(conditions.person), dtype=bool))
    lost = _is_overlooked(conditions, lives, world)
    return _take(conditions, ~lost), _take(conditions, lost)


def _is_overlooked(conditions: Records, lives: Lives, world: World) -> Flags:
    group = world.profile.under_recording
    share = group.share_not_recorded
    in_group = is_in_group(lives.people, group.attribute, group.group)
    return np.asarray(
        in_group[conditions.person]
        & world.draws.happens(
            "overlooked", lives.people.person_id[conditions.person], share, conditions.concept
        )
    )


def _take(conditions: Records, chosen: Flags) -> Records:
    return Records(**{name: column[chosen] for name, column in vars(conditions).items()})
