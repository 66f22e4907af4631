import numpy as np
import pytest

from analytics.errors import StudyError
from analytics.models import fold_people, plan_validation, split_people


def rows_of(n_people, n_with_outcome, rows_per_person=3):
    """Every person has several rows; those with the outcome have it in one of them."""
    person_id = np.repeat(np.arange(n_people) + 1_000, rows_per_person)
    is_last_row = np.tile(np.arange(rows_per_person) == rows_per_person - 1, n_people)
    return person_id, is_last_row & (person_id < 1_000 + n_with_outcome)


def plan(person_id, had_outcome, validation="auto", test_share=0.25, seed=1):
    return plan_validation(
        person_id=person_id,
        had_outcome=had_outcome,
        validation=validation,
        test_share=test_share,
        generator=np.random.default_rng(seed),
    )


def test_nobody_is_on_both_sides_of_a_split():
    person_id, had_outcome = rows_of(400, 120)

    is_test = split_people(
        person_id, had_outcome, test_share=0.25, generator=np.random.default_rng(1)
    )

    assert not set(person_id[is_test]) & set(person_id[~is_test])
    assert len(set(person_id[is_test])) == 100
    assert len(set(person_id[is_test & had_outcome])) == 30


def test_a_split_does_not_depend_on_the_order_of_rows():
    person_id, had_outcome = rows_of(100, 40)
    shuffled = np.random.default_rng(7).permutation(len(person_id))

    first = split_people(person_id, had_outcome, test_share=0.3, generator=np.random.default_rng(1))
    second = split_people(
        person_id[shuffled],
        had_outcome[shuffled],
        test_share=0.3,
        generator=np.random.default_rng(1),
    )

    assert set(person_id[first]) == set(person_id[shuffled][second])


def test_another_seed_keeps_other_people_aside():
    person_id, had_outcome = rows_of(100, 40)
    kept = [
        set(
            person_id[
                split_people(
                    person_id, had_outcome, test_share=0.3, generator=np.random.default_rng(seed)
                )
            ]
        )
        for seed in (1, 2)
    ]

    assert kept[0] != kept[1]


def test_each_fold_has_whole_people_and_its_share_of_outcomes():
    person_id, had_outcome = rows_of(103, 23)

    fold = fold_people(person_id, had_outcome, n_folds=5, generator=np.random.default_rng(1))

    assert all(len(set(fold[person_id == person])) == 1 for person in set(person_id))
    people_in = [len(set(person_id[fold == each])) for each in range(5)]
    with_outcome_in = [len(set(person_id[(fold == each) & had_outcome])) for each in range(5)]
    assert sum(people_in) == 103
    assert max(people_in) - min(people_in) <= 1
    assert sorted(with_outcome_in) == [4, 4, 5, 5, 5]


def test_auto_keeps_a_test_set_from_25_people_with_the_outcome_in_it():
    enough = plan(*rows_of(400, 100))
    one_less = plan(*rows_of(400, 97))

    assert enough.kind == "test_set"
    assert one_less.kind == "cross_validation"
    assert not one_less.is_test.any()
    assert one_less.is_evaluated.all()
    assert (enough.is_evaluated == enough.is_test).all()
    assert not (enough.is_learned_from & enough.is_test).any()


def test_what_the_study_insists_on_is_done():
    assert plan(*rows_of(400, 40), validation="split").kind == "test_set"
    assert plan(*rows_of(400, 200), validation="cross_validation").kind == "cross_validation"


def test_a_split_without_outcomes_in_the_test_set_says_what_to_do():
    with pytest.raises(StudyError) as caught:
        plan(*rows_of(400, 12), validation="split", test_share=0.03)

    assert "only 12 people have the outcome" in str(caught.value)
    assert "test set would hold 0 of them" in str(caught.value)
    assert "cross_validation" in str(caught.value)


@pytest.mark.parametrize(
    ("n_with_outcome", "words"),
    [
        (0, "Nobody has the outcome"),
        (9, "Too few to learn from"),
        (395, "fewer than 10 of them never have"),
    ],
)
def test_too_few_to_learn_from_is_said(n_with_outcome, words):
    with pytest.raises(StudyError, match=words):
        plan(*rows_of(400, n_with_outcome))


def test_ten_people_with_the_outcome_are_just_enough():
    assert plan(*rows_of(400, 10)).kind == "cross_validation"


def test_everybody_having_the_outcome_is_said():
    with pytest.raises(StudyError, match="Everybody has the outcome"):
        plan(np.arange(30), np.ones(30, bool))
