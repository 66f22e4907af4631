"""Eras: records of one treatment with short gaps between them are one."""

import numpy as np
import polars as pl

from analytics.pathways.pieces import Days, Flags, Pieces, as_frame, as_pieces


def collapse_eras(events: pl.DataFrame, era_collapse_size: int) -> pl.DataFrame:
    """One row for each era: line, treatments, start_day, end_day, duration_days.

    `events`: one row for each record (line, treatments, start_day, end_day), each of one event. A
    record joins the era when it starts at most `era_collapse_size` days after the latest end so
    far; the era ends with its latest end. Touching and overlapping records always join, and so do
    records that are given twice.
    """
    records = as_pieces(events)[by_treatment(as_pieces(events))]
    if not len(records):
        return as_frame(records)
    begins_group = begins_treatment(records)
    # Groups lie far apart, so one running maximum over all rows is one within each group.
    far = int(records.end.max() - records.start.min()) + era_collapse_size + 2
    shift = far * np.cumsum(begins_group)
    latest_end = np.maximum.accumulate(records.end + shift)
    begins_era = begins_group.copy()
    begins_era[1:] |= records.start[1:] + shift[1:] - latest_end[:-1] > era_collapse_size
    ends_era = np.ones(len(records), dtype=np.bool_)
    ends_era[:-1] = begins_era[1:]
    return as_frame(
        Pieces(
            line=records.line[begins_era],
            treatments=records.treatments[begins_era],
            start=records.start[begins_era],
            end=(latest_end - shift)[ends_era],
        )
    )


def sort_records(events: pl.DataFrame) -> pl.DataFrame:
    """One row for each row of `events`, by line, treatment, start and end: eras' order."""
    records = as_pieces(events)
    order = by_treatment(records)
    return events[order] if len(order) else events


def by_treatment(records: Pieces) -> Days:
    """The rows sorted by line, treatment, start and end; each row is of one event."""
    if not len(records):
        return np.empty(0, dtype=np.int64)
    place = np.log2(records.treatments).astype(np.int64)  # exact: one bit is set
    first = records.start.min()
    n_places, span = int(place.max()) + 1, int(records.end.max() - first) + 1
    if (int(records.line.max()) + 1) * n_places * span**2 >= 2**63:
        return np.lexsort((records.end, records.start, place, records.line))
    group = records.line * n_places + place
    key = (group * span + (records.start - first)) * span + (records.end - first)
    return np.argsort(key, kind="stable")


def begins_treatment(records: Pieces) -> Flags:
    """Which of the sorted rows are the first of their line and treatment."""
    begins = np.ones(len(records), dtype=np.bool_)
    begins[1:] = (records.line[1:] != records.line[:-1]) | (
        records.treatments[1:] != records.treatments[:-1]
    )
    return begins
