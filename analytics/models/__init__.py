"""Models: learn from some people, give everybody a risk, say why.

`plan_validation` decides who is learned from (by person), `train_models` fits XGBoost beside its
baselines, recalibrated and with a threshold set out of fold; `top_reasons` and
`covariate_importance` explain. A model sees `PopulationRows`, never an outcome or an id.
"""

from analytics.models.contributions import Contributions
from analytics.models.explain import covariate_importance, top_reasons
from analytics.models.recalibration import Recalibration, fit_recalibration
from analytics.models.rows import PopulationRows
from analytics.models.saved import read_model, write_model
from analytics.models.splits import (
    ValidationPlan,
    fold_people,
    plan_validation,
    split_people,
)
from analytics.models.train import Learn, Scorer, TrainedModel, Training, train_models

__all__ = [
    "Contributions",
    "Learn",
    "PopulationRows",
    "Recalibration",
    "Scorer",
    "TrainedModel",
    "Training",
    "ValidationPlan",
    "covariate_importance",
    "fit_recalibration",
    "fold_people",
    "plan_validation",
    "read_model",
    "split_people",
    "top_reasons",
    "train_models",
    "write_model",
]
