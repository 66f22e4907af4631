"""What each visit costs and who pays it: `cost`.

A person's costs of a year follow illness or access as the profile says (`lives/cost.py`); the
year's visits share them, a stay in hospital many times what a visit to the surgery gets. So the
sum over a year does not tell how often somebody came.
"""

import numpy as np
import polars as pl

from analytics.simulator.draws import Floats, Integers
from analytics.simulator.lives.cost import expected_cost_per_year, share_out
from analytics.simulator.lives.illness import illness
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import EMERGENCY, INPATIENT, Visits
from analytics.simulator.records.payers import PERSONS_SHARES, PayerPeriods
from analytics.simulator.world import World

COST_RECORD, US_DOLLAR = 32814, 44818668
# Shares of a year's costs: an emergency, a stay and each of its days, against one visit elsewhere.
_EMERGENCY_WEIGHT, _STAY_WEIGHT, _DAY_WEIGHT = 4.0, 20.0, 12.0
# By care site: what is charged for each dollar that is paid.
_CHARGED = np.array([1.9, 2.6, 1.7, 2.9, 1.8, 2.0, 2.7, 1.6])
_SPREAD = 0.5


def visit_costs(lives: Lives, visits: Visits, periods: PayerPeriods, world: World) -> pl.DataFrame:
    """The table `cost`. One row for each visit, in the visits' order; whole dollars.

    What is paid is what the payer and the person pay together.
    """
    payer_period = periods.at(visits.person, visits.start)
    paid = np.maximum(np.rint(_paid(lives, visits, world)), 1.0)
    by_person = np.rint(paid * PERSONS_SHARES[periods.payer[payer_period]])
    markup = _CHARGED[(visits.care_site_id - 1) % len(_CHARGED)]
    return pl.DataFrame(
        {
            "cost_event_id": np.arange(1, len(visits) + 1),
            "total_charge": np.rint(paid * markup),
            "total_paid": paid,
            "paid_by_payer": paid - by_person,
            "paid_by_patient": by_person,
            "payer_plan_period_id": payer_period + 1,
        }
    ).with_columns(
        pl.lit("Visit").alias("cost_domain_id"),
        pl.lit(COST_RECORD).alias("cost_type_concept_id"),
        pl.lit(US_DOLLAR).alias("currency_concept_id"),
    )


def _paid(lives: Lives, visits: Visits, world: World) -> Floats:
    people = lives.people
    ill = illness(people, lives.onsets, people.first_start)
    per_year = expected_cost_per_year(lives.access, ill, world)
    year = year_of(visits.start)
    luck = world.draws.normal("cost of a year", people.person_id[visits.person], year)
    luck = np.exp(_SPREAD * luck - _SPREAD**2 / 2)
    own = world.draws.uniform("cost of a visit", people.person_id[visits.person], visits.number)
    weight = _weights(visits) * (0.4 + 1.2 * own)
    return np.asarray(luck * share_out(per_year, visits.person, year, weight))


def _weights(visits: Visits) -> Floats:
    """What each visit usually costs, against a visit to the surgery."""
    n_days = visits.end - visits.start
    return np.where(
        visits.kind == INPATIENT,
        _STAY_WEIGHT + _DAY_WEIGHT * n_days,
        np.where(visits.kind == EMERGENCY, _EMERGENCY_WEIGHT, 1.0),
    )


def year_of(day: Integers) -> Integers:
    """The calendar year of each day."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970)
