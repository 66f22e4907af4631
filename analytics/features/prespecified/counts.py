"""How many distinct concepts, and how many records, lie in a window. Nobody gets a 0."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import in_long_form
from analytics.features.prespecified.windows import is_reached

UNSTRATIFIED = 1  # stands in the covariate id where a concept would


def add_up(
    read: AnyLazyFrame,
    analyses: Sequence[PrespecifiedAnalysis],
    end_day: int,
    *,
    index: Sequence[str],
) -> AnyLazyFrame:
    """One row for each value of `index` and analysis: how many rows of `read` lie in its window.

    Rows that are records give counts of records; rows that are concepts with their latest days,
    counts of distinct concepts.
    """
    sums = {}
    for analysis in analyses:
        reached = is_reached(analysis, end_day)
        one = (
            nw.lit(1) if reached is None else nw.when(reached).then(nw.lit(1)).otherwise(nw.lit(0))
        )
        sums[str(analysis.analysis_id)] = one.sum().cast(nw.Float64)
    counted = in_long_form(read.group_by(*index).agg(**sums), index)
    return counted.filter(nw.col("covariate_value") > 0)
