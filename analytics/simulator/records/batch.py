"""One batch of people as CDM tables.

Row ids start at 1 in every batch, in order of person; the writer makes them (and whatever refers
to them) carry on from the batch before, so that they do not depend on where a batch ends.
"""

import numpy as np
import polars as pl

from analytics.simulator.draws import Draws, Flags, Integers
from analytics.simulator.lives.hospital import DIED
from analytics.simulator.lives.people import FEMALE, MALE
from analytics.simulator.lives.whole import Lives
from analytics.simulator.ordering import sorted_order
from analytics.simulator.records.conditions import record_conditions
from analytics.simulator.records.contacts import Visits
from analytics.simulator.records.eras import build_eras
from analytics.simulator.records.events import Records, days_to_dates, nullable, visit_columns
from analytics.simulator.records.further_tables import FURTHER_ID_COLUMNS, further_tables
from analytics.simulator.records.measurements import Measured, record_measurements
from analytics.simulator.records.measures import MEASURES
from analytics.simulator.records.observations import observations
from analytics.simulator.records.prescriptions import drug_frame, ingredient_of, record_drugs
from analytics.simulator.records.procedures import record_procedures
from analytics.simulator.records.recorded_here import (
    drugs_recorded_here,
    measurements_recorded_here,
    units_recorded_here,
)
from analytics.simulator.records.tail import (
    DRUG,
    PROCEDURE,
    with_local_measurements,
    with_local_records,
)
from analytics.simulator.records.under_recording import all_written, split_recorded
from analytics.simulator.timeline import LAST_DAY, NEVER
from analytics.simulator.world import World

EHR, ENCOUNTER_RECORD = 32817, 32827
ID_COLUMNS = {
    "observation_period": "observation_period_id",
    "visit_occurrence": "visit_occurrence_id",
    "condition_occurrence": "condition_occurrence_id",
    "condition_era": "condition_era_id",
    "drug_exposure": "drug_exposure_id",
    "drug_era": "drug_era_id",
    "procedure_occurrence": "procedure_occurrence_id",
    "measurement": "measurement_id",
    "observation": "observation_id",
    **FURTHER_ID_COLUMNS,
}


def record_batch(lives: Lives, visits: Visits, world: World) -> dict[str, pl.DataFrame]:
    """The person-level tables of these people, each sorted by person, row ids from 1."""
    draws = world.draws
    conditions = record_conditions(lives, visits, world)
    drugs = record_drugs(lives, visits, conditions, world)
    procedures = record_procedures(lives, visits, conditions, world)
    measured = record_measurements(lives, visits, world)
    # What is overlooked is treated all the same: drugs and procedures follow all conditions.
    written, _ = split_recorded(all_written(conditions, lives, visits, world), lives, world)
    drugs = drugs_recorded_here(drugs, world)
    measured = measurements_recorded_here(measured, lives, world)
    drugs = with_local_records(drugs, DRUG, lives, visits, world)
    procedures = with_local_records(procedures, PROCEDURE, lives, visits, world)
    first_visit_id = 1
    tables = {
        "person": _person(lives, draws),
        "observation_period": _observation_period(lives),
        "visit_occurrence": _visit_occurrence(lives, visits, first_visit_id),
        "condition_occurrence": _condition_occurrence(lives, written, visits, first_visit_id),
        "condition_era": _era(lives, written, "condition", written.concept),
        "drug_exposure": _drug_exposure(lives, drugs, visits, first_visit_id),
        "drug_era": _era(lives, drugs, "drug", ingredient_of(drugs.concept)),
        "procedure_occurrence": _procedure_occurrence(lives, procedures, visits, first_visit_id),
        "measurement": with_local_measurements(
            units_recorded_here(_measurement(lives, measured, visits, first_visit_id), world),
            lives,
            visits,
            world,
        ),
        "observation": observations(lives, visits, world),
        "death": _death(lives),
        **further_tables(lives, visits, written, drugs, procedures, world),
    }
    return {
        name: frame.with_columns(pl.int_range(1, frame.height + 1).alias(ID_COLUMNS[name]))
        if name in ID_COLUMNS
        else frame
        for name, frame in tables.items()
    }


def _person(lives: Lives, draws: Draws) -> pl.DataFrame:
    people = lives.people
    born = days_to_dates(people.birth_day)
    knows_day = ~draws.happens("birthday unknown", people.person_id, 0.02)
    gender = np.where(people.sex == FEMALE, "F", np.where(people.sex == MALE, "M", "U"))
    return pl.DataFrame(
        {
            "person_id": people.person_id,
            "gender_concept_id": people.sex,
            "year_of_birth": born.dt.year(),
            "month_of_birth": nullable(born.dt.month().to_numpy(), knows_day),
            "day_of_birth": nullable(born.dt.day().to_numpy(), knows_day),
            "race_concept_id": people.race,
            "ethnicity_concept_id": people.ethnicity,
            "location_id": people.location_id,
            "provider_id": people.provider_id,
            "care_site_id": people.care_site_id,
            "gender_source_value": gender,
        }
    )


