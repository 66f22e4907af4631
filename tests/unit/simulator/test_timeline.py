"""A hazard strikes when it has accumulated enough, and not before."""

import numpy as np

from analytics.simulator.timeline import (
    FIRST_DAY,
    LAST_DAY,
    N_STEPS,
    NEVER,
    accumulate,
    accumulated_at,
    day_when_reached,
)


def test_a_steady_hazard_of_one_a_year_is_reached_after_a_year():
    total = accumulate(np.full((1, N_STEPS), 1.0))
    day = day_when_reached(total, np.array([1.0]))[0]
    assert abs((day - FIRST_DAY) - 365.25) <= 1


def test_what_is_not_reached_by_the_last_day_never_comes():
    total = accumulate(np.full((2, N_STEPS), 1.0))
    never, last = day_when_reached(total, np.array([7.0, 5.99]))
    assert never == NEVER
    assert LAST_DAY - 10 < last <= LAST_DAY


def test_a_hazard_of_nothing_strikes_nobody():
    total = accumulate(np.zeros((3, N_STEPS)))
    assert (day_when_reached(total, np.array([1e-9, 0.5, 3.0])) == NEVER).all()


def test_the_hazard_accumulated_on_a_day_brings_that_day_back():
    generator = np.random.default_rng(1)
    total = accumulate(generator.uniform(0.1, 2, (50, N_STEPS)))
    day = generator.integers(FIRST_DAY + 1, LAST_DAY, 50)
    assert (day_when_reached(total, accumulated_at(total, day) + 1e-9) == day).all()
