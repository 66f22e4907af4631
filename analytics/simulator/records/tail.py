"""A long tail of made-up concepts, for benchmarks: `--concepts many`.

Real CDMs use thousands of concepts, most of them rarely. Each contact may add one record of a
local concept to each of the four large tables; which one follows Zipf's law. Their ids lie above
2,000,000,000, which OMOP leaves to local concepts, and nothing else in the simulator knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import Visits
from analytics.simulator.records.events import (
    Records,
    days_to_dates,
    join_records,
    records,
    visit_columns,
)
from analytics.simulator.world import World

VOCABULARY = "Local"
CONCEPTS_IN_A_DOMAIN = 600
CHANCE_AT_A_CONTACT = 0.3
EHR = 32817


@dataclass(frozen=True, kw_only=True)
class LocalDomain:
    """The local concepts of a domain: `Local finding 1` is `first_concept`, and so on."""

    domain: str
    word: str
    first_concept: int


LOCAL_DOMAINS = (
    LocalDomain(domain="Condition", word="Local finding", first_concept=2_000_010_001),
    LocalDomain(domain="Drug", word="Local preparation", first_concept=2_000_020_001),
    LocalDomain(domain="Procedure", word="Local procedure", first_concept=2_000_030_001),
    LocalDomain(domain="Measurement", word="Local test", first_concept=2_000_040_001),
)
CONDITION, DRUG, PROCEDURE, MEASUREMENT = LOCAL_DOMAINS


def with_local_records(
    recorded: Records, domain: LocalDomain, lives: Lives, visits: Visits, world: World
) -> Records:
    """The records and, where the world has many concepts, those of local ones among them."""
    if world.concepts == "few":
        return recorded
    return join_records([recorded, _local_records(domain, lives, visits, world)], lives)


def with_local_measurements(
    measured: pl.DataFrame, lives: Lives, visits: Visits, world: World
) -> pl.DataFrame:
    """One row for each measurement and, where the world has many concepts, each local test."""
    if world.concepts == "few":
        return measured
    local = _local_records(MEASUREMENT, lives, visits, world)
    person_id = lives.people.person_id[local.person]
    number = visits.number[local.visit]
    value = np.exp(world.draws.normal("local test value", person_id, number))
    rows = pl.DataFrame(
        {
            "person_id": person_id,
            "measurement_concept_id": local.concept,
            "measurement_date": days_to_dates(local.start),
            "value_as_number": np.round(value, 2),
            **visit_columns(local.visit, visits, 1),
        }
    ).with_columns(pl.lit(EHR).alias("measurement_type_concept_id"))
    return pl.concat([measured, rows], how="diagonal_relaxed").sort(
        "person_id", "measurement_date", maintain_order=True
    )


def with_local_concepts(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The vocabulary tables with the local concepts among the others."""
    local = pl.concat([_concepts_of(domain) for domain in LOCAL_DOMAINS])
    ids = local["concept_id"]
    classes = local["concept_class_id"].unique(maintain_order=True)
    own_ancestors = {
        "ancestor_concept_id": ids,
        "descendant_concept_id": ids,
        "min_levels_of_separation": [0] * len(ids),
        "max_levels_of_separation": [0] * len(ids),
    }
    more = {
        "concept": local,
        "concept_ancestor": pl.DataFrame(own_ancestors),
        "vocabulary": pl.DataFrame(
            {
                "vocabulary_id": [VOCABULARY],
                "vocabulary_name": ["Made-up local concepts of the simulator"],
                "vocabulary_concept_id": [0],
            }
        ),
        "concept_class": pl.DataFrame(
            {
                "concept_class_id": classes,
                "concept_class_name": classes,
                "concept_class_concept_id": [0] * len(classes),
            }
        ),
    }
    return {
        name: pl.concat([frame, more[name]], how="diagonal_relaxed") if name in more else frame
        for name, frame in tables.items()
    }


def _local_records(domain: LocalDomain, lives: Lives, visits: Visits, world: World) -> Records:
    person_id = lives.people.person_id[visits.person]
    purpose = domain.word.lower()
    comes = world.draws.happens(f"{purpose} comes", person_id, CHANCE_AT_A_CONTACT, visits.number)
    row = np.flatnonzero(comes)
    weights = 1 / np.arange(1, CONCEPTS_IN_A_DOMAIN + 1)
    rank = world.draws.choose(f"which {purpose}", person_id[row], weights, visits.number[row])
    start = visits.start[row]
    return records(visits.person[row], domain.first_concept + rank, start, start, row)


def _concepts_of(domain: LocalDomain) -> pl.DataFrame:
    numbers = range(CONCEPTS_IN_A_DOMAIN)
    return pl.DataFrame(
        {
            "concept_id": [domain.first_concept + number for number in numbers],
            "concept_name": [f"{domain.word} {number + 1}" for number in numbers],
            "domain_id": domain.domain,
            "vocabulary_id": VOCABULARY,
            "concept_class_id": domain.word,
            "concept_code": [f"{domain.word[6:9].upper()}-{number + 1}" for number in numbers],
            "standard_concept": "S",
            "valid_start_date": date(1970, 1, 1),
            "valid_end_date": date(2099, 12, 31),
        }
    )
