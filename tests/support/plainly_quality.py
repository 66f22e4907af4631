"""How many rows break a clause, counted with loops and written from the words of the clause."""

from collections import Counter
from datetime import date, timedelta

from tests.support.tiny_cdm import START_OF, Row, Tables

ONE_DAY = timedelta(days=1)
KEYS_OF_SEVERAL = {
    "concept_ancestor": ["ancestor_concept_id", "descendant_concept_id"],
    "concept_relationship": ["concept_id_1", "concept_id_2", "relationship_id"],
}


def count_breaking(tables: Tables, check_id: str) -> int:
    """Rows of the CDM that break the check: one of the house, or of OHDSI's about one column."""
    if "." not in check_id:
        return _count_in_column(tables, check_id)
    table, *_, rule = check_id.split(".")
    rows = tables[table]
    if rule == "unique":
        return _count_repeated(rows, KEYS_OF_SEVERAL[table])
    return sum(_breaks(tables, table, row, rule) for row in rows)


def _count_in_column(tables: Tables, check_id: str) -> int:
    _, kind, place = check_id.split("_", 2)
    table = max((name for name in tables if place.startswith(f"{name}_")), key=len)
    column = place.removeprefix(f"{table}_")
    if kind == "isprimarykey":
        return _count_repeated(tables[table], [column])
    if kind in ABOUT_DAYS:
        return sum(ABOUT_DAYS[kind](tables, row, row[column]) for row in tables[table])
    values = [row[column] for row in tables[table]]
    if kind == "standardconceptrecordcompleteness":
        return values.count(0)
    if kind == "isrequired":
        return values.count(None)
    assert kind == "isforeignkey", check_id
    other = max((name for name in tables if column.endswith(f"{name}_id")), key=len)
    found = {row[f"{other}_id"] for row in tables[other]} | ({0} if other == "concept" else set())
    return sum(value is not None and value not in found for value in values)


def _ends_first(tables: Tables, row: Row, start: date | None) -> bool:
    ends = [name for name in row if name.endswith("end_date") and name != "verbatim_end_date"]
    (end,) = (row[name] for name in ends)
    return end is not None and start is not None and end < start


def _is_before_birth(tables: Tables, row: Row, start: date | None) -> bool:
    births = [_birthday(one) for one in tables["person"] if _is_same(one, row)]
    return start is not None and any(birth is not None and start < birth for birth in births)


def _is_after_death(tables: Tables, row: Row, start: date | None) -> bool:
    deaths = [death["death_date"] for death in tables["death"] if _is_same(death, row)]
    return start is not None and any(
        died is not None and (start - died).days > 60 for died in deaths
    )


ABOUT_DAYS = {
    "plausiblestartbeforeend": _ends_first,
    "plausibleafterbirth": _is_before_birth,
    "plausiblebeforedeath": _is_after_death,
}


def _count_repeated(rows: list[Row], key: list[str]) -> int:
    keys = [tuple(row[name] for name in key) for row in rows]
    seen = Counter(keys)
    return sum(seen[one] > 1 and None not in one for one in keys)


def _breaks(tables: Tables, table: str, row: Row, rule: str) -> bool:
    start = row.get(START_OF.get(table, ""))
    periods = tables["observation_period"]
    if rule == "born_on_a_real_day":
        return row["year_of_birth"] is not None and _birthday(row) is None
    if rule == "is_observed":
        return not any(_is_same(period, row) for period in periods)
    if rule == "inside_observation":
        return start is not None and not any(
            _is_same(period, row) and _is_within(start, period) for period in periods
        )
    mine = [period for period in periods if _is_same(period, row)]
    if rule == "does_not_overlap":
        return any(_is_earlier(one, row) and _reaches(one, row) for one in mine)
    assert rule == "is_not_adjacent", rule
    return any(
        one["observation_period_end_date"] is not None
        and one["observation_period_end_date"] + ONE_DAY == row["observation_period_start_date"]
        for one in mine
    )


def _birthday(person: Row) -> date | None:
    if person["birth_datetime"] is not None:
        return person["birth_datetime"].date()
    try:
        return date(
            person["year_of_birth"], person["month_of_birth"] or 1, person["day_of_birth"] or 1
        )
    except (TypeError, ValueError):
        return None


def _is_within(day: date | None, period: Row) -> bool:
    first, last = period["observation_period_start_date"], period["observation_period_end_date"]
    return None not in (day, first, last) and first <= day <= last


def _is_same(one: Row, other: Row) -> bool:
    return one["person_id"] is not None and one["person_id"] == other["person_id"]


def _is_earlier(one: Row, other: Row) -> bool:
    first, second = one["observation_period_start_date"], other["observation_period_start_date"]
    if None in (first, second):
        return False
    if first != second:
        return first < second
    # Of two that start on one day the larger id is the later one; one without an id comes last.
    ids = [row["observation_period_id"] for row in (one, other)]
    first_id, second_id = (float("inf") if number is None else number for number in ids)
    return first_id < second_id


def _reaches(one: Row, other: Row) -> bool:
    end, start = one["observation_period_end_date"], other["observation_period_start_date"]
    return None not in (end, start) and end >= start
