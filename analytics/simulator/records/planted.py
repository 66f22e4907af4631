"""What is written down of the planted things: complications, negative controls, ulcer histories."""

import numpy as np

from analytics.simulator.lives.complications import BITS, COMPLICATIONS
from analytics.simulator.lives.negative_controls import NEGATIVE_CONTROLS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import DIAGNOSIS, INPATIENT, Visits
from analytics.simulator.records.events import Records, records, visit_covering
from analytics.simulator.timeline import LAST_DAY

PEPTIC_ULCER = 4027663


def record_planted(lives: Lives, visits: Visits) -> list[Records]:
    """Conditions that the planted truths leave behind."""
    return [
        _complications(lives, visits),
        _negative_controls(lives, visits),
        _ulcers_before_nsaids(lives, visits),
    ]


def _complications(lives: Lives, visits: Visits) -> Records:
    """At the stay's first visit, on the day after admission or the last day before discharge."""
    row = np.flatnonzero((visits.kind == INPATIENT) & (visits.preceding < 0))
    has = (lives.stays.complications[visits.stay[row]][:, None] & BITS[None, :]) > 0
    at, which = np.nonzero(has)
    row = row[at]
    day = np.maximum(np.minimum(visits.start[row] + 1, visits.end[row] - 1), visits.start[row])
    concept = np.array([c.concept for c in COMPLICATIONS])[which]
    return records(visits.person[row], concept, day, visits.end[row], row)


def _negative_controls(lives: Lives, visits: Visits) -> Records:
    person, which = np.nonzero(lives.negative_controls <= LAST_DAY)
    day = lives.negative_controls[person, which]
    seen = lives.is_observed(person, day)
    person, which, day = person[seen], which[seen], day[seen]
    concept = np.array(list(NEGATIVE_CONTROLS))[which]
    return records(person, concept, day, day + 13, visit_covering(visits, person, day))


def _ulcers_before_nsaids(lives: Lives, visits: Visits) -> Records:
    """A history of ulcer is known before the NSAID is chosen, to everybody who reads the record.

    It is written on the day the ulcer begins, or on the first day of observation if that is later.
    """
    bleeding, people = lives.bleeding, lives.people
    person = np.flatnonzero(bleeding.had_ulcer & (bleeding.nsaid_day <= LAST_DAY))
    index = bleeding.nsaid_day[person]
    seen = lives.is_observed(person, index)
    person, index = person[seen], index[seen]
    in_second = index >= people.second_start[person]
    start = np.where(in_second, people.second_start[person], people.first_start[person])
    day = np.maximum(lives.onsets.days["peptic ulcer"][person], start)
    visit = visit_covering(visits, person, day)
    # At the visit that brought the diagnosis it is written anyway.
    is_written = (visit >= 0) & (visits.purpose[visit] == DIAGNOSIS)
    missing = (day < index) & ~is_written
    return records(person[missing], PEPTIC_ULCER, day[missing], day[missing], visit[missing])
