"""Lines of diabetes treatment as the fills show them: `episode` and `episode_event`.

A line begins with a drug that the person never filled before, or with the first fill after more
than 45 days without any; it ends on the day before the next line, or when the supply runs out.
What is first filled within 100 days of joining may have begun long before, and begins no line
beside another.
"""

import numpy as np
import polars as pl

from analytics.simulator.draws import Flags, Integers
from analytics.simulator.lives.drug_courses import (
    EMPAGLIFLOZIN,
    GLIMEPIRIDE,
    GLIPIZIDE,
    GLUCOSE_DRUGS,
    INSULIN_GLARGINE,
    LIRAGLUTIDE,
    METFORMIN,
    SEMAGLUTIDE,
    SITAGLIPTIN,
)
from analytics.simulator.lives.people import People
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.events import Records, days_to_dates
from analytics.simulator.records.prescriptions import ingredient_of

TREATMENT_REGIMEN, DRUG_THERAPY, EPISODE_RECORD = 32531, 4216752, 32828
DRUG_EXPOSURE_FIELD = 1147094
MOST_DAYS_WITHOUT = 45
DAYS_OF_JOINING = 100
_NAMES = {
    METFORMIN: "metformin",
    GLIPIZIDE: "glipizide",
    GLIMEPIRIDE: "glimepiride",
    SITAGLIPTIN: "sitagliptin",
    EMPAGLIFLOZIN: "empagliflozin",
    LIRAGLUTIDE: "liraglutide",
    SEMAGLUTIDE: "semaglutide",
    INSULIN_GLARGINE: "glargine",
}


def treatment_lines(lives: Lives, drugs: Records) -> dict[str, pl.DataFrame]:
    """The tables `episode` (one row for each line) and `episode_event` (one for each of its fills).

    `drugs` are the rows of `drug_exposure`, in its order.
    """
    ingredient = ingredient_of(drugs.concept)
    fill = np.flatnonzero(np.isin(ingredient, GLUCOSE_DRUGS))
    ingredient, person = ingredient[fill], drugs.person[fill]
    start, end = drugs.start[fill], drugs.end[fill]
    begins = _line_begins(lives.people, person, start, end, ingredient)
    line = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    line_person, line_start = person[first], start[first]
    line_end = _by_line(np.maximum, end, first)
    has_next = line_person[1:] == line_person[:-1]
    line_end[:-1] = np.where(has_next, np.minimum(line_end[:-1], line_start[1:] - 1), line_end[:-1])
    number = np.arange(len(first)) - np.searchsorted(line_person, line_person) + 1
    bits = 1 << np.searchsorted(np.sort(GLUCOSE_DRUGS), ingredient)
    episode = pl.DataFrame(
        {
            "person_id": lives.people.person_id[line_person],
            "episode_start_date": days_to_dates(line_start),
            "episode_end_date": days_to_dates(line_end),
            "episode_number": number.astype(np.int32),
            "episode_source_value": _in_words(_by_line(np.bitwise_or, bits, first)),
        }
    ).with_columns(
        pl.lit(TREATMENT_REGIMEN).alias("episode_concept_id"),
        pl.lit(DRUG_THERAPY).alias("episode_object_concept_id"),
        pl.lit(EPISODE_RECORD).alias("episode_type_concept_id"),
    )
    events = pl.DataFrame({"episode_id": line + 1, "event_id": fill + 1}).with_columns(
        pl.lit(DRUG_EXPOSURE_FIELD).alias("episode_event_field_concept_id")
    )
    return {"episode": episode, "episode_event": events}


def _line_begins(
    people: People, person: Integers, start: Integers, end: Integers, ingredient: Integers
) -> Flags:
    """Whether a line begins with each fill (the first fill of a day stands for all of that day)."""
    n_fills = len(person)
    begins = np.zeros(n_fills, dtype=bool)
    _, first_of_drug = np.unique(person * 100_000_000 + ingredient, return_index=True)
    begins[first_of_drug] = True
    joined = np.where(
        start >= people.second_start[person],
        people.second_start[person],
        people.first_start[person],
    )
    begins &= start - joined >= DAYS_OF_JOINING
    begins[np.flatnonzero(np.diff(person, prepend=-1))] = True
    # Supply that reaches furthest so far; persons are told apart by adding to the day.
    moment = person * 10_000_000
    covered = np.maximum.accumulate(moment + end)
    begins[1:] |= (moment + start)[1:] - covered[:-1] - 1 > MOST_DAYS_WITHOUT
    is_new_day = np.ones(n_fills, dtype=bool)
    is_new_day[1:] = (person[1:] != person[:-1]) | (start[1:] != start[:-1])
    day_of_fill = np.cumsum(is_new_day) - 1
    begins_that_day = np.bincount(day_of_fill, weights=begins) > 0
    return np.asarray(is_new_day & begins_that_day[day_of_fill])


def _by_line(combine: np.ufunc, values: Integers, first: Integers) -> Integers:
    """The values of each line combined; a line begins at each position of `first`."""
    return np.asarray(combine.reduceat(values, first)) if len(first) else values[:0]


def _in_words(lines: Integers) -> pl.Series:
    """What each line consists of, from one bit for each drug; at most fifty letters."""
    drugs = np.sort(GLUCOSE_DRUGS)
    kinds, which = np.unique(lines, return_inverse=True)
    words = []
    for kind in kinds.tolist():
        names = [_NAMES[drug] for bit, drug in enumerate(drugs.tolist()) if kind >> bit & 1]
        text = " + ".join(names)
        words.append(text if len(text) <= 50 else f"{len(names)} glucose-lowering drugs")
    return pl.Series(np.array(words, dtype=object)[which] if words else [], dtype=pl.String)
