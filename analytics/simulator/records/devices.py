"""Devices that people are given: `device_exposure`. Each person gets each kind at most once."""

import numpy as np
import polars as pl

from analytics.simulator.draws import Flags
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.stay_reasons import REASONS
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import INPATIENT, OUTPATIENT, Visits
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.world import World

EHR = 32817
GLUCOMETER, OXYGEN_CONCENTRATOR, NEBULIZER = 4224372, 4222968, 4015740
CPAP_UNIT, WHEELCHAIR, DEFIBRILLATOR = 45765273, 4045112, 4217646


def device_exposures(lives: Lives, visits: Visits, world: World) -> pl.DataFrame:
    """The table `device_exposure`. One row for each person and kind of device.

    It is handed over on the last day of the visit and not known to end.
    """
    parts = []
    for concept, applies, chance in _rules(lives, visits):
        row = np.flatnonzero(applies)
        person_id = lives.people.person_id[visits.person[row]]
        given = world.draws.happens(f"device {concept}", person_id, chance, visits.number[row])
        row = row[given]
        _, first = np.unique(visits.person[row], return_index=True)
        parts.append((row[first], np.full(len(first), concept)))
    row, concept_id = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((concept_id, visits.end[row], visits.person[row]))
    row, concept_id = row[order], concept_id[order]
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[visits.person[row]],
            "device_concept_id": concept_id,
            "device_exposure_start_date": days_to_dates(visits.end[row]),
            "provider_id": visits.provider_id[row],
            "visit_occurrence_id": row + 1,
        }
    ).with_columns(pl.lit(EHR).alias("device_type_concept_id"), pl.lit(1).alias("quantity"))


def _rules(lives: Lives, visits: Visits) -> tuple[tuple[int, Flags, float], ...]:
    """Each device, the visits at which it may be given, and the chance that it is."""
    person, day = visits.person, visits.start
    present = lives.onsets.present_on
    clinic, stay = visits.kind == OUTPATIENT, visits.kind == INPATIENT
    lungs = present("copd", person, day)
    return (
        (GLUCOMETER, clinic & present(DIABETES, person, day), 0.12),
        (OXYGEN_CONCENTRATOR, stay & lungs, 0.12),
        (NEBULIZER, clinic & (lungs | present("asthma", person, day)), 0.02),
        (CPAP_UNIT, clinic & (lives.people.bmi[person] >= 35), 0.012),
        (WHEELCHAIR, stay & _admitted_for(lives, visits, ("hip fracture", "stroke")), 0.2),
        (DEFIBRILLATOR, stay & present("heart failure", person, day), 0.03),
    )


def _admitted_for(lives: Lives, visits: Visits, reasons: tuple[str, ...]) -> Flags:
    positions = [position for position, reason in enumerate(REASONS) if reason.name in reasons]
    is_reason = np.zeros(len(visits), dtype=bool)
    inpatient = np.flatnonzero(visits.kind == INPATIENT)
    is_reason[inpatient] = np.isin(lives.stays.reason[visits.stay[inpatient]], positions)
    return is_reason
