"""Which events of a person go on: entry events, their limits, the rules they must meet."""

from dataclasses import dataclass, replace

from analytics.phenotypes.compiler.criteria import SORT_DATE
from analytics.phenotypes.compiler.groups import Criteria, observation_join
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.compiler.sql_text import (
    Cte,
    Join,
    add_days,
    compared,
    row_number,
    select_text,
)
from analytics.phenotypes.compiler.windows import (
    OBSERVED_FROM,
    OBSERVED_TO,
    Index,
    days_words,
)
from analytics.phenotypes.expression import CohortExpression, InclusionRule, PrimaryCriteria

KEY = "entry_number"


@dataclass(frozen=True, kw_only=True)
class CompiledRule:
    """An inclusion rule: its number from 1, its name, and the part that holds whom it lets pass.

    A rule that asks nothing has the part that holds all index events.
    """

    number: int
    title: str
    part: str


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A part that holds index events; at most one for each person where `is_single`.

    `rules` are those that they were put to, in order.
    """

    index: Index
    is_single: bool = False
    rules: tuple[CompiledRule, ...] = ()


def add_included_events(
    model: Model, criteria: Criteria, expression: CohortExpression, *, needs_number: bool
) -> Entries:
    """The entry events that meet all rules and limits, by part."""
    entries = _add_entry_events(model, criteria, expression.primary_criteria, needs_number)
    entries = add_qualified_events(model, criteria, expression, entries)
    rules = add_rules(criteria, expression, entries)
    asking = [rule.part for rule in rules if rule.part != entries.index.name]
    if asking:
        entries = _add_passing(model, entries, asking, "included_events")
    limited = _add_limited(model, entries, expression.expression_limit.type)
    return replace(limited, rules=rules)


def add_qualified_events(
    model: Model, criteria: Criteria, expression: CohortExpression, entries: Entries
) -> Entries:
    """The entry events that meet the additional criteria, after their limit."""
    additional = expression.additional_criteria
    if additional is None:
        return entries
    if not additional.is_empty:
        path = "$.AdditionalCriteria"
        passing = criteria.group(additional, entries.index, "meets_entry_criteria", path, "")
        entries = _add_passing(model, entries, [passing], "qualified_events")
    return _add_limited(model, entries, expression.qualified_limit.type)


def add_rules(
    criteria: Criteria, expression: CohortExpression, entries: Entries
) -> tuple[CompiledRule, ...]:
    """One part for each inclusion rule: the index events that it lets pass."""
    return tuple(
        _add_rule(criteria, entries.index, rule, number)
        for number, rule in enumerate(expression.inclusion_rules, start=1)
    )


def _add_rule(criteria: Criteria, index: Index, rule: InclusionRule, number: int) -> CompiledRule:
    title = " ".join((rule.name or "").split()) or f"Rule {number}"
    if rule.expression.is_empty:
        return CompiledRule(number=number, title=title, part=index.name)
    path, words = f"$.InclusionRules[{number - 1}].expression", _rule_words(rule, number)
    part = criteria.group(rule.expression, index, _rule_name(rule, number), path, words)
    return CompiledRule(number=number, title=title, part=part)


def _add_entry_events(
    model: Model, criteria: Criteria, primary: PrimaryCriteria, needs_number: bool
) -> Entries:
    source = add_found_events(model, criteria, primary)
    is_single = primary.limit.type != "All"
    name = model.names.take("entry_events")
    numbered = model.names.take("numbered_entry_events") if is_single else name
    number = entry_number(criteria, primary, source)
    body = select_text(
        columns=[
            *entry_columns(model, criteria, source),
            *([number] if needs_number or is_single else []),
        ],
        source=source,
        joins=[observation_join(source)],
        where=observed_long_enough(primary, source),
    )
    model.add(Cte(name=numbered, body=body, comment=_entry_words(primary)))
    if is_single:
        body = select_text(columns=["*"], source=numbered, where=[f"{KEY} = 1"])
        model.add(Cte(name=name, body=body))
    index = Index(name=name, key=KEY, noun="the entry event")
    return Entries(index=index, is_single=is_single)


def add_found_events(model: Model, criteria: Criteria, primary: PrimaryCriteria) -> str:
    """The part that holds all events that the primary criteria find, observed or not."""
    parts = [
        criteria.events(criterion, f"$.PrimaryCriteria.CriteriaList[{position}]")
        for position, criterion in enumerate(primary.criteria)
    ]
    return parts[0] if len(parts) == 1 else _add_candidates(model, criteria, primary, parts)


def entry_columns(model: Model, criteria: Criteria, source: str) -> list[str]:
    """The columns of an entry event but its number, selected from the events found."""
    period = model.table("observation_period")
    columns = criteria.event_columns()
    kept = [column for column in columns if column not in ("event_id", SORT_DATE)]
    return [
        *(f"{source}.{column}" for column in kept),
        f"{period}.observation_period_start_date as {OBSERVED_FROM}",
        f"{period}.observation_period_end_date as {OBSERVED_TO}",
    ]


def entry_number(criteria: Criteria, primary: PrimaryCriteria, source: str) -> str:
    """The column that numbers the events of each person, in the order of the primary limit."""
    columns = criteria.event_columns()
    direction = " desc" if primary.limit.type == "Last" else ""
    day = SORT_DATE if SORT_DATE in columns else "start_date"
    tie_breaks = ["event_id"] if len(primary.criteria) == 1 else ["event_id", "end_date"]
    order = [f"{source}.{day}{direction}", *(f"{source}.{column}" for column in tie_breaks)]
    return row_number(f"{source}.person_id", order, KEY)


def observed_long_enough(primary: PrimaryCriteria, source: str) -> list[str]:
    """What must be true of an event's observation period besides that the event lies in it."""
    window, day = primary.observation_window, f"{source}.start_date"
    conditions = []
    if window.prior_days:
        first = add_days("observation_period.observation_period_start_date", window.prior_days)
        conditions.append(compared(first, "<=", day))
    if window.post_days:
        last = "observation_period.observation_period_end_date"
        conditions.append(compared(add_days(day, window.post_days), "<=", last))
    return conditions


