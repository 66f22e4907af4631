"""Facts about people that are never recorded, and records that never were written."""

import numpy as np
import polars as pl

from analytics.simulator.lives.cost import expected_cost_per_year
from analytics.simulator.lives.groups import is_in_group
from analytics.simulator.lives.illness import illness
from analytics.simulator.lives.negative_controls import NEGATIVE_CONTROLS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.conditions import record_conditions
from analytics.simulator.records.contacts import Visits
from analytics.simulator.records.events import Records, days_to_dates
from analytics.simulator.records.under_recording import all_written, split_recorded
from analytics.simulator.records.vocabulary import concepts
from analytics.simulator.truth.frames import dates_or_null
from analytics.simulator.world import World

_NONE = np.zeros(0, dtype=np.int64)
NOTHING = Records(person=_NONE, concept=_NONE, start=_NONE, end=_NONE, visit=_NONE)


def unrecorded_facts(lives: Lives, world: World) -> pl.DataFrame:
    """One row for each person."""
    people, group = lives.people, world.profile.under_recording
    ill = illness(people, lives.onsets, people.first_start)
    return pl.DataFrame(
        {
            "person_id": people.person_id,
            "first_day_observed": days_to_dates(people.first_start),
            "leaving_date": days_to_dates(lives.leaving_day),
            "death_date": dates_or_null(lives.death_day),
            "frailty": people.frailty,
            "drinks": people.drinks,
            "has_family_diabetes": people.has_family_diabetes,
            "care_seeking": people.care_seeking,
            "access": lives.access,
            "illness": ill,
            "expected_cost_per_year": expected_cost_per_year(lives.access, ill, world),
            "in_under_recorded_group": is_in_group(people, group.attribute, group.group),
        }
    )


def not_recorded(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """One row for each condition record that was never written."""
    if world.profile.under_recording.share_not_recorded == 0:
        return _lost_frame(lives, NOTHING)
    conditions = record_conditions(lives, visits, world)
    _, lost = split_recorded(all_written(conditions, lives, visits, world), lives, world)
    return _lost_frame(lives, lost)


def _lost_frame(lives: Lives, lost: Records) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[lost.person],
            "condition_start_date": days_to_dates(lost.start),
            "condition_concept_id": lost.concept,
        }
    )


def negative_controls(world: World) -> pl.DataFrame:
    """One row for each negative control outcome."""
    profile = world.profile.negative_controls
    weights = list(NEGATIVE_CONTROLS.values())
    listed = pl.DataFrame(
        {
            "concept_id": list(NEGATIVE_CONTROLS),
            "rate_per_year": [profile.rate_per_year * weight for weight in weights],
            "ratio_for_ulcer": [profile.confounder_rate_ratio] * len(weights),
            "ratio_for_drinking": [profile.unmeasured_rate_ratio] * len(weights),
            "ratio_for_diclofenac": [1.0] * len(weights),
        }
    )
    names = concepts().select("concept_id", "concept_name")
    return listed.join(names, on="concept_id").sort("concept_id")
