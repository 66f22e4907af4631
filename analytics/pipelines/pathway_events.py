"""The records that a study's pathways are made of, from the landed files of a workspace.

Of each event it is known where its records came from (`EventRecords.source`), above all whose drug
eras they are: the CDM's own `drug_era`, or those that we build where the CDM has none.
"""

from dataclasses import dataclass
from functools import reduce

import polars as pl

from analytics.errors import BadInputError
from analytics.pipelines.pathway_sources import BUILT, DRUG_ERA, EPISODE, source_of
from analytics.studies import PathwayEvent, PathwayStudy
from analytics.warehouse import Workspace, concepts_below, read_landed

COLUMNS = {"event": pl.String, "person_id": pl.Int64, "start_day": pl.Int64, "end_day": pl.Int64}
COHORT = "cohort"


@dataclass(frozen=True, kw_only=True)
class EventRecords:
    """The records of one event, and where they came from.

    `records`: one row for each record of a treatment (event, person_id, start_day, end_day).
    `source`: the CDM's table or domain, `built_drug_era` for eras that we build, or `cohort`.
    `made_of`: the concept set, the concepts or the cohort, as the study names them.
    """

    event: str
    source: str
    made_of: str
    records: pl.DataFrame


def study_events(study: PathwayStudy, place: Workspace) -> list[EventRecords]:
    """The records of each event of the study, in its order.

    Raises BadInputError for an event whose concept set is not of its source's domain, and for
    concepts whose eras the CDM does not have.
    """
    return [_records_of(event, study, place) for event in study.events]


def together(found: list[EventRecords]) -> pl.DataFrame:
    """One row for each record of a treatment: event, person_id, start_day, end_day."""
    return reduce(pl.DataFrame.vstack, (one.records for one in found)).rechunk()


def study_exits(study: PathwayStudy, place: Workspace) -> pl.DataFrame:
    """One row for each row of an exit's cohort: event, person_id, start_day, end_day."""
    empty = pl.DataFrame(schema=COLUMNS)
    return pl.concat([empty, *(_rows(end.cohort, end.event, place) for end in study.exits)])


def notes_on(found: list[EventRecords], place: Workspace) -> tuple[str, ...]:
    """Sentences on what the CDM lacks, and on whose drug eras these are."""
    lines = []
    if any(one.source == EPISODE for one in found) and _is_empty(EPISODE, place):
        lines.append("This CDM has no episodes: its table episode is missing or empty.")
    without = [one.event for one in found if one.records.is_empty()]
    if without:
        lines.append(f"Events without a record in this CDM: {', '.join(without)}.")
    return tuple(lines)


def eras_in_words(found: list[EventRecords]) -> str:
    """Whose drug eras the events are made of; empty where none is made of eras."""
    sources = {one.source for one in found}
    if BUILT in sources:
        return "drug eras built of exposures"
    return "the CDM's own drug eras" if DRUG_ERA in sources else ""


def _records_of(event: PathwayEvent, study: PathwayStudy, place: Workspace) -> EventRecords:
    if event.cohort is not None:
        records = _rows(event.cohort, event.event, place)
        return EventRecords(event=event.event, source=COHORT, made_of=event.cohort, records=records)
    source = source_of(event, study)
    made_of = event.concept_set or ", ".join(str(number) for number in event.concepts)
    if source == DRUG_ERA and (study.drug_eras == "built" or _is_empty(DRUG_ERA, place)):
        records = _built(event, study, place)
        return EventRecords(event=event.event, source=BUILT, made_of=made_of, records=records)
    members = _members(event, place)
    file = source if source in (DRUG_ERA, EPISODE) else f"events/{source}"
    records = _of_concepts(read_landed(place, file), members, event.event)
    return EventRecords(event=event.event, source=source, made_of=made_of, records=records)


def _built(event: PathwayEvent, study: PathwayStudy, place: Workspace) -> pl.DataFrame:
    if event.concept_set is None:
        why = "drug_eras: built is set" if study.drug_eras == "built" else "the CDM has no drug_era"
        raise BadInputError(
            f"{study.name}.yaml: event '{event.event}' names concepts, and {why}: eras are built "
            "only of concept sets. Write the concepts into a file of "
            "dbt_project/seeds/concept_sets/, list it in dbt_project.yml, and build again."
        )
    records = read_landed(place, BUILT).filter(pl.col("concept_set") == event.concept_set)
    return _in_shape(records, event.event)


def _members(event: PathwayEvent, place: Workspace) -> pl.LazyFrame:
    """One row for each concept of the event."""
    if event.concept_set is None:
        return concepts_below(place, event.concepts).lazy()
    return (
        read_landed(place, "concept_set_member")
        .filter(pl.col("concept_set") == event.concept_set)
        .select("concept_id")
    )


def _of_concepts(records: pl.LazyFrame, members: pl.LazyFrame, event: str) -> pl.DataFrame:
    """The records of these concepts; one without an end lasts one day."""
    names = records.collect_schema().names()
    first = pl.col("start_day" if "start_day" in names else "day")
    last = pl.max_horizontal(first, pl.col("end_day").fill_null(first))
    return _in_shape(
        records.join(members, on="concept_id", how="semi").select(
            "person_id", start_day=first, end_day=last
        ),
        event,
    )


def _rows(cohort: str, event: str, place: Workspace) -> pl.DataFrame:
    return _in_shape(read_landed(place, "cohort").filter(pl.col("cohort_name") == cohort), event)


def _in_shape(records: pl.LazyFrame, event: str) -> pl.DataFrame:
    return (
        records.with_columns(event=pl.lit(event))
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
        .collect()
    )


def _is_empty(name: str, place: Workspace) -> bool:
    return read_landed(place, name).head(1).collect().is_empty()
