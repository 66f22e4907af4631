"""A whole cohort expression as the text of a dbt model, or of several where it is a long one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.errors import BadInputError
from analytics.phenotypes.compiler.attrition import add_rules_passed
from analytics.phenotypes.compiler.concept_sets import CompiledConceptSet
from analytics.phenotypes.compiler.entry import CompiledRule, add_included_events
from analytics.phenotypes.compiler.exit import add_cohort, needs_numbers
from analytics.phenotypes.compiler.groups import Criteria, without_context
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.compiler.split import split_at, written_from
from analytics.phenotypes.compiler.sql_text import Cte, model_text
from analytics.phenotypes.expression import (
    CohortExpression,
    CorrelatedCriterion,
    CriteriaGroup,
    Criterion,
)
from analytics.phenotypes.expression.windows import CountedColumn
from analytics.phenotypes.words import attrition_words

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,49}")
MOST_CRITERIA = 8
"""Criteria that one model may hold; past it each criterion becomes a model of its own."""


@dataclass(frozen=True, kw_only=True)
class CompiledModel:
    """The file of one dbt model, without its ending, and its text."""

    name: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class CompiledCohort:
    """A cohort as dbt models, and the concept sets that they read.

    The last model is the cohort's own: one row for each person and span of days in the cohort,
    with person_id, cohort_start_date and cohort_end_date, both inclusive. Others, if any, hold the
    events of one criterion each. `one_model` is the same cohort as a single select, and `ctes` are
    its parts, of which `rules` names those that belong to inclusion rules.

    `criteria` holds one row for each event that the cohort could be entered with, observed or not:
    person_id, start_date, end_date, `n_rules_passed` and `is_best_event`. An event passes none of
    the rules in `attrition` but the first, which finds it, while `n_rules_passed` is 0.
    """

    title: str
    models: tuple[CompiledModel, ...]
    one_model: CompiledModel
    criteria: CompiledModel
    attrition: tuple[str, ...]
    ctes: tuple[Cte, ...]
    rules: tuple[CompiledRule, ...]
    concept_sets: tuple[CompiledConceptSet, ...]


def compile_cohort(
    expression: CohortExpression,
    *,
    name: str,
    title: str | None = None,
    most_criteria: int = MOST_CRITERIA,
) -> CompiledCohort:
    """The models of the cohort `name`; the same expression gives the same text.

    `name` becomes the name of files and tables: lower-case letters, digits and underscores.
    `title` is what people call it. Raises `BadInputError` for what OHDSI's engine would not look
    at, with its JSON path and its value.
    """
    if not NAME.fullmatch(name):
        raise BadInputError(
            f"a cohort cannot be called {name!r}: a name has up to 50 lower-case letters, digits "
            f"and underscores. Try {slug(name, 50) or 'cohort_1'!r}."
        )
    model = Model(expression.concept_sets)
    criteria = _criteria(model, expression)
    entries = add_included_events(
        model, criteria, expression, needs_number=_tells_entries_apart(expression)
    )
    add_cohort(model, criteria, expression, entries)
    called = title or name.replace("_", " ")
    rows = f"One row for each person and span of days in the cohort: {called}."
    header = f"{rows}\n{written_from(name)}"
    cohort = f"cohort__{name}"
    one_model = CompiledModel(name=cohort, sql=model_text(header, model.ctes))
    models: tuple[CompiledModel, ...] = (one_model,)
    is_split = len(criteria.parts) > most_criteria
    if is_split:
        texts = split_at(model.ctes, criteria.parts, name, header)
        models = tuple(CompiledModel(name=part, sql=sql) for part, sql in texts.items())
    return CompiledCohort(
        title=called,
        models=models,
        one_model=one_model,
        criteria=_compile_criteria(expression, name, called, is_split=is_split),
        attrition=attrition_words(expression),
        ctes=model.ctes,
        rules=entries.rules,
        concept_sets=model.concept_sets,
    )


def _compile_criteria(
    expression: CohortExpression, name: str, called: str, *, is_split: bool
) -> CompiledModel:
    """The model of the events that the cohort could be entered with; split where the cohort is."""
    model = Model(expression.concept_sets)
    criteria = _criteria(model, expression)
    add_rules_passed(model, criteria, expression)
    header = (
        "One row for each event that may open the cohort, with the rules it passes: "
        f"{called}.\n{written_from(name)}"
    )
    sql = model_text(header, model.ctes)
    if is_split:
        *_, sql = split_at(
            model.ctes, criteria.parts, name, header, last=f"criteria__{name}"
        ).values()
    return CompiledModel(name=f"criteria__{name}", sql=sql)


def _criteria(model: Model, expression: CohortExpression) -> Criteria:
    correlated = list(_correlated(expression))
    return Criteria(
        model,
        with_visit=any(criterion.restrict_visit for criterion in correlated),
        with_sort_date=any(
            _moves_its_start(found) for found in expression.primary_criteria.criteria
        ),
        counted=_counted_columns(correlated),
    )


def _tells_entries_apart(expression: CohortExpression) -> bool:
    additional = expression.additional_criteria
    return (
        additional is not None
        or bool(expression.inclusion_rules)
        or expression.expression_limit.type != "All"
        or needs_numbers(expression)
    )


def _moves_its_start(criterion: Criterion) -> bool:
    """Whether the events start on a day that the definition gives, not on their own."""
    period = getattr(criterion, "user_defined_period", None)
    return period is not None and period.start_date is not None


def _counted_columns(
    correlated: list[CorrelatedCriterion],
) -> dict[Criterion, tuple[CountedColumn, ...]]:
    """The columns that are counted of the events of each criterion, besides those all have."""
    counted: dict[Criterion, tuple[CountedColumn, ...]] = {}
    for criterion in correlated:
        if criterion.occurrence.is_distinct:
            column = criterion.occurrence.count_column or "DOMAIN_CONCEPT"
            alone = without_context(criterion.criterion)
            known = counted.get(alone, ())
            if column not in ("START_DATE", "END_DATE", *known):
                counted[alone] = (*known, column)
    return counted


def _correlated(expression: CohortExpression) -> Iterator[CorrelatedCriterion]:
    if expression.additional_criteria is not None:
        yield from _correlated_in(expression.additional_criteria)
    for rule in expression.inclusion_rules:
        yield from _correlated_in(rule.expression)
    for criterion in (*expression.primary_criteria.criteria, *expression.censoring_criteria):
        yield from _correlated_around(criterion)


def _correlated_in(group: CriteriaGroup) -> Iterator[CorrelatedCriterion]:
    for correlated in group.criteria:
        yield correlated
        yield from _correlated_around(correlated.criterion)
    for inner in group.groups:
        yield from _correlated_in(inner)


def _correlated_around(criterion: Criterion) -> Iterator[CorrelatedCriterion]:
    if criterion.correlated_criteria is not None:
        yield from _correlated_in(criterion.correlated_criteria)
