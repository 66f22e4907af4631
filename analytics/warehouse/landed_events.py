"""Write what dbt built as person-sorted Parquet, which Polars and Spark scan.

Each file is written aside and renamed in, so a reader sees the old one or the new one whole.
"""

from pathlib import Path

import polars as pl

from analytics.errors import BadInputError, near_miss
from analytics.warehouse.workspace import Workspace, connect, literal

DOMAINS = ("condition", "drug", "procedure", "measurement", "observation", "device", "visit")
BY_PERSON_AND_DAY = "person_id, start_day, end_day"

# What each file holds: the table that dbt built, and the order of its rows.
LANDED: dict[str, tuple[str, str]] = {
    "person": ("events.person", "person_id"),
    "observation_period": ("events.observation_period", BY_PERSON_AND_DAY),
    "cohort": ("cohorts.landed_cohort", "person_id, start_day, cohort_name, end_day"),
    "cohort_rule_count": ("cohorts.cohort_rule_count", "cohort_name, rule_number"),
    **{f"events/{domain}": (f"events.{domain}_event", "event_id") for domain in DOMAINS},
    "drug_era": ("events.drug_era", f"{BY_PERSON_AND_DAY}, concept_id"),
    "condition_era": ("events.condition_era", f"{BY_PERSON_AND_DAY}, concept_id"),
    "built_drug_era": ("events.built_drug_era", f"{BY_PERSON_AND_DAY}, concept_set"),
    "concept": ("events.concept", "concept_id"),
    "cdm": ("events.cdm", "cdm_name"),
}


def land_events(workspace: Workspace) -> dict[str, int]:
    """Write `W/landed/*.parquet` from what dbt built; the number of rows of each file, by name."""
    rows: dict[str, int] = {}
    with connect(workspace, read_only=True) as connection:
        for name, (relation, order) in LANDED.items():
            file = landed_file(workspace, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            aside = file.with_name(f".{file.name}.writing")
            written = connection.execute(
                f"copy (select * from {relation} order by {order}) to {literal(str(aside))} "
                "(format parquet, compression zstd)"
            ).fetchone()
            aside.replace(file)
            rows[name] = int(written[0]) if written else 0
    return rows


def landed_file(workspace: Workspace, name: str) -> Path:
    """The Parquet file of a name such as `person` or `events/drug`."""
    return workspace.landed / f"{name}.parquet"


def read_landed(workspace: Workspace, name: str) -> pl.LazyFrame:
    """Scan a landed file: `person`, `cohort`, `events/condition`, ... (the brief list is LANDED)."""
    file = landed_file(workspace, name)
    if name not in LANDED:
        raise BadInputError(
            f"{name!r} is not a landed table.{near_miss(name, LANDED)} "
            f"Landed tables: {', '.join(LANDED)}."
        )
    if not file.is_file():
        raise BadInputError(
            f"{file} is not there. Build the workspace first: "
            f"catchment build --cdm CDM --workspace {workspace.root}"
        )
    return pl.scan_parquet(file)
