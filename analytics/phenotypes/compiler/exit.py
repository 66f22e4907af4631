"""When each included event leaves the cohort, and which of these spans become one."""

from analytics.phenotypes.compiler.comparisons import date_text
from analytics.phenotypes.compiler.domains import drug_exposure_end
from analytics.phenotypes.compiler.entry import KEY, Entries
from analytics.phenotypes.compiler.groups import Criteria
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.compiler.sql_text import (
    Cte,
    Join,
    add_days,
    compared,
    in_select,
    select_text,
)
from analytics.phenotypes.compiler.windows import OBSERVED_TO, between, days_words
from analytics.phenotypes.expression import (
    CohortExpression,
    Criterion,
    CustomEra,
    DateOffset,
    Period,
)


def add_cohort(
    model: Model, criteria: Criteria, expression: CohortExpression, entries: Entries
) -> str:
    """The last part: person_id, cohort_start_date, cohort_end_date."""
    spans = _add_spans(model, criteria, expression, entries.index.name)
    gap_days = expression.collapse_settings.era_pad
    name = model.names.take("cohort_periods")
    gap = f", gap_days={gap_days}" if gap_days else ""
    apart = (
        f"overlap or lie at most {days_words(gap_days)} apart" if gap_days else "overlap or touch"
    )
    model.add(
        Cte(
            name=name,
            body=f"{{{{ collapse_periods('{spans}'{gap}) }}}}",
            comment=f"Spans of a person that {apart} become one.",
        )
    )
    return model.add(Cte(name="final", body=_final(expression.censor_window, name)))


def needs_numbers(expression: CohortExpression) -> bool:
    """Whether entry events must be told apart when the ends are looked for."""
    return bool(expression.censoring_criteria) or isinstance(expression.end_strategy, CustomEra)


def _add_spans(
    model: Model, criteria: Criteria, expression: CohortExpression, included: str
) -> str:
    strategy = expression.end_strategy
    name = "cohort_spans"
    if needs_numbers(expression):
        return _add_earliest_ends(model, criteria, expression, included)
    end, where = OBSERVED_TO, []
    comment = "Until the end of the observation period."
    if isinstance(strategy, DateOffset):
        after = _offset_end(strategy)
        is_start = after == "start_date"
        end = after if is_start else f"least({after}, {OBSERVED_TO})"
        where = [] if _is_never_before_start(strategy) else [f"{after} >= start_date"]
        or_earlier = (
            "" if is_start else ", or until that of the observation period if it is earlier"
        )
        comment = f"{_offset_words(strategy)}{or_earlier}."
    body = select_text(
        columns=["person_id", "start_date", f"{end} as end_date"], source=included, where=where
    )
    return model.add(Cte(name=model.names.take(name), body=body, comment=comment))


def _offset_end(strategy: DateOffset) -> str:
    field = "start_date" if strategy.date_field == "StartDate" else "end_date"
    return add_days(field, strategy.offset)


def _is_never_before_start(strategy: DateOffset) -> bool:
    return strategy.date_field == "StartDate" and strategy.offset >= 0


def _offset_words(strategy: DateOffset) -> str:
    side = "start" if strategy.date_field == "StartDate" else "end"
    if strategy.offset == 0:
        return f"Until the {side} of the event"
    word = "after" if strategy.offset > 0 else "before"
    return f"Until {days_words(abs(strategy.offset))} {word} the {side} of the event"


def _add_earliest_ends(
    model: Model, criteria: Criteria, expression: CohortExpression, included: str
) -> str:
    ends = [_strategy_end(expression, included)]
    reads = [included]
    if isinstance(expression.end_strategy, CustomEra):
        eras = _add_exposure_eras(model, expression.end_strategy)
        ends.append(_era_end(included, eras, expression.end_strategy.offset))
        reads.append(eras)
    for position, criterion in enumerate(expression.censoring_criteria):
        events = _censoring_events(criteria, criterion, position)
        ends.append(_censoring_end(included, events))
        reads.append(events)
    possible = model.add(
        Cte(
            name=model.names.take("possible_ends"),
            body="\nunion all\n".join(ends),
            comment="Whatever may end an event's time in the cohort; the earliest does.",
        )
    )
    body = select_text(
        columns=["person_id", "start_date", "min(end_date) as end_date"],
        source=possible,
        where=["end_date >= start_date"],
        group_by=["person_id", KEY, "start_date"],
    )
    return model.add(Cte(name=model.names.take("cohort_spans"), body=body))