def _observation_period(lives: Lives) -> pl.DataFrame:
    people = lives.people
    returns = np.flatnonzero(people.second_start < NEVER)
    person = np.concatenate([np.arange(len(people)), returns])
    start = np.concatenate([people.first_start, people.second_start[returns]])
    end = np.concatenate([people.first_end, people.second_end[returns]])
    order = sorted_order(person, start)
    return pl.DataFrame(
        {
            "person_id": people.person_id[person[order]],
            "observation_period_start_date": days_to_dates(start[order]),
            "observation_period_end_date": days_to_dates(end[order]),
        }
    ).with_columns(pl.lit(EHR).alias("period_type_concept_id"))


def _visit_occurrence(lives: Lives, visits: Visits, first_visit_id: int) -> pl.DataFrame:
    came = visits.preceding >= 0
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[visits.person],
            "visit_concept_id": visits.kind,
            "visit_start_date": days_to_dates(visits.start),
            "visit_end_date": days_to_dates(visits.end),
            "provider_id": visits.provider_id,
            "care_site_id": visits.care_site_id,
            "admitted_from_concept_id": visits.admitted_from,
            "discharged_to_concept_id": visits.discharged_to,
            "discharged_to_source_value": nullable_text(visits.discharged_to == DIED, "died"),
            "preceding_visit_occurrence_id": nullable(visits.preceding + first_visit_id, came),
        }
    ).with_columns(pl.lit(ENCOUNTER_RECORD).alias("visit_type_concept_id"))


def nullable_text(applies: Flags, text: str) -> pl.Series:
    """The text where it applies, else null."""
    return (
        pl.DataFrame({"applies": applies})
        .select(pl.when("applies").then(pl.lit(text)).alias("text"))
        .to_series()
    )


def _condition_occurrence(
    lives: Lives, conditions: Records, visits: Visits, first_visit_id: int
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[conditions.person],
            "condition_concept_id": conditions.concept,
            "condition_start_date": days_to_dates(conditions.start),
            "condition_end_date": days_to_dates(conditions.end),
            **visit_columns(conditions.visit, visits, first_visit_id),
        }
    ).with_columns(pl.lit(EHR).alias("condition_type_concept_id"))


def _drug_exposure(
    lives: Lives, drugs: Records, visits: Visits, first_visit_id: int
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[drugs.person],
            "drug_concept_id": drugs.concept,
            "drug_exposure_start_date": days_to_dates(drugs.start),
            "drug_exposure_end_date": days_to_dates(drugs.end),
            **visit_columns(drugs.visit, visits, first_visit_id),
        }
    ).hstack(drug_frame(drugs, lives))


def _procedure_occurrence(
    lives: Lives, procedures: Records, visits: Visits, first_visit_id: int
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[procedures.person],
            "procedure_concept_id": procedures.concept,
            "procedure_date": days_to_dates(procedures.start),
            **visit_columns(procedures.visit, visits, first_visit_id),
        }
    ).with_columns(pl.lit(EHR).alias("procedure_type_concept_id"))


def _measurement(
    lives: Lives, measured: Measured, visits: Visits, first_visit_id: int
) -> pl.DataFrame:
    concept = np.array([m.concept for m in MEASURES])[measured.measure]
    unit = np.array([m.unit for m in MEASURES])[measured.measure]
    low = np.array([np.nan if m.low is None else m.low for m in MEASURES])[measured.measure]
    high = np.array([np.nan if m.high is None else m.high for m in MEASURES])[measured.measure]
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[measured.person],
            "measurement_concept_id": concept,
            "measurement_date": days_to_dates(measured.day),
            "value_as_number": measured.value,
            "unit_concept_id": unit,
            "range_low": low,
            "range_high": high,
            **visit_columns(measured.visit, visits, first_visit_id),
        }
    ).with_columns(
        pl.col("range_low", "range_high").fill_nan(None),
        pl.lit(EHR).alias("measurement_type_concept_id"),
    )


def _death(lives: Lives) -> pl.DataFrame:
    person = np.flatnonzero(lives.is_death_recorded())
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[person],
            "death_date": days_to_dates(np.minimum(lives.death_day[person], LAST_DAY)),
        }
    ).with_columns(pl.lit(EHR).alias("death_type_concept_id"))


def _era(lives: Lives, events: Records, domain: str, concept: Integers) -> pl.DataFrame:
    eras = build_eras(events.person, concept, events.start, events.end)
    counted = {"condition": "condition_occurrence_count", "drug": "drug_exposure_count"}[domain]
    gap = {"gap_days": eras.gap_days.astype(np.int32)} if domain == "drug" else {}
    return pl.DataFrame(
        {
            "person_id": lives.people.person_id[eras.person],
            f"{domain}_concept_id": eras.concept,
            f"{domain}_era_start_date": days_to_dates(eras.start),
            f"{domain}_era_end_date": days_to_dates(eras.end),
            counted: eras.n_events.astype(np.int32),
            **gap,
        }
    )
