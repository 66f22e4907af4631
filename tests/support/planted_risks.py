"""Made-up people with a known truth: what drives the outcome, and who is seen worse."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from analytics.evaluation import Predictions
from analytics.fairness import group_people
from analytics.models import PopulationRows

N_COVARIATES = 60
DRIVERS = (0, 1, 2, 3)
STRENGTH = 1.2


@dataclass(frozen=True, kw_only=True)
class PlantedPopulation:
    """Rows whose outcome depends on age and on the covariates in `DRIVERS`, nothing else.

    `risk` is the truth that no model can do better than. Age is the last covariate.
    """

    rows: PopulationRows
    person_id: NDArray[np.int64]
    had_outcome: NDArray[np.bool_]
    risk: NDArray[np.float64]
    covariate_reference: pl.DataFrame


def planted_population(
    n_people: int = 1_500, *, rows_per_person: int = 2, level: float = -2.6, seed: int = 1
) -> PlantedPopulation:
    """People with `rows_per_person` rows each; a person's rows share their covariates."""
    generator = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_people), rows_per_person)
    is_recorded = generator.random((n_people, N_COVARIATES)) < 0.25
    count = np.where(is_recorded, 1 + generator.poisson(0.5, is_recorded.shape), 0)
    age = generator.uniform(20, 90, n_people)
    sex = generator.choice(["Female", "Male"], n_people)
    log_odds = level + STRENGTH * is_recorded[:, list(DRIVERS)].sum(axis=1) + (age - 55) / 25
    risk = 1 / (1 + np.exp(-log_odds[person]))
    recorded = range(N_COVARIATES)
    reference = pl.DataFrame(
        {
            "covariate_id": [1000 * (1 + i // 2) + 900 + i % 2 for i in recorded] + [962],
            "covariate_name": [f"Concept {1 + i // 2}: window {i % 2}" for i in recorded]
            + ["Age in years"],
            "domain": ["condition"] * N_COVARIATES + ["demographics"],
            "concept_id": [1 + i // 2 for i in recorded] + [0],
        }
    )
    return PlantedPopulation(
        rows=PopulationRows(
            covariates=sp.csr_matrix(np.column_stack([count, age])[person].astype(np.float32)),
            age=age[person],
            sex=sex[person],
        ),
        person_id=person.astype(np.int64) * 7 + 100,
        had_outcome=generator.random(len(person)) < risk,
        risk=risk,
        covariate_reference=reference,
    )


@dataclass(frozen=True, kw_only=True)
class AuditedPeople:
    """Predictions and groups of the same rows."""

    predictions: Predictions
    groups: pl.DataFrame


def audited_people(
    n_rows: int = 6_000, *, unseen_share: float = 0.0, level: float = -2.0, seed: int = 1
) -> AuditedPeople:
    """True risks for everybody, but for `Black or African American` people part of it unseen.

    With `unseen_share` 0 nobody is treated differently: the outcome does not depend on any
    attribute. Otherwise that share of what drives the outcome is not recorded for them.
    """
    generator = np.random.default_rng(seed)
    n_people = n_rows // 2
    person = generator.integers(0, n_people, n_rows)
    race = generator.choice(
        ["White", "Black or African American", "Asian", ""], n_people, p=[0.55, 0.3, 0.1, 0.05]
    )[person]
    sex = generator.choice(["Female", "Male"], n_people)[person]
    driven = generator.normal(0, 1.2, n_people)[person]
    had_outcome = generator.random(n_rows) < 1 / (1 + np.exp(-(level + driven)))
    seen = np.where(race == "Black or African American", (1 - unseen_share) * driven, driven)
    people = pl.DataFrame({"sex": sex, "race": race, "age": np.full(n_rows, 50)})
    return AuditedPeople(
        predictions=Predictions(
            person_id=person.astype(np.int64),
            had_outcome=had_outcome,
            risk=1 / (1 + np.exp(-(level + seen))),
        ),
        groups=group_people(people, ("sex", "race")),
    )
