"""A trained model as text and back: the scorer, its recalibration and its threshold."""

import json
from dataclasses import asdict

from analytics.models.recalibration import Recalibration
from analytics.models.train import READERS, TrainedModel


def write_model(model: TrainedModel) -> str:
    """The whole model as JSON text; the same model gives the same text."""
    content = {
        "name": model.name,
        "recalibration": asdict(model.recalibration),
        "threshold": model.threshold,
        "scorer": model.scorer.to_json(),
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def read_model(text: str) -> TrainedModel:
    """The model that `write_model` wrote."""
    content = json.loads(text)
    return TrainedModel(
        scorer=READERS[content["name"]](content["scorer"]),
        recalibration=Recalibration(**content["recalibration"]),
        threshold=content["threshold"],
    )
