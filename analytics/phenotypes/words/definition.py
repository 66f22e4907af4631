"""A whole definition in plain words, as Markdown: what ATLAS calls the print-friendly text."""

from analytics.phenotypes.expression import (
    CohortExpression,
    CustomEra,
    DateOffset,
    InclusionRule,
    Limit,
)
from analytics.phenotypes.words.concept_sets import concept_set_words
from analytics.phenotypes.words.groups import criterion_lines, group_lines, how_many_hold
from analytics.phenotypes.words.values import (
    ConceptSets,
    days_words,
    period_words,
    telling_name,
)


def describe(expression: CohortExpression) -> str:
    """Who enters the cohort, under which rules, until when; and every concept set.

    The same definition gives the same text.
    """
    return describe_rules(expression) + concept_set_words(expression.concept_sets)


def describe_rules(expression: CohortExpression) -> str:
    """`describe` without the concept sets, which can hold thousands of concepts."""
    lines = [
        *("### Entry events", "", *entry_lines(expression), ""),
        *_inclusion_lines(expression),
        *("### Exit", "", *exit_lines(expression), ""),
        *("### Cohort eras", "", *era_lines(expression)),
    ]
    return "\n".join(lines) + "\n"


def rule_words(rule: InclusionRule, position: int) -> str:
    """`Rule 2: no prior cancer`, counted from 1."""
    name = (rule.name or "").strip() or "without a name"
    return f"Rule {position}: {name}"


def limit_words(limit: Limit) -> str | None:
    """Which events of a person go on; None where all do."""
    return {"All": None, "First": "earliest", "Last": "latest"}[limit.type]


def entry_lines(expression: CohortExpression) -> list[str]:
    """Which events let a person in, and which of them go on."""
    primary = expression.primary_criteria
    window = primary.observation_window
    observed = [
        f"{days_words(n_days)} {side}"
        for n_days, side in ((window.prior_days, "before"), (window.post_days, "after"))
        if n_days
    ]
    many = "any of these events" if len(primary.criteria) > 1 else "this event"
    lines = [f"A person may enter the cohort at {many}:", ""]
    for number, criterion in enumerate(primary.criteria, start=1):
        lines += criterion_lines(criterion, number, expression.concept_sets)
    lines += ["", "The event must lie inside an observation period of the person."]
    if observed:
        lines[-1] = (
            "The event must lie inside an observation period of the person, with at least "
            f"{' and '.join(observed)} it observed."
        )
    lines += _limited(primary.limit)
    if expression.additional_criteria is not None:
        group = expression.additional_criteria
        if not group.is_empty:
            lines += ["", f"An entry event goes on if {how_many_hold(group)}:", ""]
            lines += group_lines(group, expression.concept_sets)
        lines += _limited(expression.qualified_limit)
    return lines


def _inclusion_lines(expression: CohortExpression) -> list[str]:
    lines = ["### Inclusion rules", ""] if expression.inclusion_rules else []
    for position, rule in enumerate(expression.inclusion_rules, start=1):
        lines += [f"#### {rule_words(rule, position)}", ""]
        lines += [*rule_lines(rule, expression.concept_sets), ""]
    kept = kept_words(expression)
    return [*lines, kept, ""] if kept else lines


def rule_lines(rule: InclusionRule, concept_sets: ConceptSets) -> list[str]:
    """What a rule is for, and what it asks."""
    described = (rule.description or "").strip()
    lines = [described, ""] if described else []
    if rule.expression.is_empty:
        return [*lines, "Every entry event meets this rule."]
    lines += [f"An entry event meets this rule if {how_many_hold(rule.expression)}:", ""]
    return lines + group_lines(rule.expression, concept_sets)


def kept_words(expression: CohortExpression) -> str:
    """Which events of a person are kept in the end; empty where all are."""
    kept = limit_words(expression.expression_limit)
    return f"Of the events that remain, the {kept} of each person is kept." if kept else ""


def exit_lines(expression: CohortExpression) -> list[str]:
    """When a person leaves the cohort."""
    lines = []
    match expression.end_strategy:
        case DateOffset() as offset:
            side = "start" if offset.date_field == "StartDate" else "end"
            day = (
                f"at the {side} of the event"
                if offset.offset == 0
                else f"{days_words(abs(offset.offset))} "
                f"{'after' if offset.offset > 0 else 'before'} the {side} of the event"
            )
            lines += [f"The person leaves {day}, or at the end of observation if that is earlier."]
        case CustomEra() as era:
            drug = telling_name(era.drug_concept_set_id, expression.concept_sets)
            length = (
                "as long as their days of supply or their end dates say"
                if era.days_supply_override is None
                else f"{days_words(era.days_supply_override)} long"
            )
            added = f", and the end is moved by {days_words(era.offset)}" if era.offset else ""
            lines += [
                f"The person leaves when the continuous exposure to '{drug}' ends: exposures are "
                f"taken {length}, and gaps of up to {days_words(era.gap_days)} are bridged{added}."
            ]
        case None:
            lines += ["The person leaves at the end of the observation period."]
    if expression.censoring_criteria:
        lines += ["", "The person leaves earlier at the first of these events:", ""]
        for number, criterion in enumerate(expression.censoring_criteria, start=1):
            lines += criterion_lines(criterion, number, expression.concept_sets)
    return lines


def era_lines(expression: CohortExpression) -> list[str]:
    """Which periods of a person become one, and which part of them is kept."""
    pad = expression.collapse_settings.era_pad
    gap = f"at most {days_words(pad)} apart" if pad else "that overlap or touch"
    lines = [f"Periods of a person {gap} are made one."]
    window = expression.censor_window
    if window and (window.start_date or window.end_date):
        lines += ["", f"Only the part {period_words(window)} is kept."]
    return lines


def _limited(limit: Limit) -> list[str]:
    kept = limit_words(limit)
    return ["", f"Of these, the {kept} of each person goes on."] if kept else []
