"""What of all that is written down in general a site writes down, and in which words.

The neutral site writes everything, as it is.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from analytics.simulator.draws import Flags, Integers
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.conditions import DISEASE_CODES
from analytics.simulator.records.events import Records
from analytics.simulator.records.measurements import Measured
from analytics.simulator.records.prescriptions import CLINICAL_DRUGS, ingredient_of
from analytics.simulator.world import World

USUAL_CODES = {code: codes[0][0] for codes in DISEASE_CODES.values() for code, _ in codes[1:]}
"""The more specific codes of a disease, and its first one."""


def conditions_recorded_here(conditions: Records, lives: Lives, world: World) -> Records:
    """The conditions that the site codes; some specific ones under the disease's first code."""
    site = world.site
    person_id = lives.people.person_id[conditions.person]
    number = conditions.start * 1_000_000_007 + conditions.concept
    if site.coarse_codes > 0:
        coarse = world.draws.happens("coded coarsely", person_id, site.coarse_codes, number)
        usual = _mapped(conditions.concept, USUAL_CODES)
        conditions = replace(conditions, concept=np.where(coarse, usual, conditions.concept))
    if site.conditions_recorded < 1:
        coded = world.draws.happens("coded here", person_id, site.conditions_recorded, number)
        conditions = _take(conditions, coded)
    return conditions


def drugs_recorded_here(drugs: Records, world: World) -> Records:
    """The drugs as the site writes them: as ingredients, as products, or as they come."""
    if world.site.prescribing == "ingredients":
        return replace(drugs, concept=ingredient_of(drugs.concept))
    if world.site.prescribing == "products":
        return replace(drugs, concept=_mapped(drugs.concept, CLINICAL_DRUGS))
    return drugs


def measurements_recorded_here(measured: Measured, lives: Lives, world: World) -> Measured:
    """The measurements whose results reach the site's record."""
    share = world.site.measurements_recorded
    if share >= 1:
        return measured
    person_id = lives.people.person_id[measured.person]
    number = measured.day * 1_000 + measured.measure
    kept = world.draws.happens("result recorded here", person_id, share, number)
    return Measured(**{name: column[kept] for name, column in vars(measured).items()})


def units_recorded_here(measurement: pl.DataFrame, world: World) -> pl.DataFrame:
    """One row for each row of `measurement`, the unit null where the site does not write it."""
    share = world.site.units_recorded
    if share >= 1 or measurement.is_empty():
        return measurement
    day = measurement["measurement_date"].cast(pl.Int32).cast(pl.Int64).to_numpy()
    number = day * 1_000_000_007 + measurement["measurement_concept_id"].to_numpy()
    written = world.draws.happens(
        "unit recorded here", measurement["person_id"].to_numpy(), share, number
    )
    return measurement.with_columns(
        pl.when(pl.Series(written)).then("unit_concept_id").alias("unit_concept_id")
    )


def _take(conditions: Records, kept: Flags) -> Records:
    return Records(**{name: column[kept] for name, column in vars(conditions).items()})


def _mapped(concept: Integers, to: dict[int, int]) -> Integers:
    """Each concept replaced by what it maps to, itself where it maps to nothing."""
    known = np.array(sorted(to))
    other = np.array([to[one] for one in known.tolist()])
    at = np.minimum(np.searchsorted(known, concept), len(known) - 1)
    return np.where(known[at] == concept, other[at], concept)
