"""Who belongs to a group that a profile names."""

import numpy as np

from analytics.simulator.draws import Flags
from analytics.simulator.lives.people import HISPANIC, NOT_HISPANIC, RACES, People
from analytics.simulator.profile import GROUPS, Attribute

_VALUES = {
    "race": RACES,
    "ethnicity": (HISPANIC, NOT_HISPANIC, 0),
    "payer": tuple(range(len(GROUPS["payer"]))),
    "language": tuple(range(len(GROUPS["language"]))),
}


def is_in_group(people: People, attribute: Attribute, group: str) -> Flags:
    """Whether each person is in this group of this attribute, as it is recorded."""
    value = _VALUES[attribute][GROUPS[attribute].index(group)]
    of_people = {
        "race": people.race,
        "ethnicity": people.ethnicity,
        "payer": people.payer,
        "language": people.language,
    }
    return np.asarray(of_people[attribute] == value)
