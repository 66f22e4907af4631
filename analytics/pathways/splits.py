"""Telling short use of a drug from long: an event becomes its acute or its therapy kind, whole."""

import polars as pl

from analytics.studies import PathwayStudy


def split_events(events: pl.DataFrame, study: PathwayStudy) -> pl.DataFrame:
    """One row for each event, those of `split_event_cohorts` renamed by their own length.

    Shorter than the event's `split_time`: `A (acute)`; at least as long: `A (therapy)`. Nothing is
    cut in two, and the length is that of the record, before eras are joined.
    """
    renamed = pl.col("event")
    for name, days in zip(study.split_event_cohorts, study.split_time, strict=True):
        kind = (
            pl.when(pl.col("end_day") - pl.col("start_day") < days)
            .then(pl.lit(acute(name)))
            .otherwise(pl.lit(therapy(name)))
        )
        renamed = pl.when(pl.col("event") == name).then(kind).otherwise(renamed)
    return events.with_columns(renamed.alias("event"))


def event_names(study: PathwayStudy) -> list[str]:
    """All events that steps of the study can be made of, in the study's order."""
    return [
        kind
        for event in study.events
        for kind in (
            (acute(event.event), therapy(event.event))
            if event.event in study.split_event_cohorts
            else (event.event,)
        )
    ]


def acute(name: str) -> str:
    """What a short use of the event is called."""
    return f"{name} (acute)"


def therapy(name: str) -> str:
    """What a long use of the event is called."""
    return f"{name} (therapy)"
