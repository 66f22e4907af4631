"""Whether values were below, within or above the normal range that stands beside them.

Both bounds must be there. What is neither below nor above is within: also a value on a bound, and
no value at all.
"""

import narwhals as nw

from analytics.features.definition import AnyLazyFrame

BELOW, WITHIN, ABOVE = 1, 2, 3


def latest_by_range_group(read: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (row_id, concept_id, range_group): the latest day of its records."""
    value = nw.col("value_as_number")
    group = (
        nw.when(value < nw.col("range_low"))
        .then(nw.lit(BELOW))
        .otherwise(
            nw.when(value > nw.col("range_high")).then(nw.lit(ABOVE)).otherwise(nw.lit(WITHIN))
        )
    )
    return (
        read.filter(~nw.col("range_low").is_null(), ~nw.col("range_high").is_null())
        .with_columns(range_group=group.cast(nw.Int64))
        .group_by("row_id", "concept_id", "range_group")
        .agg(days=nw.col("days").max())
    )
