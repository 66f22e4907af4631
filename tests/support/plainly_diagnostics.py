"""Diagnostics of cohorts the slow, obvious way: day by day, set by set, word by word."""

import re
from collections import defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path

import polars as pl

from analytics.days import age_band

EVENTS = {
    "condition_occurrence": ("condition_concept_id", "condition_start_date"),
    "drug_exposure": ("drug_concept_id", "drug_exposure_start_date"),
    "procedure_occurrence": ("procedure_concept_id", "procedure_date"),
    "measurement": ("measurement_concept_id", "measurement_date"),
    "observation": ("observation_concept_id", "observation_date"),
    "device_exposure": ("device_concept_id", "device_exposure_start_date"),
    "specimen": ("specimen_concept_id", "specimen_date"),
    "death": ("cause_concept_id", "death_date"),
    "visit_detail": ("visit_detail_concept_id", "visit_detail_start_date"),
    "visit_occurrence": ("visit_concept_id", "visit_start_date"),
}
EPOCH = date(1970, 1, 1)
SAYS_NOTHING = """
and any at by due for from in mg ml no nos not of on or other than the to type unspecified
use with without
"""


def days_at_risk(periods: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """One row for each person and observed day: the groups that the person is in on that day."""
    days = (
        periods.select("person_id", day=pl.int_ranges("start_day", pl.col("end_day") + 1))
        .explode("day")
        .unique()
        .join(people.select("person_id", "sex", "year_of_birth"), on="person_id")
        .with_columns(year=pl.from_epoch("day", time_unit="d").dt.year())
    )
    ages = days.select(age=pl.col("year") - pl.col("year_of_birth")).unique()
    bands = ages.with_columns(age_band=pl.col("age").map_elements(age_band, return_dtype=pl.String))
    return (
        days.with_columns(age=pl.col("year") - pl.col("year_of_birth"))
        .join(bands, on="age")
        .with_columns(overall=pl.lit("Everyone"), calendar_year=pl.col("year").cast(pl.String))
    )


def incidence(days: pl.DataFrame, entries: pl.DataFrame) -> dict[tuple[str, str], tuple[int, ...]]:
    """People, first entries and days at risk of entering a cohort, by attribute and group.

    `entries` has the person and first day of each row of the cohort.
    """
    first = entries.group_by("person_id").agg(first_day=pl.min("start_day"))
    at_risk = days.join(first, on="person_id", how="left").filter(
        pl.col("first_day").is_null() | (pl.col("day") <= pl.col("first_day"))
    )
    return {
        (attribute, group): (n_people, n_cases, n_days)
        for attribute in ("overall", "sex", "age_band", "calendar_year")
        for group, n_people, n_cases, n_days in at_risk.group_by(attribute)
        .agg(
            n_people=pl.col("person_id").n_unique(),
            n_cases=(pl.col("day") == pl.col("first_day")).sum(),
            n_days=pl.len(),
        )
        .iter_rows()
    }


def overlaps(
    people_of: dict[str, set[int]], everyone: set[int]
) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """For each two cohorts: people in both, in one only, in the other only, in neither."""
    return {
        (one, other): (
            len(people_of[one] & people_of[other]),
            len(people_of[one] - people_of[other]),
            len(people_of[other] - people_of[one]),
            len(everyone - people_of[one] - people_of[other]),
        )
        for one, other in combinations(sorted(people_of), 2)
    }


def index_events(
    cdm: Path, table: str, concepts: set[int], entries: set[tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """Records and people by concept, on the days (in days since 1970) that open a cohort."""
    concept_column, day_column = EVENTS[table]
    found = defaultdict(list)
    for person, concept, day in _read(cdm, table, "person_id", concept_column, day_column):
        if concept in concepts and (person, (day - EPOCH).days) in entries:
            found[concept].append(person)
    return {concept: (len(people), len(set(people))) for concept, people in found.items()}


def telling_words(name: str) -> set[str]:
    """The words of a name that say what it is about, without a plural s."""
    words = re.split(r"[^\w]+", name.lower())
    return {
        re.sub(r"([^s])s$", r"\1", word)
        for word in words
        if len(word) > 1 and not word.isdigit() and word not in SAYS_NOTHING.split()
    }


def like_in_name(names: dict[int, str], named: set[int]) -> set[int]:
    """The concepts whose name has every telling word of one of the named concepts."""
    asked = [telling_words(names[concept]) for concept in named if concept in names]
    return {
        concept
        for concept, name in names.items()
        if concept and any(words and words <= _all_words(name) for words in asked)
    }


def _all_words(name: str) -> set[str]:
    return {re.sub(r"([^s])s$", r"\1", word) for word in re.split(r"[^\w]+", name.lower())}


def neighbours(cdm: Path, named: set[int]) -> tuple[set[int], set[int]]:
    """The concepts directly above the named ones, and those directly below these."""
    steps = [
        (above, below)
        for above, below, levels in _read(
            cdm,
            "concept_ancestor",
            *("ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation"),
        )
        if levels == 1
    ]
    parents = {above for above, below in steps if below in named}
    return parents, {below for above, below in steps if above in parents}


def records_by_concept(cdm: Path) -> dict[int, tuple[int, int]]:
    """Records and people of each concept, eras left out."""
    found = defaultdict(list)
    for table, (concept_column, _) in EVENTS.items():
        if not (cdm / f"{table}.parquet").is_file():
            continue
        for person, concept in _read(cdm, table, "person_id", concept_column):
            found[concept].append(person)
    return {concept: (len(people), len(set(people))) for concept, people in found.items()}


def _read(cdm: Path, table: str, *columns: str) -> list[tuple[int, ...]]:
    return pl.read_parquet(cdm / f"{table}.parquet", columns=list(columns)).select(columns).rows()
