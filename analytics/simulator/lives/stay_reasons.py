"""Why people are admitted: each reason, how often it comes, and how such a stay goes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.simulator.draws import Flags, Floats


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why somebody is admitted: how often, what makes it likelier, and how the stay goes."""

    name: str
    weight: float
    disease: str | None = None
    times: float = 1.0
    per_decade: float = 0.0
    typical_days: float = 4.0
    death: float = 0.0
    readmission: float = 0.0


REASONS = (
    Reason(name="childbirth", weight=3.0, typical_days=2.2, death=-4, readmission=-1.6),
    Reason(name="heart failure", weight=0.02, disease="heart failure", times=120, readmission=0.35),
    Reason(name="copd", weight=0.04, disease="copd", times=25, readmission=0.2),
    Reason(name="pneumonia", weight=1.0, per_decade=0.25, death=0.5, readmission=0.1),
    Reason(name="sepsis", weight=0.8, per_decade=0.3, typical_days=6, death=1.3, readmission=0.25),
    Reason(
        name="myocardial infarction",
        weight=0.35,
        disease="coronary disease",
        times=6,
        per_decade=0.3,
        typical_days=3.5,
        death=0.7,
    ),
    Reason(name="stroke", weight=0.4, per_decade=0.5, typical_days=4.5, death=0.8),
    Reason(name="hip fracture", weight=0.12, per_decade=0.9, typical_days=5, readmission=-0.2),
    Reason(
        name="knee replacement",
        weight=0.12,
        disease="osteoarthritis",
        times=10,
        per_decade=0.2,
        typical_days=2,
        death=-2,
        readmission=-1.2,
    ),
    Reason(name="urinary infection", weight=0.6, per_decade=0.3, typical_days=3),
    Reason(
        name="kidney failure",
        weight=0.3,
        disease="chronic kidney disease",
        times=6,
        per_decade=0.2,
        readmission=0.25,
    ),
    Reason(
        name="arrhythmia", weight=0.02, disease="atrial fibrillation", times=100, typical_days=2.5
    ),
    Reason(name="depression", weight=0.25, disease="depression", times=5, typical_days=5, death=-3),
    Reason(name="abdominal pain", weight=1.0, typical_days=2.5, death=-1),
    Reason(name="gi haemorrhage", weight=0.0, typical_days=3.5, death=0.3, readmission=0.1),
)
BLEED = len(REASONS) - 1


def reason_weights(is_female: Flags, age: Floats, has: Mapping[str, Flags]) -> Floats:
    """The weight of each of `REASONS` for each person: people by reasons."""
    columns = []
    for reason in REASONS:
        weight = reason.weight * np.exp(reason.per_decade * (age - 60) / 10)
        if reason.disease is not None:
            weight = weight * np.where(has[reason.disease], reason.times, 1.0)
        if reason.name == "childbirth":
            weight = weight * 6 * (is_female & (age >= 18) & (age < 43))
        columns.append(weight)
    return np.column_stack(columns)
