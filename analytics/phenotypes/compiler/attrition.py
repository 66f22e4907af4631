"""The events that may open a cohort, and how many of its rules each of them passes."""

from analytics.phenotypes.compiler.entry import (
    KEY,
    CompiledRule,
    Entries,
    add_found_events,
    add_qualified_events,
    add_rules,
    entry_columns,
    entry_number,
    observed_long_enough,
)
from analytics.phenotypes.compiler.groups import Criteria, observation_join
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.sql_text import Cte, Join, row_number, select_text
from analytics.phenotypes.compiler.windows import OBSERVED_FROM, Index
from analytics.phenotypes.expression import CohortExpression

RECORDED, ENTRY, RULES_MET = "recorded_events", "entry_events", "rules_met"


def add_rules_passed(model: Model, criteria: Criteria, expression: CohortExpression) -> str:
    """The last part: each event found, observed or not, with the number of rules it passes."""
    recorded = _add_recorded_events(model, criteria, expression)
    entries = _add_entry_events(model, expression, recorded)
    entries = add_qualified_events(model, criteria, expression, entries)
    rules = add_rules(criteria, expression, entries)
    relations = [recorded, entries.index.name]
    if rules:
        relations.append(_add_rules_met(model, rules))
    arguments = ", ".join(f"'{relation}'" for relation in relations)
    body = f"{{{{ count_rules_passed({arguments}) }}}}"
    return model.add(Cte(name="final", body=body))


def _add_recorded_events(model: Model, criteria: Criteria, expression: CohortExpression) -> str:
    primary = expression.primary_criteria
    source = add_found_events(model, criteria, primary)
    joined = observation_join(source)
    body = select_text(
        columns=[
            *entry_columns(model, criteria, source),
            entry_number(criteria, primary, source),
        ],
        source=source,
        joins=[
            Join(
                relation=joined.relation,
                on=(*joined.on, *observed_long_enough(primary, source)),
                kind="left join",
            )
        ],
        where=[f"{source}.person_id is not null"],
    )
    return model.add(
        Cte(
            name=model.names.take(RECORDED),
            body=body,
            comment=(
                "Each event of a person; without observation dates where not observed as asked."
            ),
        )
    )


def _add_entry_events(model: Model, expression: CohortExpression, recorded: str) -> Entries:
    """The recorded events that are observed as asked, after the primary limit."""
    is_single = expression.primary_criteria.limit.type != "All"
    name = model.names.take(ENTRY)
    observed = model.names.take(f"numbered_{name}") if is_single else name
    place = [row_number("person_id", [KEY], "place_in_order")] if is_single else []
    body = select_text(
        columns=["*", *place], source=recorded, where=[f"{OBSERVED_FROM} is not null"]
    )
    model.add(Cte(name=observed, body=body))
    if is_single:
        body = select_text(columns=["*"], source=observed, where=["place_in_order = 1"])
        model.add(Cte(name=name, body=body))
    return Entries(index=Index(name=name, key=KEY, noun="the entry event"), is_single=is_single)


def _add_rules_met(model: Model, rules: tuple[CompiledRule, ...]) -> str:
    body = "\nunion all\n".join(
        select_text(columns=["person_id", KEY, f"{rule.number} as rule_number"], source=rule.part)
        for rule in rules
    )
    return model.add(Cte(name=model.names.take(RULES_MET), body=body))
