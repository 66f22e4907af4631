"""Dates: after birth, before death, in their visit, and starts before ends."""

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures.measure import (
    Asker,
    Asking,
    Circumstances,
    Dialect,
    Measure,
    Need,
    all_rows,
    as_day,
    column_of,
    count_where,
    day_to_count_from,
    filled_rows,
    own,
    quoted,
    rows_of,
    rows_where,
    table_of,
)
from analytics.quality.measures.whole_numbers import TEXTS

FIRST_DAY = """coalesce(cast(p.birth_datetime as date), case
    when p.year_of_birth between 1 and 9999
        and coalesce(p.month_of_birth, 1) between 1 and 12
        and coalesce(p.day_of_birth, 1) between 1 and 31
    then make_date(
        cast(p.year_of_birth as integer), cast(coalesce(p.month_of_birth, 1) as integer), 1
    ) + cast(coalesce(p.day_of_birth, 1) - 1 as integer)
end)"""
JANUARY = """coalesce(cast(p.birth_datetime as date), case
    when p.year_of_birth between 1 and 9999
    then make_date(cast(p.year_of_birth as integer), 1, 1)
end)"""
AS_WRITTEN = {
    "duckdb": "cast(strptime({}, '%Y%m%d') as date)",
    "postgres": "to_date({}, 'yyyymmdd')",
}
"""How OHDSI reads a date that it puts together; one that is none ends in an error on DuckDB."""
TWO_DIGITS = "coalesce(right('0' || cast(p.{}_of_birth as varchar), 2), '01')"
MONTH_AND_DAY = f"{TWO_DIGITS.format('month')}, {TWO_DIGITS.format('day')}"
JUNE = "'0601'"
AFTER_DEATH = "interval '60' day"
AROUND_A_VISIT = "interval '7' day"
PEOPLE = "person as p on p.person_id = t.person_id"
BIRTH = ("person_id", "birth_datetime", "year_of_birth")
WHOLE_BIRTH = (*BIRTH, "month_of_birth", "day_of_birth")


def _temporal_after(check: QualityCheck, given: Circumstances) -> Asking:
    """After a column of the same row, or after birth.

    Where only a year is known, OHDSI takes the first of June, and so finds people observed before
    their birth; in our reading it is the first of January, as for all other checks. Looks at all
    rows, also those without a date.
    """
    after = check.asked.after or ""
    if after == "birth":
        born = _born(JUNE, given.dialect) if given.reading == "dqd" else JANUARY
        too_early = f"{born} > {as_day(column_of(check))}"
        people = (*own(check, "person_id"), *(("person", name) for name in BIRTH))
        return _joined(check, given, PEOPLE, too_early, all_rows(check), people)
    too_early = f"{as_day(f't.{quoted(after)}')} > {as_day(column_of(check))}"
    return Asking(
        breaking=Measure(source=table_of(check), aggregate=count_where(too_early)),
        looked_at=all_rows(check),
        rows=rows_of(check, too_early),
        needs=own(check, after),
    )


def _after_birth(check: QualityCheck, given: Circumstances) -> Asking:
    """After birth: the first of what is not known of year, month and day."""
    born = _born(MONTH_AND_DAY, given.dialect) if given.reading == "dqd" else FIRST_DAY
    mine = column_of(check)
    too_early = f"{mine} is not null and {as_day(mine)} < {born}"
    people = (*own(check, "person_id"), *(("person", name) for name in WHOLE_BIRTH))
    return _joined(check, given, PEOPLE, too_early, filled_rows(check), people)


def _born(after_the_year: str, dialect: Dialect) -> str:
    """The day of birth as OHDSI reads it: that of the moment, else put together from a year."""
    put_together = AS_WRITTEN[dialect].format(f"concat(p.year_of_birth, {after_the_year})")
    return f"coalesce(cast(p.birth_datetime as date), {put_together})"


UNREADABLE_BIRTHS = " ".join(
    (
        f"select 1 from person as p where try({_born(JUNE, 'duckdb')}) is null",
        f"or try({_born(MONTH_AND_DAY, 'duckdb')}) is null limit 1",
    )
)
"""On DuckDB: a row where somebody's birth, as OHDSI reads it, ends in an error."""


EACH_DEATH = "death as d on d.person_id = t.person_id"
ONE_DEATH = (
    f"(select person_id, min({as_day('death_date')}) as death_date from death group by 1) as d "
    "on d.person_id = t.person_id"
)


