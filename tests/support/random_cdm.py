"""A CDM of random records, with everything in it that a reader may stumble over.

Concept 0 and none, days that are missing, ends before starts, values that are no numbers, people
whom nobody knows, rows in no order, and in small row groups that overlap.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from analytics.features.prespecified.tables import EVENT_TABLES, OTHER_COLUMNS

FIRST_DATE = date(2019, 1, 1)
N_DAYS = 900
PEOPLE = np.arange(-3, 40)
CONCEPTS = np.array([-5, 1, 2, 3, 4, 9201, 316866, 314378, 443767])
GROUPS = (2, 3, 11, 12)
CODES = {101: "362.01", 102: "361.1", 103: "585"}  # 1, 2 and 2 points of DCSI, two in one category
MAPS_TO = ((101, 1), (101, 3), (102, 2), (103, 2), (102, 316866))
ROWS_IN_A_GROUP = 64


def random_cohort(seed: int, n_rows: int = 45) -> pl.DataFrame:
    """Index dates, some of one person several and some of one who is not in the CDM."""
    draw = np.random.default_rng(seed)
    start = [FIRST_DATE + timedelta(days=int(day)) for day in draw.integers(300, N_DAYS, n_rows)]
    return pl.DataFrame(
        {
            "row_id": draw.permutation(n_rows) * 7,
            "subject_id": draw.choice(np.append(PEOPLE, [77, 78]), n_rows),
            "cohort_start_date": start,
            "cohort_end_date": [day + timedelta(days=9) for day in start],
        }
    )


def write_random_cdm(folder: Path, seed: int) -> dict[str, list[Path]]:
    """Write a Parquet file for each table; the files by the name of the table."""
    draw = np.random.default_rng(seed)
    tables = {
        **{name: _records(draw, name) for name in EVENT_TABLES if name != "device_exposure"},
        "person": pl.DataFrame(
            {
                "person_id": PEOPLE,
                "gender_concept_id": draw.choice([0, 8507, 8532], len(PEOPLE)),
                "year_of_birth": _some(draw, draw.integers(1930, 2000, len(PEOPLE)), 0.1),
            }
        ),
        **_vocabulary(),
    }
    files = {name: [folder / f"{name}.parquet"] for name in tables}
    for name, frame in tables.items():
        frame.write_parquet(files[name][0], row_group_size=ROWS_IN_A_GROUP)
    return files


def _records(draw: np.random.Generator, table: str) -> pl.DataFrame:
    event, n = EVENT_TABLES[table], 700
    columns = {"person_id": _some(draw, draw.choice(PEOPLE, n), 0.02)}
    columns[event.concept] = _some(draw, draw.choice(np.append(CONCEPTS, 0), n), 0.05)
    start = draw.integers(0, N_DAYS, n)
    columns[event.start] = _dates(draw, start)
    if event.end:
        columns[event.end] = _dates(draw, start + draw.integers(-20, 300, n))
    for name in OTHER_COLUMNS.get(table, "").split():
        if name.endswith("_concept_id"):
            columns[name] = _some(draw, draw.choice([0, 5, 8840, 9840, 45878245], n), 0.3)
        elif name in ("value_as_number", "range_low", "range_high"):
            columns[name] = _some(draw, draw.choice([-1.5, 0.0, 2.0, 3.0, np.nan], n), 0.3)
    order = np.arange(n) if draw.random() < 0.3 else np.argsort(start)
    frame = pl.DataFrame(columns)[order]
    return frame.sort("person_id", maintain_order=True) if draw.random() < 0.5 else frame


def _some(draw: np.random.Generator, values: np.ndarray, missing: float) -> pl.Series:
    series = pl.Series(values)
    return series.set(pl.Series(draw.random(len(values)) < missing), None)


def _dates(draw: np.random.Generator, days: np.ndarray) -> pl.Series:
    first = (FIRST_DATE - date(1970, 1, 1)).days
    return _some(draw, days + first, 0.05).cast(pl.Int32).cast(pl.Date)


def _vocabulary() -> dict[str, pl.DataFrame]:
    """Each concept is itself, 1, 2 and 4 are of groups too; codes give points in a score."""
    above = [(concept, concept, 0) for concept in CONCEPTS]
    above += [(441840, group, 3) for group in GROUPS] + [(2, 1, 1), (3, 1, 2), (3, 2, 1)]
    above += [(11, 4, 2), (11, 1, 1), (12, 4, 1), (12, 12, 0)]
    kinds = [(concept, "SNOMED", "A01AA") for concept in CONCEPTS]
    kinds += [(group, "ATC", "A01AA") for group in GROUPS if group not in CONCEPTS]
    kinds += [(number, "ICD9CM", code) for number, code in CODES.items()]
    named = [
        (number, f"Concept {number}", "Condition", vocabulary, "ATC 4th", "C", code, None)
        for number, vocabulary, code in kinds
    ]
    ancestor = ("ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation")
    relation = ("concept_id_1", "concept_id_2", "relationship_id")
    linked = [(*pair, "Maps to") for pair in MAPS_TO]
    return {
        "concept_ancestor": pl.DataFrame(above, schema=ancestor, orient="row"),
        "concept_relationship": pl.DataFrame(linked, schema=relation, orient="row"),
        "concept": pl.DataFrame(
            named,
            schema={
                "concept_id": pl.Int64,
                **dict.fromkeys(
                    (
                        "concept_name",
                        "domain_id",
                        "vocabulary_id",
                        "concept_class_id",
                        "standard_concept",
                        "concept_code",
                        "invalid_reason",
                    ),
                    pl.String,
                ),
            },
            orient="row",
        ),
    }