def _strategy_end(expression: CohortExpression, included: str) -> str:
    """The end by date: the observation period, or days after the event if that is earlier."""
    strategy = expression.end_strategy
    if not isinstance(strategy, DateOffset):
        end, where = f"{OBSERVED_TO} as end_date", []
    else:
        after = _offset_end(strategy)
        end = f"least({after}, {OBSERVED_TO}) as end_date"
        where = [] if strategy.date_field == "StartDate" else ["end_date is not null"]
    return select_text(columns=["person_id", KEY, "start_date", end], source=included, where=where)


def _add_exposure_eras(model: Model, strategy: CustomEra) -> str:
    members = model.concept_set(strategy.drug_concept_set_id)
    what = slug(model.title_of(strategy.drug_concept_set_id), 36)
    table, start = model.table("drug_exposure"), "drug_exposure_start_date"
    supply = strategy.days_supply_override
    end = drug_exposure_end(str) if supply is None else add_days(start, supply)
    exposures = model.add(
        Cte(
            name=model.names.take(f"{what}_era_exposures"),
            body=select_text(
                columns=[
                    "person_id",
                    f"{start} as start_date",
                    f"{end} as end_date",
                ],
                source=table,
                where=[
                    in_select("drug_concept_id", members, "concept_id")
                    + "\nor "
                    + in_select("drug_source_concept_id", members, "concept_id")
                ],
            ),
        )
    )
    gap_days = strategy.gap_days + strategy.offset
    apart = f"at most {days_words(strategy.gap_days)} apart"
    if strategy.offset:
        apart += f", each {days_words(strategy.offset)} longer than recorded,"
    return model.add(
        Cte(
            name=model.names.take(f"{what}_eras"),
            body=f"{{{{ collapse_periods('{exposures}', gap_days={gap_days}) }}}}",
            comment=f"Exposures of a person {apart} become one era.",
        )
    )


def _era_end(included: str, eras: str, offset: int) -> str:
    end = add_days(f"{eras}.end_date", offset)
    return select_text(
        columns=[*_entry_columns(included), f"{end} as end_date" if offset else end],
        source=included,
        joins=[
            Join(
                relation=eras,
                on=(
                    compared(f"{included}.person_id", "=", f"{eras}.person_id"),
                    between(
                        f"{included}.start_date", f"{eras}.start_date", end, day_is_joined=False
                    ),
                ),
            )
        ],
    )


def _censoring_events(criteria: Criteria, criterion: Criterion, position: int) -> str:
    return criteria.events(criterion, f"$.CensoringCriteria[{position}]")


def _censoring_end(included: str, events: str) -> str:
    return select_text(
        columns=[*_entry_columns(included), f"{events}.start_date as end_date"],
        source=included,
        joins=[
            Join(
                relation=events,
                on=(
                    compared(f"{included}.person_id", "=", f"{events}.person_id"),
                    between(
                        f"{events}.start_date",
                        f"{included}.start_date",
                        f"{included}.{OBSERVED_TO}",
                    ),
                ),
            )
        ],
    )


def _entry_columns(included: str) -> list[str]:
    return [f"{included}.person_id", f"{included}.{KEY}", f"{included}.start_date"]


def _final(window: Period | None, periods: str) -> str:
    start, end = "start_date", "end_date"
    if window is not None and window.start_date is not None:
        start = f"greatest(start_date, {date_text(window.start_date)})"
    if window is not None and window.end_date is not None:
        end = f"least(end_date, {date_text(window.end_date)})"
    is_cut = (start, end) != ("start_date", "end_date")
    return select_text(
        columns=["person_id", f"{start} as cohort_start_date", f"{end} as cohort_end_date"],
        source=periods,
        where=[f"{start} <= {end}"] if is_cut else [],
    )
