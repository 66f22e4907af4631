"""What is read of the CDM: columns and their kinds, and what an event is in each table.

An engine hands in each table with exactly these columns. A missing table is empty, a missing
column null; `_date` columns come as `_day`, whole days since 1970-01-01.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import polars as pl

from analytics.features.definition import AnyLazyFrame

Kind = Literal["id", "day", "number", "text"]
POLARS_TYPES: Mapping[Kind, type[pl.DataType]] = {
    "id": pl.Int64,
    "day": pl.Int32,
    "number": pl.Float64,
    "text": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """Where a table has its concept, its days and its own key.

    No `end` where only the start is asked for.
    """

    concept: str
    start: str
    end: str = ""
    key: str = ""


EVENT_TABLES: Mapping[str, EventTable] = {
    "condition_occurrence": EventTable(
        concept="condition_concept_id",
        start="condition_start_date",
        key="condition_occurrence_id",
    ),
    "condition_era": EventTable(
        concept="condition_concept_id",
        start="condition_era_start_date",
        end="condition_era_end_date",
        key="condition_era_id",
    ),
    "drug_exposure": EventTable(
        concept="drug_concept_id", start="drug_exposure_start_date", key="drug_exposure_id"
    ),
    "drug_era": EventTable(
        concept="drug_concept_id",
        start="drug_era_start_date",
        end="drug_era_end_date",
        key="drug_era_id",
    ),
    "procedure_occurrence": EventTable(
        concept="procedure_concept_id", start="procedure_date", key="procedure_occurrence_id"
    ),
    "device_exposure": EventTable(
        concept="device_concept_id", start="device_exposure_start_date", key="device_exposure_id"
    ),
    "measurement": EventTable(
        concept="measurement_concept_id", start="measurement_date", key="measurement_id"
    ),
    "observation": EventTable(
        concept="observation_concept_id", start="observation_date", key="observation_id"
    ),
    "visit_occurrence": EventTable(
        concept="visit_concept_id",
        start="visit_start_date",
        end="visit_end_date",
        key="visit_occurrence_id",
    ),
}

OTHER_COLUMNS: Mapping[str, str] = {
    "measurement": "value_as_number value_as_concept_id unit_concept_id range_low range_high",
    "observation": "value_as_number value_as_concept_id unit_concept_id",
    "visit_occurrence": "care_site_id admitted_from_concept_id",
    "visit_detail": "person_id visit_detail_start_date visit_detail_end_date care_site_id",
    "person": "person_id gender_concept_id year_of_birth race_concept_id ethnicity_concept_id "
    "care_site_id",
    "observation_period": "person_id observation_period_start_date observation_period_end_date",
    "cohort": "cohort_definition_id subject_id cohort_start_date cohort_end_date",
    "concept": "concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept "
    "concept_code invalid_reason",
    "concept_ancestor": "ancestor_concept_id descendant_concept_id min_levels_of_separation",
    "concept_relationship": "concept_id_1 concept_id_2 relationship_id",
}
NUMBERS = frozenset({"value_as_number", "range_low", "range_high"})
TEXTS = frozenset(
    [
        "concept_name",
        "domain_id",
        "vocabulary_id",
        "concept_class_id",
        "standard_concept",
        "concept_code",
        "invalid_reason",
        "relationship_id",
    ]
)


def columns_of(table: str) -> dict[str, Kind]:
    """The columns that are read of a table, and the kind of each."""
    names = OTHER_COLUMNS.get(table, "").split()
    if event := EVENT_TABLES.get(table):
        of_event = filter(None, [event.concept, event.start, event.end, event.key])
        names = ["person_id", *of_event, *names]
    return {name: _kind(name) for name in names}


def as_day(column: str) -> str:
    """Name of a date column once it holds days."""
    return column.removesuffix("_date") + "_day" if column.endswith("_date") else column


def _kind(column: str) -> Kind:
    if column.endswith("_date"):
        return "day"
    if column in NUMBERS:
        return "number"
    return "text" if column in TEXTS else "id"


class Cdm(Protocol):
    """A CDM on one engine: it hands in tables and takes out results, and knows no covariate."""

    def table(self, name: str) -> AnyLazyFrame:
        """One row for each row of the table, with the columns of `columns_of`."""
        ...

    def lift(self, frame: pl.DataFrame) -> AnyLazyFrame:
        """The same rows, on this engine."""
        ...

    def collect(self, frame: AnyLazyFrame) -> pl.DataFrame:
        """One row for each row of a result."""
        ...

    def sink(self, frame: AnyLazyFrame, folder: Path) -> None:
        """Write a result as Parquet files into a folder that is not there yet."""
        ...

    def missing_tables(self, names: frozenset[str]) -> tuple[str, ...]:
        """Those of `names` that this CDM lacks, sorted."""
        ...
