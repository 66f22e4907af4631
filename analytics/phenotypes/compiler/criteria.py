"""A criterion as the events that it finds: one part of the model, named by what they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.errors import BadInputError
from analytics.phenotypes.compiler.attributes import (
    EventDates,
    attribute_conditions,
    refuse_what_is_not_read,
    table_join,
    tables_beside,
)
from analytics.phenotypes.compiler.comparisons import date_text
from analytics.phenotypes.compiler.domains import DOMAINS, Column, Domain
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.naming import LONGEST_IDENTIFIER, slug
from analytics.phenotypes.compiler.sql_text import (
    Cte,
    Join,
    add_days,
    days_between,
    in_select,
    row_number,
    select_text,
)
from analytics.phenotypes.expression import Criterion, NumericRange
from analytics.phenotypes.expression.windows import CountedColumn

VISIT = "visit_occurrence_id"
SORT_DATE = "sort_date"
"""The day that decides which event is the first, where it is not the day that it starts on."""
RECORDED_START, RECORDED_END = "recorded_start_date", "recorded_end_date"
VALUES: Mapping[str, str] = {
    "lt": "below",
    "lte": "up_to",
    "eq": "of",
    "!eq": "other_than",
    "gt": "above",
    "gte": "from",
    "bt": "of",
    "!bt": "outside",
}
DECIMAL_POINT = re.compile(r"(?<=[0-9])p(?=[0-9])")
STANDARD_COUNTED: Mapping[str, str] = {
    "START_DATE": "start_date",
    "END_DATE": "end_date",
    "VISIT_ID": VISIT,
}
"""Countable columns that each event has anyway."""


@dataclass(frozen=True, kw_only=True)
class EventColumns:
    """The columns that a part needs besides person_id, event_id, start_date and end_date."""

    with_visit: bool = False
    with_sort_date: bool = False
    counted: tuple[CountedColumn, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of an event."""
        extra = tuple(counted_name(column) for column in self.counted)
        visit = (VISIT,) if self.with_visit else ()
        sort = (SORT_DATE,) if self.with_sort_date else ()
        return ("person_id", "event_id", "start_date", "end_date", *visit, *sort, *extra)


def counted_name(column: CountedColumn) -> str:
    """What a countable column is called in a part."""
    own = {"DOMAIN_CONCEPT": "concept_id", "ERA_OCCURRENCES": "occurrence_count"}
    return STANDARD_COUNTED.get(column) or own.get(column) or column.lower()


def add_events(model: Model, criterion: Criterion, columns: EventColumns, path: str) -> str:
    """The part that holds the events of a criterion, whatever else must be true around them."""
    refuse_what_is_not_read(criterion, path)
    domain = DOMAINS[criterion.kind]
    name = model.names.take(_name(model, criterion, domain))
    source = model.table(domain.table)
    rows = _concept_conditions(model, criterion, domain)
    if criterion.kind == "LocationRegion":
        return _add_regions(model, name, columns, rows)
    is_first, moved = getattr(criterion, "first_only", False), criterion.date_adjustment
    if is_first or moved is not None:
        source = _add_prepared(model, criterion, domain, name, rows)
    beside = tables_beside(criterion)

    def of(column: str) -> str:
        return f"{source}.{column}" if beside else column

    dates = _dates(criterion, domain, of)
    conditions = [_of(row, of) for row in rows] if source == domain.table else []
    if is_first:
        conditions.append(f"{of('occurrence_number')} = 1")
    if moved is not None:
        conditions.append(f"{dates.end} >= {dates.start}")
    conditions += attribute_conditions(model, criterion, of, dates, path)
    for table in beside:
        model.table(table)
    body = select_text(
        columns=_event_columns(criterion, domain, of, dates, columns, path),
        source=source,
        joins=[table_join(table, source, dates) for table in beside],
        where=conditions,
    )
    return model.add(Cte(name=name, body=body, words=_in_words(name, criterion)))


def _name(model: Model, criterion: Criterion, domain: Domain) -> str:
    """What the events are called: `first_hba1c_measurements_from_6p5`."""
    concept_set_id = getattr(criterion, "concept_set_id", None)
    if concept_set_id is None:
        concept_set_id = getattr(criterion, "source_concept_set_id", None)
    what = slug(model.title_of(concept_set_id), 36) if concept_set_id is not None else ""
    first = "first_" if getattr(criterion, "first_only", False) else ""
    asked = _asked_value(criterion)
    value = "" if asked is None else f"_{_value_name(asked)}"
    name = f"{first}{_with_noun(what, domain.noun)}{value}"
    if value and len(name) > LONGEST_IDENTIFIER - len("without_"):
        longest = LONGEST_IDENTIFIER - len("without_first_") - len(value)
        name = f"{first}{slug(what, longest)}{value}"
    return name.strip("_")


def _in_words(name: str, criterion: Criterion) -> str:
    asked = _asked_value(criterion)
    value = "" if asked is None else _value_name(asked)
    return name.replace(value, DECIMAL_POINT.sub(".", value)).replace("_", " ").strip()


def _with_noun(what: str, noun: str) -> str:
    """`heart_failure_conditions`; what says the noun already is not made to say it twice."""
    if what.endswith((noun, noun.removesuffix("s"))):
        return what
    thing, _, kind = noun.partition("_")
    if kind and (what.endswith((f"_{thing}", f"_{thing}s"))):
        what = what.rpartition("_")[0]
    return f"{what}_{noun}".replace("__", "_")


def _asked_value(criterion: Criterion) -> NumericRange | None:
    asked: NumericRange | None = getattr(criterion, "value_as_number", None)
    return asked


