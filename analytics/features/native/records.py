"""Records of the people of a shard, taken out of stretches of a table that is sorted by person.

A record without a person, a concept or a start day is left out, as is concept 0 and everybody who
has no index date in the shard. So is what starts after the last day that any index date of its
person allows, or is over before the first one that is asked for: most records, at little cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.features.native.codes import FULL, Codes, code_of, grow
from analytics.features.native.compiling import compiled
from analytics.features.native.parts import Rows
from analytics.features.native.person_sorted import Column, NotServedError

NO_DAY = np.iinfo(np.int32).min
BELOW, WITHIN, ABOVE = 1, 2, 3
DONE, NO_ROOM, TOO_LARGE = 0, 1, 2
LARGEST_CONCEPT_ID = 2**31 - 1  # OMOP's ids are 32-bit; larger ones are the portable definition's
POSITION, PERSON_AT, TAKEN, LAST_PERSON = 0, 1, 2, 3


class RecordColumns(NamedTuple):
    """The columns of one stretch; those that are not asked for have no values."""

    person: Column
    concept: Column
    start: Column
    end: Column
    value: Column
    low: Column
    high: Column
    answer: Column


class People(NamedTuple):
    """The people of a shard, sorted, and the days between which their records matter."""

    person_id: NDArray[np.int64]
    first_day: NDArray[np.int32]
    last_day: NDArray[np.int32]


class Taken(NamedTuple):
    """Records by person: those of person p from `begin[p]` to `end[p]`.

    `concept` is a code; `range_key` the code thrice and how the value lay to its range (-1: no
    range); `answer` the code of the concept with its answer (-1: none).
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    concept: NDArray[np.int32]
    start_day: NDArray[np.int32]
    end_day: NDArray[np.int32]
    range_key: NDArray[np.int32]
    answer: NDArray[np.int32]


@dataclass(kw_only=True)
class RecordCodes:
    """The codes of one table in one thread: of concepts, and of concepts with their answers."""

    concepts: Codes
    answers: Codes


def take(
    stretches: Iterable[RecordColumns], n_rows: int, people: People, codes: RecordCodes
) -> Taken:
    """The records of a shard's people from stretches of `n_rows` rows in all.

    Raises NotServedError where a concept is beyond 32 bits.
    """
    taken: Taken | None = None
    at = np.zeros(4, np.int64)
    at[LAST_PERSON] = np.iinfo(np.int64).min
    for columns in stretches:
        taken = taken or _room(n_rows, len(people.person_id), columns)
        at[POSITION] = 0
        while status := take_records(columns, people, codes.concepts, codes.answers, taken, at):
            if status == TOO_LARGE:
                raise NotServedError("a concept id is beyond 32 bits")
            if _is_full(codes.concepts):
                codes.concepts = grow(codes.concepts)
            if _is_full(codes.answers):
                codes.answers = grow(codes.answers)
    return taken or _room(0, len(people.person_id), None)


def n_looked_at(rows: Rows, taken: Taken) -> int:
    """How many records are looked at: one as often as its person has index dates."""
    return int((taken.end - taken.begin)[rows.person_at].sum())


def _is_full(codes: Codes) -> bool:
    return int(codes.n[0]) >= len(codes.keys)


def _room(n_rows: int, n_people: int, columns: RecordColumns | None) -> Taken:
    """Room for all; memory is used only where something is written."""

    def room(column: Column | None) -> NDArray[np.int32]:
        return np.empty(n_rows if column is not None and len(column.values) else 0, np.int32)

    return Taken(
        begin=np.zeros(n_people, np.int64),
        end=np.zeros(n_people, np.int64),
        concept=np.empty(n_rows, np.int32),
        start_day=np.empty(n_rows, np.int32),
        end_day=room(columns and columns.end),
        range_key=room(columns and columns.low),
        answer=room(columns and columns.answer),
    )


@compiled
def take_records(
    columns: RecordColumns,
    people: People,
    concepts: Codes,
    answers: Codes,
    taken: Taken,
    at: NDArray[np.int64],
) -> int:
    """Append the records of one stretch; `at` is where to go on, in rows, people and records."""
    has_end, has_range = len(taken.end_day) > 0, len(taken.range_key) > 0
    has_answer = len(taken.answer) > 0
    n_people = len(people.person_id)
    person_at, n, last_person = at[PERSON_AT], at[TAKEN], at[LAST_PERSON]
    status = DONE
    position = at[POSITION]
    while position < len(columns.person.values):
        row = position
        position += 1
        person = columns.person.values[row]
        if person != last_person:
            last_person = person
            while person_at < n_people and people.person_id[person_at] < person:
                person_at += 1
            if person_at < n_people and people.person_id[person_at] == person:
                taken.begin[person_at] = n
                taken.end[person_at] = n
        if person_at == n_people or people.person_id[person_at] != person:
            continue
        if not (is_there(columns.concept.bits, row) and is_there(columns.start.bits, row)):
            continue
        concept, start = columns.concept.values[row], columns.start.values[row]
        if concept == 0 or start > people.last_day[person_at]:
            continue
        end = start
        if has_end:
            end = columns.end.values[row] if is_there(columns.end.bits, row) else NO_DAY
        if max(start, end) < people.first_day[person_at]:
            continue
        if abs(concept) > LARGEST_CONCEPT_ID:
            status = TOO_LARGE
            break
        code = code_of(concepts, concept)
        if code == FULL:
            status, position = NO_ROOM, row
            break
        if has_answer:
            taken.answer[n] = -1
            if is_there(columns.answer.bits, row) and columns.answer.values[row] != 0:
                answer = columns.answer.values[row]
                if abs(answer) > LARGEST_CONCEPT_ID:
                    status = TOO_LARGE
                    break
                pair = code_of(answers, (concept << 32) | (answer & 0xFFFFFFFF))
                if pair == FULL:
                    status, position = NO_ROOM, row
                    break
                taken.answer[n] = pair
        if has_range:
            taken.range_key[n] = -1
            if is_there(columns.low.bits, row) and is_there(columns.high.bits, row):
                group = WITHIN
                if is_there(columns.value.bits, row):
                    value = columns.value.values[row]
                    if is_less(value, columns.low.values[row]):
                        group = BELOW
                    elif is_less(columns.high.values[row], value):
                        group = ABOVE
                taken.range_key[n] = 3 * code + group - 1
        taken.concept[n] = code
        taken.start_day[n] = start
        if has_end:
            taken.end_day[n] = end
        n += 1
        taken.end[person_at] = n
    at[POSITION], at[PERSON_AT], at[TAKEN], at[LAST_PERSON] = position, person_at, n, last_person
    return status


@compiled
def is_there(bits: NDArray[np.uint8], row: int) -> bool:
    """Whether a value is not null, by Arrow's bits."""
    return len(bits) == 0 or (bits[row >> 3] >> (row & 7)) & 1 == 1


@compiled
def is_less(one: float, other: float) -> bool:
    """Whether one number is below another; not-a-number is above all, as engines have it."""
    return one < other or (np.isnan(other) and not np.isnan(one))
