"""Train the models of a study on the people to learn from; the list of models is kept here.

Each model is first fitted on parts of those people to predict the rest of them. These
out-of-fold log-odds choose between candidates, recalibrate, and set the threshold; nobody
outside is looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.errors import BadInputError, RunFailedError, near_miss
from analytics.evaluation.capacity import threshold_for_capacity
from analytics.evaluation.predictions import Bools, Floats, Ints
from analytics.models.age_and_sex import AgeAndSexModel, learn_age_and_sex
from analytics.models.contributions import Contributions
from analytics.models.logistic_l1 import STRENGTHS, LogisticL1Model, learn_logistic_l1
from analytics.models.recalibration import Recalibration, fit_recalibration, log_loss
from analytics.models.rows import PopulationRows
from analytics.models.splits import ValidationPlan, fold_people
from analytics.models.xgboost import XGBoostModel, learn_xgboost

N_INNER_FOLDS = 3


class Scorer(Protocol):
    """A fitted model before recalibration."""

    name: str

    def log_odds(self, rows: PopulationRows) -> Floats:
        """Log-odds for each row."""

    def to_json(self) -> str:
        """All that is needed to score again."""


Learn = Callable[[PopulationRows, Bools], Scorer]

READERS: dict[str, Callable[[str], Scorer]] = {
    "xgboost": XGBoostModel.from_json,
    "logistic_l1": LogisticL1Model.from_json,
    "age_and_sex": AgeAndSexModel.from_json,
}


def candidates(
    model_name: str, *, seed: int, threads: int, boost: Learn | None = None
) -> tuple[Learn, ...]:
    """The ways to fit a model of that name; the best out of fold is taken.

    `boost` grows the trees of XGBoost; without it they are grown in this process.
    """
    known: dict[str, tuple[Learn, ...]] = {
        "xgboost": (
            boost or (lambda rows, had: learn_xgboost(rows, had, seed=seed, threads=threads)),
        ),
        "logistic_l1": tuple(_logistic_l1_of(strength, seed) for strength in STRENGTHS),
        "age_and_sex": (learn_age_and_sex,),
    }
    if model_name not in known:
        raise BadInputError(
            f"there is no model '{model_name}'.{near_miss(model_name, known)} "
            f"Models are {', '.join(known)}: put one of them under `models` in the study."
        )
    return known[model_name]


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainedModel:
    """A scorer, its recalibration, and the threshold at which the team's capacity is used.

    `threshold` was set on out-of-fold risks of the people learned from, so on new people the
    flagged share comes out near the capacity, not exactly at it.
    """

    scorer: Scorer
    recalibration: Recalibration
    threshold: float

    @property
    def name(self) -> str:
        """The model's name: xgboost, logistic_l1 or age_and_sex."""
        return self.scorer.name

    def predict(self, rows: PopulationRows) -> Floats:
        """The risk of each row, within 0 and 1."""
        return self.recalibration.to_risk(self.scorer.log_odds(rows))

    def contributions(self, rows: PopulationRows) -> Contributions:
        """What each covariate adds to the log-odds of each row's risk."""
        if not isinstance(self.scorer, XGBoostModel | LogisticL1Model):
            raise RunFailedError(
                f"the model '{self.name}' has no covariates to explain. Explain xgboost or "
                "logistic_l1 instead."
            )
        raw = self.scorer.contributions(rows)
        return raw.rescaled(intercept=self.recalibration.intercept, slope=self.recalibration.slope)


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """A trained model, and a risk for each row that the plan evaluates, in row order.

    Each of these risks comes from a model that had not seen the row's person.
    """

    model: TrainedModel
    evaluation_risk: Floats


def train_models(
    *,
    rows: PopulationRows,
    person_id: Ints,
    had_outcome: Bools,
    models: Sequence[str],
    plan: ValidationPlan,
    capacity_share: float,
    seed: int,
    threads: int,
    boost: Learn | None = None,
) -> dict[str, Training]:
    """Train each model named, and give the risks on which it is to be judged.

    `boost` grows the trees of XGBoost (on Spark, say); without it they are grown in this process.
    """
    trained: dict[str, Training] = {}
    for name in models:
        learners = candidates(name, seed=seed, threads=threads, boost=boost)

        def train_on(chosen: Bools, learners: tuple[Learn, ...] = learners) -> TrainedModel:
            return train_one(
                rows=rows.take(chosen),
                person_id=person_id[chosen],
                had_outcome=had_outcome[chosen],
                learners=learners,
                capacity_share=capacity_share,
                generator=np.random.default_rng(seed),
            )

        kept = train_on(plan.is_learned_from)
        if plan.kind == "test_set":
            evaluation_risk = kept.predict(rows.take(plan.is_test))
        else:
            evaluation_risk = np.empty(len(rows))
            for fold in np.unique(plan.fold):
                outside = plan.fold == fold
                evaluation_risk[outside] = train_on(~outside).predict(rows.take(outside))
        trained[name] = Training(model=kept, evaluation_risk=evaluation_risk)
    return trained


def train_one(
    *,
    rows: PopulationRows,
    person_id: Ints,
    had_outcome: Bools,
    learners: Sequence[Learn],
    capacity_share: float,
    generator: np.random.Generator,
) -> TrainedModel:
    """Choose, recalibrate and set the threshold out of fold; then fit on all rows given."""
    fold = fold_people(person_id, had_outcome, n_folds=N_INNER_FOLDS, generator=generator)
    tried = []
    for learn in learners:
        raw = _out_of_fold(learn, rows, had_outcome, fold)
        recalibration = fit_recalibration(raw, had_outcome)
        tried.append((log_loss(recalibration.to_log_odds(raw), had_outcome), recalibration, raw))
    best = int(np.argmin([loss for loss, _, _ in tried]))
    _, recalibration, raw = tried[best]
    return TrainedModel(
        scorer=learners[best](rows, had_outcome),
        recalibration=recalibration,
        threshold=threshold_for_capacity(recalibration.to_risk(raw), capacity_share),
    )


def _out_of_fold(learn: Learn, rows: PopulationRows, had_outcome: Bools, fold: Ints) -> Floats:
    log_odds = np.empty(len(rows))
    for number in np.unique(fold):
        outside = fold == number
        scorer = learn(rows.take(~outside), had_outcome[~outside])
        log_odds[outside] = scorer.log_odds(rows.take(outside))
    return log_odds


def _logistic_l1_of(strength: float, seed: int) -> Learn:
    return lambda rows, had: learn_logistic_l1(rows, had, strength=strength, seed=seed)
