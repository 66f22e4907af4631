import numpy as np
import pytest
import scipy.sparse as sp

from analytics.models import PopulationRows
from analytics.models.age_and_sex import AgeAndSexModel, learn_age_and_sex


def people(age, sex):
    return PopulationRows(
        covariates=sp.csr_matrix((len(age), 1), dtype=np.float32), age=age, sex=sex
    )


def test_a_bend_in_the_risk_by_age_and_a_difference_by_sex_are_found():
    generator = np.random.default_rng(1)
    age = generator.uniform(20, 90, 40_000)
    sex = generator.choice(["Female", "Male"], 40_000)
    truth = -3 + 0.06 * np.maximum(age - 55, 0) + 0.5 * (sex == "Male")
    had_outcome = generator.random(40_000) < 1 / (1 + np.exp(-truth))

    model = learn_age_and_sex(people(age, sex), had_outcome)

    at = people(
        np.array([30.0, 50.0, 85.0, 85.0]), np.array(["Female", "Female", "Female", "Male"])
    )
    wanted = np.array([-3, -3, -1.2, -0.7])
    assert model.log_odds(at) == pytest.approx(wanted, abs=0.2)


def test_beyond_the_outer_knots_the_line_is_straight():
    generator = np.random.default_rng(2)
    age = generator.uniform(40, 70, 3_000)
    had_outcome = generator.random(3_000) < (age - 30) / 60
    model = learn_age_and_sex(people(age, np.full(3_000, "Female")), had_outcome)

    far = model.log_odds(people(np.array([80.0, 90.0, 100.0]), np.full(3, "Female")))

    assert far[2] - far[1] == pytest.approx(far[1] - far[0], abs=1e-9)


def test_everybody_of_one_age_is_no_obstacle():
    had_outcome = np.arange(100) < 30

    model = learn_age_and_sex(people(np.full(100, 60.0), np.full(100, "Unknown")), had_outcome)

    risk = 1 / (1 + np.exp(-model.log_odds(people(np.array([60.0]), np.array(["Unknown"])))))
    assert risk == pytest.approx([0.3], abs=0.01)


def test_a_saved_model_gives_the_same_log_odds():
    generator = np.random.default_rng(3)
    rows = people(generator.uniform(20, 90, 500), generator.choice(["Female", "Male"], 500))
    model = learn_age_and_sex(rows, generator.random(500) < 0.3)

    again = AgeAndSexModel.from_json(model.to_json())

    assert (again.log_odds(rows) == model.log_odds(rows)).all()
