"""Whole tables: they are there, everybody is in them, periods of observation stand apart."""

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures.measure import (
    Asker,
    Asking,
    Circumstances,
    Measure,
    column_of,
    count_where,
    day_to_count_from,
    literal,
    own,
    quoted,
    table_of,
)


def _table(check: QualityCheck, given: Circumstances) -> Asking:
    return _is_there(check, "0 * count(*)", "tables", "")


def _field(check: QualityCheck, given: Circumstances) -> Asking:
    named = f" and lower(column_name) = {literal(check.column)}"
    return _is_there(check, f"0 * count({column_of(check)})", "columns", named)


def _is_there(check: QualityCheck, counted: str, listed_in: str, named: str) -> Asking:
    """Counting is all that is asked: it fails where there is nothing to count."""
    return Asking(
        breaking=Measure(source=table_of(check), aggregate=counted),
        looked_at=Measure(source=table_of(check), aggregate="1 + 0 * count(*)"),
        rows=f"select {literal(check.table)} as lacking where not exists (select 1 from "
        f"information_schema.{listed_in} where table_schema = current_schema() "
        f"and lower(table_name) = {literal(check.table)}{named})",
        needs=own(check),
    )


def _person_completeness(check: QualityCheck, given: Circumstances) -> Asking:
    source = (
        f"person as p left join (select distinct u.person_id from {quoted(check.table)} as u) as t "
        "on t.person_id = p.person_id"
    )
    nobody = "p.person_id is not null and t.person_id is null"
    return Asking(
        breaking=Measure(source=source, aggregate=count_where(nobody)),
        looked_at=Measure(
            source="person as t", aggregate="count(*)", rows="select t.* from person as t"
        ),
        rows="select t.* from person as t where t.person_id is not null and not exists "
        f"(select 1 from {quoted(check.table)} as u where u.person_id = t.person_id)",
        needs=((check.table, "person_id"), ("person", "person_id")),
    )


def _condition_eras(check: QualityCheck, given: Circumstances) -> Asking:
    diagnosed = "from condition_occurrence as c where c.condition_concept_id <> 0"
    whom = f"select distinct c.person_id {diagnosed} and c.person_id is not null"
    source = (
        f"(select distinct c.person_id {diagnosed}) as t "
        "left join (select distinct u.person_id from condition_era as u) as e "
        "on e.person_id = t.person_id"
    )
    return Asking(
        breaking=Measure(
            source=source,
            aggregate=count_where("e.person_id is null and t.person_id is not null"),
        ),
        looked_at=Measure(source=source, aggregate="count(t.person_id)", rows=whom),
        rows=f"{whom} "
        "and not exists (select 1 from condition_era as u where u.person_id = c.person_id)",
        needs=(
            ("condition_era", "person_id"),
            ("condition_occurrence", "person_id"),
            ("condition_occurrence", "condition_concept_id"),
        ),
    )


def _period_overlap(check: QualityCheck, given: Circumstances) -> Asking:
    key, start, end = (f"observation_period_{part}" for part in ("id", "start_date", "end_date"))
    one_day = "interval '1' day"
    (starts, ends), (also_starts, also_ends) = (
        tuple(day_to_count_from(f"{one}.{name}", given) for name in (start, end)) for one in "tu"
    )
    source = (
        f"observation_period as t join observation_period as u on u.person_id = t.person_id "
        f"and u.{key} <> t.{key} where ({starts} <= {also_ends} and {ends} >= {also_starts}) "
        f"or {ends} + {one_day} = {also_starts} or {also_ends} + {one_day} = {starts}"
    )
    people = "count(distinct t.person_id)"
    return Asking(
        breaking=Measure(source=source, aggregate=people),
        looked_at=Measure(
            source=table_of(check),
            aggregate=people,
            rows=f"select distinct t.person_id from {table_of(check)} "
            "where t.person_id is not null",
        ),
        rows=f"select distinct t.person_id from {source}",
        needs=tuple(("observation_period", name) for name in ("person_id", key, start, end)),
    )


OF_TABLES: dict[str, Asker] = {
    "cdmTable": _table,
    "cdmField": _field,
    "measurePersonCompleteness": _person_completeness,
    "measureConditionEraCompleteness": _condition_eras,
    "measureObservationPeriodOverlap": _period_overlap,
}
