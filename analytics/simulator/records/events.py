"""What every recorded event has: a person, a concept, a first and last day, perhaps a visit."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.simulator.draws import Flags, Floats, Integers
from analytics.simulator.lives.whole import Lives
from analytics.simulator.ordering import sorted_order
from analytics.simulator.records.contacts import INPATIENT, Visits

NO_VISIT = -1


@dataclass(frozen=True, kw_only=True)
class Records:
    """One entry for each recorded event; `person` and `visit` are positions."""

    person: Integers
    concept: Integers
    start: Integers
    end: Integers
    visit: Integers


def records(
    person: Integers, concept: Integers | int, start: Integers, end: Integers, visit: Integers | int
) -> Records:
    """Records of one kind; a single concept or visit stands for all."""
    n = len(person)
    return Records(
        person=person.astype(np.int64),
        concept=np.broadcast_to(np.asarray(concept), n).astype(np.int64),
        start=start.astype(np.int64),
        end=end.astype(np.int64),
        visit=np.broadcast_to(np.asarray(visit), n).astype(np.int64),
    )


def join_records(parts: list[Records], lives: Lives) -> Records:
    """All parts in order of person, first day and concept, the end inside observation."""
    person = np.concatenate([p.person for p in parts])
    concept = np.concatenate([p.concept for p in parts])
    start = np.concatenate([p.start for p in parts])
    end = np.concatenate([p.end for p in parts])
    visit = np.concatenate([p.visit for p in parts])
    order = sorted_order(person, start, concept, end, visit)
    end = np.minimum(end, lives.observed_until(person, start))
    return Records(
        person=person[order],
        concept=concept[order],
        start=start[order],
        end=end[order],
        visit=visit[order],
    )


def visit_columns(visit: Integers, visits: Visits, first_visit_id: int) -> dict[str, pl.Series]:
    """The ids of the visit and provider of each row, null where there was no visit."""
    has_visit = visit >= 0
    at = np.maximum(visit, 0)
    provider = visits.provider_id[at] if len(visits) else np.zeros(len(visit), dtype=np.int64)
    return {
        "provider_id": nullable(provider, has_visit),
        "visit_occurrence_id": nullable(visit + first_visit_id, has_visit),
    }


def nullable(values: Integers | Floats, is_known: Flags) -> pl.Series:
    """A series with null where the value is not known."""
    known = pl.Series(is_known)
    return (
        pl.DataFrame({"value": values, "known": known})
        .select(pl.when("known").then("value").alias("value"))
        .to_series()
    )


def days_to_dates(days: Integers) -> pl.Series:
    """Day numbers as dates."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def visit_covering(visits: Visits, person: Integers, day: Integers) -> Integers:
    """Where to find a visit on each row's day: a stay that covers it, else one that starts then."""
    chosen = np.full(len(person), NO_VISIT)
    for kind_is_inpatient in (False, True):
        of_kind = np.flatnonzero((visits.kind == INPATIENT) == kind_is_inpatient)
        if not len(of_kind):
            continue
        starts = visits.person[of_kind] * 10_000_000 + visits.start[of_kind]
        latest = np.searchsorted(starts, person * 10_000_000 + day, side="right") - 1
        found = of_kind[np.maximum(latest, 0)]
        covers = (latest >= 0) & (visits.person[found] == person) & (visits.end[found] >= day)
        chosen = np.where(covers, found, chosen)
    return chosen
