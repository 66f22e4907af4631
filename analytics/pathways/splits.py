"""Telling short use of a drug from long: an event becomes its acute or its therapy kind."""

from collections.abc import Mapping

import polars as pl

from analytics.pathways.tp31.names import split_names_as_tp31
from analytics.studies import PathwayParameters

Kinds = Mapping[str, tuple[str, str]]
"""For each split event, what its short and its long use are called."""


def split_names(asked: PathwayParameters) -> Kinds:
    """What the split events become, in the order in which they are listed."""
    if asked.compat == "tp31":
        return split_names_as_tp31(asked)
    return {name: (f"{name} (acute)", f"{name} (therapy)") for name in asked.split_events()}


def split_events(events: pl.DataFrame, asked: PathwayParameters) -> pl.DataFrame:
    """One row for each event or part of it, those of `split_event_cohorts` renamed.

    By `split_method`: `whole` renames a record by its own length, before eras are joined: shorter
    than the event's `split_time` it is `A (acute)`, at least as long `A (therapy)`. `cut` makes two
    of a longer one: its first `split_time` days and the rest.
    """
    if not asked.split_event_cohorts:
        return events
    kinds = split_names(asked)
    split_of = pl.DataFrame(
        {
            "event": asked.split_events(),
            "short": [kinds[name][0] for name in asked.split_events()],
            "long": [kinds[name][1] for name in asked.split_events()],
            "split_time": asked.split_time,
        }
    ).cast({"split_time": pl.Int64})
    others = events.join(split_of, on="event", how="anti")
    split = events.join(split_of, on="event")
    days = pl.col("end_day") - pl.col("start_day")
    if asked.split_method == "whole":
        is_short = days < pl.col("split_time")
        parts = [
            split.with_columns(pl.when(is_short).then("short").otherwise("long").alias("event"))
        ]
    else:
        cut = pl.col("start_day") + pl.col("split_time")
        parts = [
            split.with_columns(pl.col("short").alias("event"), pl.min_horizontal("end_day", cut)),
            split.filter(days > pl.col("split_time")).with_columns(
                pl.col("long").alias("event"), cut.alias("start_day")
            ),
        ]
    return pl.concat([others, *(part.select(events.columns) for part in parts)])


def event_names(asked: PathwayParameters) -> list[str]:
    """All events that steps can be made of, in the order that breaks ties."""
    kinds = split_names(asked)
    return [kind for name in asked.named_events().values() for kind in kinds.get(name, (name,))]
