"""Values of one column: filled, whole, a key, a reference, mapped, within bounds."""

from datetime import timedelta

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures.measure import (
    Asker,
    Asking,
    Circumstances,
    Measure,
    all_rows,
    as_day,
    by_value,
    column_of,
    count_where,
    filled_rows,
    own,
    quoted,
    rows_of,
    rows_where,
    sum_where,
    table_of,
)
from analytics.quality.measures.whole_numbers import breaks_datatype


def _nulls(check: QualityCheck, given: Circumstances) -> Asking:
    return rows_where(check, f"{column_of(check)} is null", all_rows(check))


def _datatype(check: QualityCheck, given: Circumstances) -> Asking:
    found = given.catalogue.get(check.table, {}).get(check.column, "")
    breaks = breaks_datatype(column_of(check), found, mended=given.reading == "catchment")
    # A type on which the question itself may fail is asked apart, and so is alone in failing.
    source = table_of(check) if breaks.is_safe else f"(select * from {quoted(check.table)}) as t"
    return Asking(
        breaking=Measure(source=source, aggregate=count_where(breaks.condition)),
        looked_at=all_rows(check),
        rows=rows_of(check, breaks.condition),
        needs=own(check),
    )


def _primary_key(check: QualityCheck, given: Circumstances) -> Asking:
    repeated = (
        f"(select {quoted(check.column)} as v, count(*) as n from {quoted(check.table)} "
        "group by 1 having count(*) > 1) as t"
    )
    return Asking(
        breaking=Measure(source=repeated, aggregate=sum_where("t.v is not null")),
        looked_at=all_rows(check),
        rows=f"select t.* from {table_of(check)} where {column_of(check)} in (select "
        f"{quoted(check.column)} from {quoted(check.table)} group by 1 having count(*) > 1)",
        needs=own(check),
    )


def _foreign_key(check: QualityCheck, given: Circumstances) -> Asking:
    table, column = (check.asked.to or ".").split(".")
    # Concept 0 says "no matching concept", whether or not a cut-down vocabulary lists it.
    is_known_anyway = table == "concept" and given.reading == "catchment"
    not_zero = "<> 0" if is_known_anyway else "is not null"
    strangers = (
        f"{table_of(check)} left join {quoted(table)} as there "
        f"on there.{quoted(column)} = {column_of(check)} "
        f"where there.{quoted(column)} is null and {column_of(check)} {not_zero}"
    )
    one_by_one = Measure(source=strangers, aggregate="count(*)")
    # The checks of a column of concepts share one look at the vocabulary.
    with_concepts = Measure(
        source=f"{by_value(check)} left join concept as co on co.concept_id = t.v",
        aggregate=sum_where(f"co.concept_id is null and t.v {not_zero}"),
    )
    return Asking(
        breaking=with_concepts if table == "concept" else one_by_one,
        looked_at=all_rows(check),
        rows=f"select t.* from {strangers}",
        needs=(*own(check), (table, column)),
    )


def _mapped(check: QualityCheck, given: Circumstances) -> Asking:
    mine, source_value = column_of(check), check.asked.source_value
    unmapped, looked_at = f"{mine} = 0", f"{mine} is not null"
    if source_value:
        said = f"t.{quoted(source_value)} is not null"
        unmapped, looked_at = f"{mine} = 0 or ({mine} is null and {said})", f"{looked_at} or {said}"
    return Asking(
        breaking=Measure(source=table_of(check), aggregate=count_where(unmapped)),
        looked_at=Measure(
            source=table_of(check),
            aggregate=count_where(looked_at),
            rows=rows_of(check, looked_at),
        ),
        rows=rows_of(check, unmapped),
        needs=own(check, source_value),
    )


def _source_values(check: QualityCheck, given: Circumstances) -> Asking:
    concept = quoted(check.asked.standard_concept or "")
    source = (
        f"(select {quoted(check.column)} as v, "
        f"max(case when {concept} = 0 then 1 else 0 end) as is_unmapped "
        f"from {quoted(check.table)} group by 1) as t"
    )
    return Asking(
        breaking=Measure(source=source, aggregate=count_where("t.is_unmapped = 1")),
        looked_at=Measure(
            source=source,
            aggregate="count(*)",
            rows=f"select distinct {column_of(check)} from {table_of(check)}",
        ),
        rows=f"select distinct {column_of(check)} from {table_of(check)} where t.{concept} = 0",
        needs=own(check, check.asked.standard_concept),
    )


def _low(check: QualityCheck, given: Circumstances) -> Asking:
    low = check.asked.low
    too_low = (
        f"{as_day(column_of(check))} < date '{low}'"
        if isinstance(low, str)
        else f"{column_of(check)} < {low:.15g}"
    )
    return rows_where(check, too_low, filled_rows(check))


def _high(check: QualityCheck, given: Circumstances) -> Asking:
    match check.asked.high:
        case "tomorrow":
            tomorrow = given.today + timedelta(days=1)
            too_high = f"{as_day(column_of(check))} > date '{tomorrow}'"
        case "next year":
            too_high = f"{column_of(check)} > {given.today.year + 1}"
        case high:
            too_high = f"{column_of(check)} > {high:.15g}"
    return rows_where(check, too_high, filled_rows(check))


OF_COLUMNS: dict[str, Asker] = {
    "isRequired": _nulls,
    "measureValueCompleteness": _nulls,
    "cdmDatatype": _datatype,
    "isPrimaryKey": _primary_key,
    "isForeignKey": _foreign_key,
    "standardConceptRecordCompleteness": _mapped,
    "sourceConceptRecordCompleteness": _mapped,
    "sourceValueCompleteness": _source_values,
    "plausibleValueLow": _low,
    "plausibleValueHigh": _high,
}