def _entry_words(primary: PrimaryCriteria) -> str:
    window = primary.observation_window
    which = {"All": "Each event", "First": "The first event", "Last": "The last event"}
    around = [
        f"{days_words(days)} of it {side}"
        for days, side in ((window.prior_days, "before"), (window.post_days, "after"))
        if days
    ]
    observed = "inside an observation period" + (f" with {' and '.join(around)}" if around else "")
    return f"{which[primary.limit.type]} {observed}."


def _add_candidates(
    model: Model, criteria: Criteria, primary: PrimaryCriteria, parts: list[str]
) -> str:
    columns = criteria.event_columns()
    is_alike = all(criteria.event_columns(found) == columns for found in primary.criteria)
    chosen = ("*",) if is_alike else columns
    body = "\nunion all\n".join(select_text(columns=chosen, source=part) for part in parts)
    return model.add(
        Cte(
            name=model.names.take("candidate_events"),
            body=body,
        )
    )


def _add_passing(model: Model, entries: Entries, passing: list[str], wanted: str) -> Entries:
    """The index events that pass all of some parts."""
    source = entries.index.name
    part = passing[0] if len(passing) == 1 else _add_intersection(model, passing)
    same_event = (
        compared(f"{source}.person_id", "=", f"{part}.person_id"),
        compared(f"{source}.{KEY}", "=", f"{part}.{KEY}"),
    )
    body = select_text(
        columns=[f"{source}.*"], source=source, joins=[Join(relation=part, on=same_event)]
    )
    name = model.names.take(wanted)
    model.add(Cte(name=name, body=body))
    return replace(entries, index=replace(entries.index, name=name))


def _add_intersection(model: Model, passing: list[str]) -> str:
    body = "\nintersect\n".join(f"select * from {part}" for part in passing)
    name = model.names.take("meets_every_rule")
    return model.add(
        Cte(
            name=name,
            body=body,
        )
    )


def _add_limited(model: Model, entries: Entries, limit: str) -> Entries:
    """The first or last event of each person, of those that are left."""
    if entries.is_single or limit == "All":
        return entries
    source, direction = entries.index.name, " desc" if limit == "Last" else ""
    numbered = model.names.take(f"numbered_{source}")
    body = select_text(
        columns=[
            "*",
            row_number("person_id", [f"start_date{direction}", KEY], "place_in_order"),
        ],
        source=source,
    )
    model.add(Cte(name=numbered, body=body))
    name = model.names.take(f"{limit.lower()}_{source}")
    body = select_text(columns=["*"], source=numbered, where=["place_in_order = 1"])
    model.add(Cte(name=name, body=body))
    return Entries(index=replace(entries.index, name=name), is_single=True)


def _rule_name(rule: InclusionRule, number: int) -> str:
    return slug(rule.name or "") or f"rule_{number}"


def _rule_words(rule: InclusionRule, number: int) -> str:
    said = [" ".join(text.split()) for text in (rule.name, rule.description) if text]
    words = ". ".join(text.rstrip(".") for text in said if text)
    return f"Rule {number}: {words}." if words else f"Rule {number}."
