"""Parts of a stay in hospital: intensive care at first for some, then a ward: `visit_detail`.

A part starts on the day the part before it ends; the first and the last part start and end with
the visit.
"""

import numpy as np
import polars as pl

from analytics.simulator.lives.stay_reasons import REASONS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import INPATIENT, Visits
from analytics.simulator.records.events import days_to_dates, nullable
from analytics.simulator.world import World

INTENSIVE_CARE, INPATIENT_HOSPITAL, ENCOUNTER_RECORD = 32037, 8717, 32827
_IN_INTENSIVE_CARE = {
    "sepsis": 0.4,
    "myocardial infarction": 0.5,
    "stroke": 0.3,
    "heart failure": 0.18,
    "copd": 0.18,
    "pneumonia": 0.15,
    "gi haemorrhage": 0.2,
    "kidney failure": 0.15,
    "arrhythmia": 0.1,
}
_ELSE = 0.03


def visit_parts(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """The table `visit_detail`. One row for each part of an inpatient visit."""
    row = np.flatnonzero(visits.kind == INPATIENT)
    person_id, number = lives.people.person_id[visits.person[row]], visits.number[row]
    chances = np.array([_IN_INTENSIVE_CARE.get(reason.name, _ELSE) for reason in REASONS])
    chance = chances[lives.stays.reason[visits.stay[row]]]
    # Who was moved from another hospital has left intensive care behind.
    is_grave = world.draws.happens("intensive care", person_id, chance, number)
    is_grave &= visits.preceding[row] < 0
    n_days = visits.end[row] - visits.start[row]
    share = world.draws.uniform("intensive care until", person_id, number)
    n_grave = np.minimum(1 + np.floor(share**1.5 * n_days).astype(np.int64), n_days)
    until = np.where(is_grave, visits.start[row] + n_grave, visits.start[row])
    goes_to_ward = ~is_grave | (until < visits.end[row])

    at = np.concatenate([row[is_grave], row[goes_to_ward]])
    start = np.concatenate([visits.start[row][is_grave], until[goes_to_ward]])
    end = np.concatenate([until[is_grave], visits.end[row][goes_to_ward]])
    is_ward = np.concatenate([np.zeros(is_grave.sum(), bool), np.ones(goes_to_ward.sum(), bool)])
    order = np.lexsort((is_ward, at))
    at, start, end, is_ward = at[order], start[order], end[order], is_ward[order]
    follows = np.zeros(len(at), dtype=bool)
    follows[1:] = at[1:] == at[:-1]
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[visits.person[at]],
            "visit_detail_concept_id": np.where(is_ward, INPATIENT_HOSPITAL, INTENSIVE_CARE),
            "visit_detail_start_date": days_to_dates(start),
            "visit_detail_end_date": days_to_dates(end),
            "provider_id": visits.provider_id[at],
            "care_site_id": visits.care_site_id[at],
            "visit_detail_source_value": pl.Series(
                np.where(is_ward, "ward", "intensive care"), dtype=pl.String
            ),
            "preceding_visit_detail_id": nullable(np.arange(len(at)), follows),
            "visit_occurrence_id": at + 1,
        }
    ).with_columns(pl.lit(ENCOUNTER_RECORD).alias("visit_detail_type_concept_id"))