def _deaths(given: Circumstances) -> str:
    """Of a person with two rows in `death` OHDSI looks at each row twice; we at the first death."""
    return EACH_DEATH if given.reading == "dqd" else ONE_DEATH


def _before_death(check: QualityCheck, given: Circumstances) -> Asking:
    joined = f"{table_of(check)} join {_deaths(given)}"
    looked_at = Measure(
        source=joined,
        aggregate=f"count({column_of(check)})",
        rows=f"select t.* from {joined} where {column_of(check)} is not null",
    )
    died = day_to_count_from("d.death_date", given)
    too_late = f"{as_day(column_of(check))} > {died} + {AFTER_DEATH}"
    return _joined(check, given, _deaths(given), too_late, looked_at, _needs_deaths(check))


def _during_life(check: QualityCheck, given: Circumstances) -> Asking:
    """As before death, of all rows of people who died; these are counted once."""
    who_died = f"{table_of(check)} where t.person_id in (select d.person_id from death as d)"
    looked_at = Measure(source=who_died, aggregate="count(*)", rows=f"select t.* from {who_died}")
    too_late = f"{as_day(column_of(check))} > {as_day('d.death_date')} + {AFTER_DEATH}"
    return _joined(check, given, _deaths(given), too_late, looked_at, _needs_deaths(check))


def _needs_deaths(check: QualityCheck) -> tuple[Need, ...]:
    return (*own(check, "person_id"), ("death", "person_id"), ("death", "death_date"))


def _within_visit(check: QualityCheck, given: Circumstances) -> Asking:
    visits = "visit_occurrence as v on v.visit_occurrence_id = t.visit_occurrence_id"
    day, start, end = (
        day_to_count_from(one, given)
        for one in (column_of(check), "v.visit_start_date", "v.visit_end_date")
    )
    outside = f"({day} < {start} - {AROUND_A_VISIT} or {day} > {end} + {AROUND_A_VISIT})"
    joined = f"{table_of(check)} join {visits}"
    looked_at = Measure(source=joined, aggregate="count(*)", rows=f"select t.* from {joined}")
    columns = ("visit_occurrence_id", "visit_start_date", "visit_end_date")
    needs = (
        *own(check, "visit_occurrence_id"),
        *(("visit_occurrence", name) for name in columns),
    )
    return _joined(check, given, visits, outside, looked_at, needs)


def _joined(
    check: QualityCheck,
    given: Circumstances,
    other: str,
    condition: str,
    looked_at: Measure,
    needs: tuple[Need, ...],
) -> Asking:
    """A condition on rows of the table and of another.

    Where the condition itself may fail, OHDSI's join fails also for a row without a partner; so
    it is asked in OHDSI's way, and alone.
    """
    source = f"{table_of(check)} join {other}"
    broken = Measure(source=f"{source} where {condition}", aggregate="count(*)")
    together = Measure(source=source, aggregate=count_where(condition))
    return Asking(
        breaking=broken if _may_fail(check, given, other) else together,
        looked_at=looked_at,
        rows=f"select t.* from {source} where {condition}",
        needs=needs,
    )


def _may_fail(check: QualityCheck, given: Circumstances, other: str) -> bool:
    found_type = given.catalogue.get(check.table, {}).get(check.column, "")
    is_text = found_type.split("(")[0].strip() in TEXTS
    return given.reading == "dqd" and (is_text or (other == PEOPLE and given.has_unreadable_births))


def _start_before_end(check: QualityCheck, given: Circumstances) -> Asking:
    start, end = column_of(check), f"t.{quoted(check.asked.end or '')}"
    has_both = f"{start} is not null and {end} is not null"
    both = Measure(
        source=table_of(check), aggregate=count_where(has_both), rows=rows_of(check, has_both)
    )
    # A condition in `and` stands before no cast: a start without an end is not read as a day.
    ends_first = f"case when {has_both} then {as_day(start)} > {as_day(end)} end"
    asking = rows_where(check, ends_first, both)
    return Asking(
        breaking=asking.breaking,
        looked_at=both,
        rows=asking.rows,
        needs=own(check, check.asked.end),
    )


OF_TIME: dict[str, Asker] = {
    "plausibleTemporalAfter": _temporal_after,
    "plausibleAfterBirth": _after_birth,
    "plausibleBeforeDeath": _before_death,
    "plausibleDuringLife": _during_life,
    "withinVisitDates": _within_visit,
    "plausibleStartBeforeEnd": _start_before_end,
}
