"""Cohorts counted the slow, obvious way: one person after another, from the definition."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import polars as pl

CELECOXIB, DICLOFENAC = 1118084, 1124300
HAEMORRHAGE = 192671
INPATIENT = {9201, 262, 8717, 32037}


def _rows(cdm: Path, table: str, *columns: str) -> list[tuple[int, ...]]:
    return pl.read_parquet(cdm / f"{table}.parquet", columns=list(columns)).select(columns).rows()


def _descendants(cdm: Path, *named: int) -> set[int]:
    pairs = _rows(cdm, "concept_ancestor", "ancestor_concept_id", "descendant_concept_id")
    return set(named) | {below for above, below in pairs if above in named}


def first_nsaids(cdm: Path) -> dict[int, date]:
    """The day of each known person's first celecoxib or diclofenac."""
    known = {person for (person,) in _rows(cdm, "person", "person_id")}
    drugs = _descendants(cdm, CELECOXIB, DICLOFENAC)
    first: dict[int, date] = {}
    for person, drug, day in _rows(
        cdm, "drug_exposure", "person_id", "drug_concept_id", "drug_exposure_start_date"
    ):
        if person in known and drug in drugs:
            first[person] = min(day, first.get(person, day))
    return first


def observed_on(cdm: Path, days: dict[int, date]) -> dict[int, date]:
    """Those whose day lies inside an observation period of theirs."""
    periods = defaultdict(list)
    for person, start, end in _rows(
        cdm,
        "observation_period",
        "person_id",
        "observation_period_start_date",
        "observation_period_end_date",
    ):
        periods[person].append((start, end))
    return {
        person: day
        for person, day in days.items()
        if any(start <= day <= end for start, end in periods[person])
    }


def haemorrhages(cdm: Path) -> set[tuple[int, date]]:
    """Each person and day with a gastrointestinal haemorrhage."""
    bleeds = _descendants(cdm, HAEMORRHAGE)
    return {
        (person, day)
        for person, concept, day in _rows(
            cdm, "condition_occurrence", "person_id", "condition_concept_id", "condition_start_date"
        )
        if concept in bleeds
    }


def inpatient_stays(cdm: Path) -> list[tuple[int, date, date]]:
    """Each inpatient visit as recorded."""
    return [
        (person, start, end)
        for person, concept, start, end in _rows(
            cdm,
            "visit_occurrence",
            "person_id",
            "visit_concept_id",
            "visit_start_date",
            "visit_end_date",
        )
        if concept in INPATIENT and start <= end
    ]


def followed_within(
    stays: list[tuple[int, date, date]], n_days: int
) -> list[tuple[int, date, date]]:
    """The stays after whose end, on days 1 to `n_days`, another stay of the person starts."""
    starts = defaultdict(set)
    for person, start, _ in stays:
        starts[person].add(start)
    return [
        (person, start, end)
        for person, start, end in stays
        if any(end + timedelta(days=day) in starts[person] for day in range(1, n_days + 1))
    ]
