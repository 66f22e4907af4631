"""A table of records as one thread reads it: which columns, and the codes given so far."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from analytics.features.native.codes import no_codes
from analytics.features.native.person_sorted import (
    NO_BITS,
    NUMPY_TYPES,
    PERSON,
    Column,
    PersonSortedTable,
    StretchReader,
    open_person_sorted,
)
from analytics.features.native.records import People, RecordCodes, RecordColumns, Taken, take

KINDS: Mapping[str, str] = {
    "person": "id",
    "concept": "id",
    "start": "day",
    "end": "day",
    "value": "number",
    "low": "number",
    "high": "number",
    "answer": "id",
}


def _not_read(kind: str) -> Column:
    values = np.empty(0, NUMPY_TYPES[kind])
    values.setflags(write=False)
    return Column(values=values, bits=NO_BITS)


NOT_READ = {name: _not_read(kind) for name, kind in KINDS.items()}


def open_records(files: Sequence[Path], columns: Mapping[str, str]) -> PersonSortedTable:
    """The table in these files; `columns` says what is the concept, the start, and so on."""
    called = {"person": PERSON, **columns}
    read = [name for name in KINDS if name in called]
    return open_person_sorted(
        files, names=read, columns=[called[n] for n in read], kinds=[KINDS[n] for n in read]
    )


class RecordReader:
    """Takes records of shards out of one table, for one thread."""

    def __init__(self, table: PersonSortedTable) -> None:
        self._rows = StretchReader(table)
        self.codes = RecordCodes(concepts=no_codes(), answers=no_codes())

    def take(self, people: People) -> Taken:
        """The records of these people, which are sorted."""
        stretches = self._rows.table.stretches_of(
            int(people.person_id[0]), int(people.person_id[-1])
        )
        columns = (RecordColumns(**{**NOT_READ, **self._rows.read(each)}) for each in stretches)
        return take(columns, sum(each.n_rows for each in stretches), people, self.codes)
