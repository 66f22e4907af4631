"""Who is learned from and who is kept aside: by person, never by row.

A person's rows resemble each other, so one person on both sides lets a model be examined on
what it has seen. People with the outcome are dealt out separately, so that each side gets its
share of them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.errors import StudyError
from analytics.evaluation.predictions import Bools, Ints

FEWEST_PEOPLE_TO_LEARN_FROM = 10
FEWEST_OUTCOME_PEOPLE_IN_TEST_SET = 25
N_FOLDS = 5

ValidationKind = Literal["test_set", "cross_validation"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ValidationPlan:
    """How risks come to be judged on people the model has not seen.

    `test_set`: the model learns from the rows that are not `is_test` and is judged on those
    that are. `cross_validation`: nobody is kept aside (`is_test` is false everywhere); each
    row is judged by a model that learned from the people of the other folds, while the model
    that is kept learns from everybody.
    """

    kind: ValidationKind
    is_test: Bools
    fold: Ints

    @property
    def is_learned_from(self) -> Bools:
        """Rows the kept model learns from."""
        return ~self.is_test

    @property
    def is_evaluated(self) -> Bools:
        """Rows on which performance is measured."""
        return self.is_test if self.kind == "test_set" else np.ones_like(self.is_test)


def plan_validation(
    *,
    person_id: Ints,
    had_outcome: Bools,
    validation: str,
    test_share: float,
    generator: np.random.Generator,
    n_folds: int = N_FOLDS,
) -> ValidationPlan:
    """Decide how to validate and deal people out.

    `auto` keeps a test set aside, unless it would hold fewer than 25 people with the outcome:
    then it cross-validates, because an interval from so few says nothing. `split` and
    `cross_validation` insist. Raises StudyError when there is too little to learn from, and
    when a test set that was insisted on would have nobody with the outcome.
    """
    n_with, n_without = _check_enough(person_id, had_outcome)
    n_test_with = round(test_share * n_with)
    if validation == "split" and (n_test_with == 0 or round(test_share * n_without) == 0):
        raise StudyError(
            f"validation is 'split' with test_share {test_share:g}, but only {n_with} people have "
            f"the outcome, so the test set would hold {n_test_with} of them. Set validation: "
            "auto (or cross_validation) in the study, raise test_share, or widen the study."
        )
    cross_validates = validation == "cross_validation" or (
        validation == "auto" and n_test_with < FEWEST_OUTCOME_PEOPLE_IN_TEST_SET
    )
    if cross_validates:
        fold = fold_people(person_id, had_outcome, n_folds=n_folds, generator=generator)
        return ValidationPlan(
            kind="cross_validation", is_test=np.zeros(len(person_id), dtype=np.bool_), fold=fold
        )
    is_test = split_people(person_id, had_outcome, test_share=test_share, generator=generator)
    return ValidationPlan(kind="test_set", is_test=is_test, fold=np.where(is_test, 0, -1))


def split_people(
    person_id: Ints, had_outcome: Bools, *, test_share: float, generator: np.random.Generator
) -> Bools:
    """True for the rows of people kept aside: `test_share` of those with and of those without.

    The same people and seed give the same split, whatever the order of the rows.
    """
    is_test_row = np.zeros(len(person_id), dtype=np.bool_)
    for people in _people_with_and_without(person_id, had_outcome):
        kept_aside = generator.permutation(people)[: round(test_share * len(people))]
        is_test_row |= np.isin(person_id, kept_aside)
    return is_test_row


def fold_people(
    person_id: Ints, had_outcome: Bools, *, n_folds: int, generator: np.random.Generator
) -> Ints:
    """A fold from 0 to `n_folds − 1` for each row, one for each person.

    People with the outcome are dealt out evenly, then people without.
    """
    dealt = [generator.permutation(p) for p in _people_with_and_without(person_id, had_outcome)]
    people = np.concatenate(dealt)
    fold_of_person = np.arange(len(people)) % n_folds
    by_id = np.argsort(people)
    return fold_of_person[by_id][np.searchsorted(people[by_id], person_id)].astype(np.int64)


def _people_with_and_without(person_id: Ints, had_outcome: Bools) -> tuple[Ints, Ints]:
    people = np.unique(person_id)
    with_outcome = np.unique(person_id[had_outcome])
    return with_outcome, np.setdiff1d(people, with_outcome)


def _check_enough(person_id: Ints, had_outcome: Bools) -> tuple[int, int]:
    with_outcome, without = _people_with_and_without(person_id, had_outcome)
    n_with, n_without = len(with_outcome), len(without)
    where = f"the population has {len(person_id)} rows of {n_with + n_without} people"
    advice = (
        "Look at the attrition, then at the outcome's concept set, the time at risk and the "
        "population's rules in the study."
    )
    if len(person_id) == 0 or not had_outcome.any():
        raise StudyError(f"Nobody has the outcome: {where}. {advice}")
    if had_outcome.all():
        raise StudyError(f"Everybody has the outcome: {where}. There is nothing to tell. {advice}")
    if n_with < FEWEST_PEOPLE_TO_LEARN_FROM:
        raise StudyError(
            f"Too few to learn from: {where}, and fewer than {FEWEST_PEOPLE_TO_LEARN_FROM} of them "
            f"have the outcome. {advice}"
        )
    if n_without < FEWEST_PEOPLE_TO_LEARN_FROM:
        raise StudyError(
            f"Too few to learn from: {where}, and fewer than {FEWEST_PEOPLE_TO_LEARN_FROM} of them "
            f"never have the outcome. {advice}"
        )
    return n_with, n_without
