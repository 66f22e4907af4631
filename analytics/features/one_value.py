"""The first or the latest value of each concept: one event of many, ties broken by its id."""

import narwhals as nw

from analytics.features.lazy_frames import AnyLazyFrame

OF_CONCEPT = ("row_id", "concept_id")


def pick_values(valued: AnyLazyFrame, *, earliest: bool, are_ids_unique: bool) -> AnyLazyFrame:
    """One row for each (row_id, concept_id): the `value` of its first or latest event.

    Of the events of one day, the first has the lowest event_id, the latest the highest; where
    ids repeat, or a CDM has none, the first has the lowest value, the latest the highest. `days`
    and `last_day` are its day.
    """
    end = _lowest if earliest else _highest
    on_the_day = (
        valued.with_columns(day_of_all=end("days").over(*OF_CONCEPT))
        .filter(nw.col("days") == nw.col("day_of_all"))
        .with_columns(event_of_all=end("event_id").over(*OF_CONCEPT))
    )
    picked = on_the_day.filter(nw.col("event_id") == nw.col("event_of_all"))
    if are_ids_unique:
        return picked.with_columns(last_day=nw.col("days"))
    return picked.group_by(*OF_CONCEPT).agg(
        value=end("value"), days=nw.col("days").max(), last_day=nw.col("days").max()
    )


def _lowest(column: str) -> nw.Expr:
    return nw.col(column).min()


def _highest(column: str) -> nw.Expr:
    return nw.col(column).max()
