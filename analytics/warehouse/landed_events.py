"""Write what dbt built as person-sorted Parquet, which Polars and Spark scan.

Each file is written aside and renamed in, so a reader sees the old one or the new one whole.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError, near_miss
from analytics.warehouse.workspace import Workspace, connect, literal

DOMAINS = ("condition", "drug", "procedure", "measurement", "observation", "device", "visit")
EVENT = "event_id, person_id, concept_id, day, end_day, value, unit_concept_id"
ERA = "person_id, concept_id, start_day, end_day"


@dataclass(frozen=True, kw_only=True)
class LandedFile:
    """What one file holds: columns of a table that dbt built, and the order of its rows."""

    relation: str
    columns: str
    order: str


LANDED: dict[str, LandedFile] = {
    "person": LandedFile(relation="events.person", columns="*", order="person_id"),
    "observation_period": LandedFile(
        relation="events.observation_period",
        columns="person_id, start_day, end_day",
        order="person_id, start_day, end_day",
    ),
    "cohort": LandedFile(
        relation="cohorts.cohort_days",
        columns="cohort_name, person_id, start_day, end_day",
        order="person_id, start_day, cohort_name, end_day",
    ),
    "cohort_rule_count": LandedFile(
        relation="cohorts.cohort_rule_count", columns="*", order="cohort_name, rule_number"
    ),
    # event_id counts in the order person, day, source id.
    **{
        f"events/{domain}": LandedFile(
            relation=f"events.{domain}_event", columns=EVENT, order="event_id"
        )
        for domain in DOMAINS
    },
    **{
        era: LandedFile(
            relation=f"events.{era}",
            columns=ERA,
            order=f"person_id, start_day, end_day, concept_id, {era}_id",
        )
        for era in ("drug_era", "condition_era")
    },
    "episode": LandedFile(
        relation="events.episode",
        columns=ERA,
        order="person_id, start_day, end_day, concept_id, episode_id",
    ),
    "built_drug_era": LandedFile(
        relation="events.built_drug_era",
        columns="person_id, concept_set, start_day, end_day",
        order="person_id, start_day, end_day, concept_set",
    ),
    "concept_set_member": LandedFile(
        relation="vocabulary.concept_set_members",
        columns="concept_set, concept_id",
        order="concept_set, concept_id",
    ),
    "concept": LandedFile(relation="events.concept", columns="*", order="concept_id"),
    "cdm": LandedFile(relation="events.cdm", columns="*", order="cdm_name"),
}


def land_events(workspace: Workspace) -> dict[str, int]:
    """Write `W/landed/*.parquet` from what dbt built; the number of rows of each file, by name."""
    rows: dict[str, int] = {}
    with connect(workspace, read_only=True) as connection:
        for name, held in LANDED.items():
            file = landed_file(workspace, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            aside = file.with_name(f".{file.name}.writing")
            written = connection.execute(
                f"copy (select {held.columns} from {held.relation} order by {held.order}) "
                f"to {literal(str(aside))} "
                "(format parquet, compression zstd)"
            ).fetchone()
            aside.replace(file)
            rows[name] = int(written[0]) if written else 0
    return rows


def landed_file(workspace: Workspace, name: str) -> Path:
    """The Parquet file of a name such as `person` or `events/drug`."""
    return workspace.landed / f"{name}.parquet"


def read_landed(workspace: Workspace, name: str) -> pl.LazyFrame:
    """One row for each row of a landed file: `person`, `cohort`, `events/condition`, … (LANDED)."""
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
