"""Era collapse as TreatmentPatterns 3.1.0 does it: record hands its start on to record.

Of the records of one treatment in order of start and end, each that the next one follows within
`era_collapse_size` days of its own end goes, after giving the next one its start. So an era ends
with its last record, also where an earlier one ended later, and gaps are measured from record to
record. The package sorts again after each such step and hands a start on only to the record that
comes right after: when a record now ends before the one that gave it its start, the chain breaks
there, and the era begins anew with the next record.
"""

import numpy as np
import polars as pl

from analytics.pathways.collapse import begins_treatment, by_treatment
from analytics.pathways.pieces import Days, Flags, Pieces, as_frame, as_pieces


def collapse_eras_as_tp31(events: pl.DataFrame, era_collapse_size: int) -> pl.DataFrame:
    """One row for each era: line, treatments, start_day, end_day, duration_days.

    `duration_days` is that of the era's last record: the package corrects it only in its rounds of
    combinations, which it enters when anybody has an overlap.
    """
    records = as_pieces(events)[by_treatment(as_pieces(events))]
    if not len(records):
        return as_frame(records)
    goes = _goes(records, era_collapse_size)
    chain_start = _chain_starts(records.end, goes)
    stays = ~goes
    last = records[stays]
    eras = Pieces(
        line=last.line,
        treatments=last.treatments,
        start=records.start[chain_start[stays]],
        end=last.end,
    )
    return as_frame(eras, last.days)


def _goes(records: Pieces, era_collapse_size: int) -> Flags:
    """Does the next record of the same line and treatment follow closely?"""
    goes = np.zeros(len(records), dtype=np.bool_)
    is_same = ~begins_treatment(records)[1:]
    goes[:-1] = is_same & (records.start[1:] - records.end[:-1] <= era_collapse_size)
    return goes


def _chain_starts(end: Days, goes: Flags) -> Days:
    """The row from which each row's start has been handed on.

    A record that ends before its giver hands nothing on. The record after it begins a chain, and so
    cannot end before its giver: of records that end ever earlier, every other one breaks the chain.
    """
    rows = np.arange(len(end))
    begins = np.ones(len(end), dtype=np.bool_)
    begins[1:] = ~goes[:-1]
    ends_earlier = np.zeros(len(end), dtype=np.bool_)
    ends_earlier[1:] = ~begins[1:] & (end[1:] < end[:-1])
    n_in_a_row = rows - np.maximum.accumulate(np.where(ends_earlier, 0, rows))
    breaks = n_in_a_row % 2 == 1
    begins[1:] |= breaks[:-1]
    return np.maximum.accumulate(np.where(begins, rows, 0))
