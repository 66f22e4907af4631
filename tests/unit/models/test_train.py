import numpy as np
import pytest

from analytics.errors import BadInputError, RunFailedError
from analytics.evaluation import (
    auroc,
    calibration_slope,
    flag,
    observed_expected_ratio,
    predictions_of,
)
from analytics.models import plan_validation, read_model, train_models, write_model
from analytics.models.xgboost import learn_xgboost
from tests.support.planted_risks import planted_population

MODELS = ("xgboost", "logistic_l1", "age_and_sex")


def train(planted, validation, models=MODELS, capacity_share=0.1, boost=None):
    plan = plan_validation(
        person_id=planted.person_id,
        had_outcome=planted.had_outcome,
        validation=validation,
        test_share=0.25,
        generator=np.random.default_rng(1),
    )
    trained = train_models(
        rows=planted.rows,
        person_id=planted.person_id,
        had_outcome=planted.had_outcome,
        models=models,
        plan=plan,
        capacity_share=capacity_share,
        seed=1,
        threads=2,
        boost=boost,
    )
    return plan, trained


def judged(planted, plan, training):
    rows = plan.is_evaluated
    return predictions_of(
        planted.person_id[rows], planted.had_outcome[rows], training.evaluation_risk
    )


@pytest.fixture(scope="module")
def planted():
    return planted_population(2_000)


@pytest.fixture(scope="module")
def split(planted):
    return train(planted, "split")


def test_models_that_see_the_drivers_come_near_the_truth_and_beat_age_and_sex(planted, split):
    plan, trained = split
    found = {name: auroc(judged(planted, plan, trained[name])) for name in MODELS}
    aside = plan.is_test
    best = auroc(
        predictions_of(planted.person_id[aside], planted.had_outcome[aside], planted.risk[aside])
    )

    assert best > 0.75
    assert best - 0.05 < found["xgboost"] <= best + 0.01
    assert best - 0.05 < found["logistic_l1"] <= best + 0.01
    assert found["age_and_sex"] < best - 0.06


@pytest.mark.parametrize("name", MODELS)
def test_risks_are_calibrated_on_people_the_model_never_saw(planted, split, name):
    plan, trained = split
    found = judged(planted, plan, trained[name])

    assert observed_expected_ratio(found) == pytest.approx(1.0, abs=0.2)
    assert calibration_slope(found) == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("name", MODELS)
def test_the_threshold_flags_about_as_many_as_there_is_capacity_for(planted, split, name):
    _, trained = split
    risk = trained[name].evaluation_risk

    assert flag(risk, trained[name].model.threshold).mean() == pytest.approx(0.10, abs=0.05)


def test_the_risks_judged_are_those_the_kept_model_gives_to_the_test_set(planted, split):
    plan, trained = split

    again = trained["xgboost"].model.predict(planted.rows.take(plan.is_test))

    assert (again == trained["xgboost"].evaluation_risk).all()


def test_what_test_people_had_does_not_change_the_model(planted):
    """Flip every outcome of the people kept aside: nothing that is kept may change."""
    plan, trained = train(planted, "split", models=("logistic_l1",))
    flipped = np.where(plan.is_test, ~planted.had_outcome, planted.had_outcome)
    again = train_models(
        rows=planted.rows,
        person_id=planted.person_id,
        had_outcome=flipped,
        models=("logistic_l1",),
        plan=plan,
        capacity_share=0.1,
        seed=1,
        threads=2,
    )

    assert write_model(again["logistic_l1"].model) == write_model(trained["logistic_l1"].model)


def test_cross_validated_risks_come_from_models_that_had_not_seen_the_person():
    """Pure noise: a model that had seen a row would rank it well; one that had not cannot."""
    noise = planted_population(250, level=-1.5)
    shuffled = np.random.default_rng(1).permutation(len(noise.had_outcome) // 2)
    had_outcome = np.repeat(noise.had_outcome[::2][shuffled], 2)
    plan = plan_validation(
        person_id=noise.person_id,
        had_outcome=had_outcome,
        validation="cross_validation",
        test_share=0.25,
        generator=np.random.default_rng(1),
    )
    trained = train_models(
        rows=noise.rows,
        person_id=noise.person_id,
        had_outcome=had_outcome,
        models=("xgboost",),
        plan=plan,
        capacity_share=0.1,
        seed=1,
        threads=2,
    )["xgboost"]
    raw = trained.model.scorer.log_odds(noise.rows)
    seen = predictions_of(noise.person_id, had_outcome, 1 / (1 + np.exp(-raw)))
    unseen = predictions_of(noise.person_id, had_outcome, trained.evaluation_risk)

    assert len(trained.evaluation_risk) == len(had_outcome)
    assert auroc(seen) > 0.8
    assert 0.4 < auroc(unseen) < 0.6
    # What the trees made of noise is toned down until nearly everybody has the outcome rate.
    assert seen.risk.std() > 0.08
    assert unseen.risk.std() < 0.03


def test_trees_that_are_grown_elsewhere_are_the_models(planted):
    """Three parts to choose and recalibrate by, then all who are learned from."""
    n_rows = []

    def grow_elsewhere(rows, had_outcome):
        n_rows.append(len(rows))
        return learn_xgboost(rows, had_outcome, seed=1, threads=2, rounds=3)

    plan, trained = train(planted, "split", models=("xgboost",), boost=grow_elsewhere)

    assert len(n_rows) == 4
    assert n_rows[-1] == plan.is_learned_from.sum() > max(n_rows[:-1])
    assert len(trained["xgboost"].model.scorer.booster.get_dump()) == 3


def test_the_same_seed_gives_the_same_models(planted, split):
    _, trained = split
    _, again = train(planted, "split")

    for name in MODELS:
        assert write_model(again[name].model) == write_model(trained[name].model)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_as_text_comes_back_the_same(planted, split, name):
    _, trained = split
    model = trained[name].model

    again = read_model(write_model(model))

    assert (again.predict(planted.rows) == model.predict(planted.rows)).all()
    assert again.threshold == model.threshold


def test_contributions_add_up_to_the_log_odds_of_the_risk(planted, split):
    _, trained = split
    for name in ("xgboost", "logistic_l1"):
        model = trained[name].model
        risk = model.predict(planted.rows)

        found = model.contributions(planted.rows).log_odds()

        assert found == pytest.approx(np.log(risk / (1 - risk)), abs=1e-3)


def test_age_and_sex_has_no_covariates_to_explain(planted, split):
    _, trained = split
    with pytest.raises(RunFailedError, match="no covariates to explain"):
        trained["age_and_sex"].model.contributions(planted.rows)


def test_an_unknown_model_is_named_with_a_near_miss(planted):
    with pytest.raises(BadInputError, match="Did you mean 'xgboost'"):
        train(planted, "split", models=("xgbost",))
