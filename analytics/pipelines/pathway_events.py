"""The records that a study's pathways are made of, from the landed files of a workspace."""

import polars as pl

from analytics.pipelines.study_run import concept_set_domains
from analytics.studies import PathwayStudy
from analytics.warehouse import Workspace, read_landed

COLUMNS = ("event", "person_id", "start_day", "end_day")
DRUG = "drug"


def study_events(study: PathwayStudy, place: Workspace) -> pl.DataFrame:
    """One row for each record of a treatment: event, person_id, start_day, end_day.

    Of concept sets of drugs the eras that we build of exposures, whatever eras the CDM has; of
    those of other domains the events, one without an end lasting one day; of cohorts their rows.
    """
    domains = concept_set_domains()
    by_domain: dict[str, dict[str, str]] = {}
    for event in study.events:
        if event.concept_set is not None:
            by_domain.setdefault(domains[event.concept_set], {})[event.concept_set] = event.event
    of_cohorts = {event.cohort: event.event for event in study.events if event.cohort is not None}
    return pl.concat(
        [
            *(
                _eras(names, place) if domain == DRUG else _events(domain, names, place)
                for domain, names in sorted(by_domain.items())
            ),
            _rows(of_cohorts, place),
        ]
    )


def study_exits(study: PathwayStudy, place: Workspace) -> pl.DataFrame:
    """One row for each row of an exit's cohort: event, person_id, start_day, end_day."""
    return _rows({exit_.cohort: exit_.event for exit_ in study.exits}, place)


def _eras(names: dict[str, str], place: Workspace) -> pl.DataFrame:
    return _named(read_landed(place, "built_drug_era"), "concept_set", names)


def _events(domain: str, names: dict[str, str], place: Workspace) -> pl.DataFrame:
    members = read_landed(place, "concept_set_member").filter(
        pl.col("concept_set").is_in(list(names))
    )
    start = pl.col("day").alias("start_day")
    end = pl.max_horizontal(pl.col("day"), pl.col("end_day").fill_null(pl.col("day")))
    events = read_landed(place, f"events/{domain}").join(members, on="concept_id")
    return _named(
        events.select("concept_set", "person_id", start, end.alias("end_day")), "concept_set", names
    )


def _rows(names: dict[str, str], place: Workspace) -> pl.DataFrame:
    return _named(read_landed(place, "cohort"), "cohort_name", names)


def _named(records: pl.LazyFrame, source: str, names: dict[str, str]) -> pl.DataFrame:
    return (
        records.filter(pl.col(source).is_in(list(names)))
        .select(
            pl.col(source).replace_strict(names, return_dtype=pl.String).alias("event"),
            pl.col("person_id").cast(pl.Int64),
            pl.col("start_day", "end_day").cast(pl.Int64),
        )
        .collect()
    )
