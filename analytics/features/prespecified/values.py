"""The latest value of each concept and unit; on one day, the lowest. Units are not harmonised.

A record without a unit is left out; unit 0 counts as a unit of its own.
"""

import narwhals as nw

from analytics.features.definition import AnyLazyFrame

GROUP = ("row_id", "concept_id", "unit_concept_id")


def latest_values(read: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (row_id, concept_id, unit): its latest day, and the lowest value of it.

    The latest value up to the end day is the latest in every window that reaches its day.
    """
    return (
        read.filter(~nw.col("value_as_number").is_null(), ~nw.col("unit_concept_id").is_null())
        .with_columns(latest_day=nw.col("days").max().over(*GROUP))
        .filter(nw.col("days") == nw.col("latest_day"))
        .group_by(*GROUP)
        .agg(value=nw.col("value_as_number").min(), days=nw.col("days").max())
    )


def units_recorded(records: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (concept_id, unit_concept_id) that has a value anywhere in the table."""
    return (
        records.filter(~nw.col("value_as_number").is_null(), ~nw.col("unit_concept_id").is_null())
        .select("concept_id", "unit_concept_id")
        .unique()
    )
