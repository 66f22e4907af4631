"""The rules of a cohort's attrition in words, one line each."""

from analytics.phenotypes.expression import CohortExpression, Limit, PrimaryCriteria
from analytics.phenotypes.words.criteria import criterion_words
from analytics.phenotypes.words.values import days_words

MOST_NAMED = 3
"""Kinds of entry events that are named; the others are counted."""
PLACES = {"First": "earliest", "Last": "latest"}


def attrition_words(expression: CohortExpression) -> tuple[str, ...]:
    """What each rule of a cohort asks, in order.

    The first is what opens the cohort, observed or not; the second what an entry event must be
    besides; then come the inclusion rules, by the names that their author gave them.
    """
    rules = (
        " ".join((rule.name or "").split()) or f"Inclusion rule {number}, which has no name"
        for number, rule in enumerate(expression.inclusion_rules, start=1)
    )
    return (_found_words(expression), _entry_words(expression), *rules)


def _found_words(expression: CohortExpression) -> str:
    criteria = expression.primary_criteria.criteria
    words = [criterion_words(criterion, expression.concept_sets) for criterion in criteria]
    named = "; or ".join(words[:MOST_NAMED])
    n_others = len(words) - MOST_NAMED
    others = f"; or one of {n_others} other kinds of event" if n_others > 0 else ""
    return _as_sentence(named + others)


def _entry_words(expression: CohortExpression) -> str:
    primary, additional = expression.primary_criteria, expression.additional_criteria
    words = [_observed_words(primary), *_limit_words(primary.limit)]
    if additional is not None:
        if not additional.is_empty:
            words.append("with what is asked around it")
        words += _limit_words(expression.qualified_limit)
    return _as_sentence("; ".join(words))


def _observed_words(primary: PrimaryCriteria) -> str:
    window = primary.observation_window
    around = [
        f"{days_words(n_days)} of it {side}"
        for n_days, side in ((window.prior_days, "before"), (window.post_days, "after"))
        if n_days
    ]
    observed = "inside an observation period"
    return f"{observed} with at least {' and '.join(around)}" if around else observed


def _limit_words(limit: Limit) -> list[str]:
    place = PLACES.get(limit.type)
    return [f"the {place} of each person"] if place else []


def _as_sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
