"""Chance is fair, repeatable, and the same in whatever order it is asked for."""

import numpy as np

from analytics.simulator.draws import Draws

PEOPLE = np.arange(1, 100_001)
DRAWS = Draws(seed=5)


def test_uniform_draws_fill_the_unit_interval_evenly():
    drawn = DRAWS.uniform("anything", PEOPLE)
    assert drawn.min() > 0
    assert drawn.max() < 1
    tenths = np.histogram(drawn, bins=10, range=(0, 1))[0] / len(PEOPLE)
    # The standard error of a tenth is 0.001: five of them.
    np.testing.assert_allclose(tenths, 0.1, atol=0.005)


def test_a_persons_draw_does_not_depend_on_who_else_is_drawn():
    together = DRAWS.uniform("anything", PEOPLE)
    backwards = DRAWS.uniform("anything", PEOPLE[::-1])
    assert (together == backwards[::-1]).all()
    assert DRAWS.uniform("anything", PEOPLE[41:42])[0] == together[41]


def test_seed_purpose_and_number_each_give_unrelated_draws():
    first = DRAWS.uniform("anything", PEOPLE)
    for other in (
        Draws(seed=6).uniform("anything", PEOPLE),
        DRAWS.uniform("something else", PEOPLE),
        DRAWS.uniform("anything", PEOPLE, 1),
        DRAWS.uniform("anything", PEOPLE + 1),
    ):
        # The standard error of a correlation of nothing is 0.003.
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.02


def test_normal_and_exponential_draws_have_their_moments():
    normal = DRAWS.normal("anything", PEOPLE)
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
    exponential = DRAWS.exponential("anything", PEOPLE)
    assert abs(exponential.mean() - 1) < 0.02
    assert abs(exponential.std() - 1) < 0.03


def test_options_are_chosen_by_their_weights():
    chosen = DRAWS.choose("option", PEOPLE, np.array([1.0, 0.0, 3.0]))
    shares = np.bincount(chosen, minlength=3) / len(PEOPLE)
    np.testing.assert_allclose(shares, [0.25, 0, 0.75], atol=0.01)


def test_each_person_may_have_weights_of_their_own():
    weights = np.zeros((len(PEOPLE), 3))
    own = PEOPLE % 3
    weights[np.arange(len(PEOPLE)), own] = 2.0
    assert (DRAWS.choose("option", PEOPLE, weights) == own).all()
