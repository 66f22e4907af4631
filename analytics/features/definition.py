"""The one definition of covariates from events, in narwhals: it runs on Polars and on PySpark.

An engine hands in rows and events as its own lazy frames and writes what comes out; it knows
nothing of covariates. Integer days are all the calendar there is, since engines differ in dates.
"""

from collections.abc import Callable, Iterator, Sequence

import narwhals as nw

from analytics.features.analysis import LAST_LOOKBACK_DAY, Analysis
from analytics.features.lazy_frames import AnyLazyFrame
from analytics.features.measures import measure_events

Definition = Callable[[AnyLazyFrame, AnyLazyFrame], AnyLazyFrame]

# A covariate id is concept_id * 1000 + analysis_id and must stay inside 64 bits.
LARGEST_CONCEPT_ID = (2**63 - 1000) // 1000

EVENT_COLUMNS = ("event_id", "person_id", "concept_id", "day", "end_day", "value")
# A value as it was recorded, and the normal range that stands beside it.
RANGE_COLUMNS = ("recorded_value", "normal_low", "normal_high")


def summarise_events(
    rows: AnyLazyFrame, events: AnyLazyFrame, analyses: Sequence[Analysis]
) -> AnyLazyFrame:
    """Covariates of each row from the events up to the last day of each window.

    One row for each (row_id, covariate_id), with `analysis_id`, `value` and `last_day`, the
    latest day relative to index of the events that were read for it. `rows` has `row_id`,
    `person_id`, `index_day`; `events` has `EVENT_COLUMNS`, and `RANGE_COLUMNS` where an analysis
    counts values out of range; an event_id stands once. Concept 0 and concepts whose covariate id
    would leave 64 bits are left out.
    """
    return nw.concat(
        [
            part
            for read, asked in read_by_last_day(rows, events, analyses)
            for part in measure_events(read, asked, are_ids_unique=True)
        ]
    )


def read_by_last_day(
    rows: AnyLazyFrame, events: AnyLazyFrame, analyses: Sequence[Analysis]
) -> Iterator[tuple[AnyLazyFrame, list[Analysis]]]:
    """For each last day of a window: the events that may be read, and the analyses that read them.

    One row for each event and index date of its person, with its day relative to index, `days`.
    """
    known = events.filter(
        nw.col("concept_id") != 0,
        nw.col("concept_id").is_between(-LARGEST_CONCEPT_ID, LARGEST_CONCEPT_ID),
    )
    joined = known.join(rows, on="person_id", how="inner")
    for last_day in sorted({analysis.last_day for analysis in analyses}):
        asked = [analysis for analysis in analyses if analysis.last_day == last_day]
        yield keep_lookback(joined, last_day), asked


def keep_lookback(joined: AnyLazyFrame, last_day: int = LAST_LOOKBACK_DAY) -> AnyLazyFrame:
    """Keep events that began on the last day or before; `days` is the day relative to index.

    The only place that keeps the future out; `leakage.py` looks at what was read after it.
    """
    return joined.with_columns(days=nw.col("day") - nw.col("index_day")).filter(
        nw.col("days") <= last_day
    )