def _value_name(asked: NumericRange) -> str:
    """`of_4_to_8p25`: a name has no decimal point."""
    ends = [asked.value, *([asked.extent] if asked.extent is not None else [])]
    return "_".join((VALUES[asked.comparison], "_to_".join(_number_name(end) for end in ends)))


def _number_name(number: float) -> str:
    plain = f"{number:f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
    return plain.replace("-", "minus_").replace(".", "p")


def _concept_conditions(
    model: Model, criterion: Criterion, domain: Domain
) -> list[tuple[str, str]]:
    """The concept columns of the table, each with the part that it must be in."""
    asked = (
        (domain.concept, getattr(criterion, "concept_set_id", None)),
        (domain.source_concept, getattr(criterion, "source_concept_set_id", None)),
    )
    return [
        (column, model.concept_set(concept_set_id))
        for column, concept_set_id in asked
        if column is not None and concept_set_id is not None
    ]


def _of(row: tuple[str, str], of: Column) -> str:
    column, members = row
    return in_select(of(column), members, "concept_id")


def _add_prepared(
    model: Model, criterion: Criterion, domain: Domain, name: str, rows: list[tuple[str, str]]
) -> str:
    """All events of the concept set, numbered where the first is asked for, with their dates where
    these are moved. The first is the first of all, not of those that meet the other attributes."""
    columns, is_first = ["*"], getattr(criterion, "first_only", False)
    if is_first:
        columns.append(
            row_number("person_id", [domain.start, domain.event_id], "occurrence_number")
        )
    if criterion.date_adjustment is not None:
        columns += [f"{domain.start} as {RECORDED_START}", f"{domain.end(str)} as {RECORDED_END}"]
    prefix = "numbered" if is_first else "recorded"
    body = select_text(
        columns=columns,
        source=domain.table,
        where=[_of(row, lambda column: column) for row in rows],
    )
    prepared = model.names.take(f"{prefix}_{name.removeprefix('first_')}")
    return model.add(Cte(name=prepared, body=body))


def _dates(criterion: Criterion, domain: Domain, of: Column) -> EventDates:
    moved = criterion.date_adjustment
    if moved is None:
        return EventDates(start=of(domain.start), end=domain.end(of))
    start, end = of(RECORDED_START), of(RECORDED_END)
    # OHDSI's engine moves the start and the day after of a death, whatever dates are named.
    from_end = moved.start_with == "END_DATE" and criterion.kind != "Death"
    to_start = moved.end_with == "START_DATE" and criterion.kind != "Death"
    return EventDates(
        start=add_days(end if from_end else start, moved.start_offset),
        end=add_days(start if to_start else end, moved.end_offset),
    )


def _event_columns(
    criterion: Criterion,
    domain: Domain,
    of: Column,
    dates: EventDates,
    columns: EventColumns,
    path: str,
) -> list[str]:
    start, end = dates.start, dates.end
    period = getattr(criterion, "user_defined_period", None)
    if period is not None and period.start_date is not None:
        start = date_text(period.start_date)
    if period is not None and period.end_date is not None:
        end = date_text(period.end_date)
    selected = [
        of("person_id"),
        f"{of(domain.event_id)} as event_id",
        f"{start} as start_date",
        f"{end} as end_date",
    ]
    if columns.with_visit:
        selected.append(of(VISIT) if domain.has_visit else f"cast(null as bigint) as {VISIT}")
    if columns.with_sort_date:
        selected.append(f"{dates.start} as {SORT_DATE}")
    for column in columns.counted:
        expression = _counted_expression(
            criterion, domain, of, EventDates(start=start, end=end), column
        )
        if expression is None:
            raise BadInputError(
                f"{path}.{criterion.kind}: its events cannot be counted by {column}, which they do "
                "not have. Count something else (START_DATE, say), or the events themselves."
            )
        selected.append(f"{expression} as {counted_name(column)}")
    return selected


def _counted_expression(
    criterion: Criterion, domain: Domain, of: Column, dates: EventDates, column: CountedColumn
) -> str | None:
    if column == "DURATION" and criterion.kind not in ("PayerPlanPeriod", "LocationRegion"):
        return days_between(dates.start, dates.end)
    if column == "DOMAIN_CONCEPT":
        if criterion.kind == "Death":
            return f"coalesce({of('cause_concept_id')}, 0)"
        by_kind = {
            "ObservationPeriod": "period_type_concept_id",
            "PayerPlanPeriod": "payer_concept_id",
        }
        return of(domain.concept or by_kind[criterion.kind])
    if column == "VISIT_DETAIL_ID" and criterion.kind == "VisitDetail":
        return of("visit_detail_id")
    return of(domain.counted[column]) if column in domain.counted else None


def _add_regions(
    model: Model, name: str, columns: EventColumns, rows: list[tuple[str, str]]
) -> str:
    location, history = model.table("location"), model.table("location_history")
    visit = [f"cast(null as bigint) as {VISIT}"] if columns.with_visit else []
    visit += [f"location_history.start_date as {SORT_DATE}"] if columns.with_sort_date else []
    counted = [f"location.region_concept_id as {counted_name(c)}" for c in columns.counted]
    body = select_text(
        columns=[
            "location_history.entity_id as person_id",
            "location_history.location_history_id as event_id",
            "location_history.start_date",
            "coalesce(location_history.end_date, date '2099-12-31') as end_date",
            *visit,
            *counted,
        ],
        source=history,
        joins=[
            Join(relation=location, on=("location_history.location_id = location.location_id",))
        ],
        where=[
            "location_history.domain_id = 'PERSON'",
            *(_of(row, lambda column: f"location.{column}") for row in rows),
        ],
    )
    return model.add(Cte(name=name, body=body))
