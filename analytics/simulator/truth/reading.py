"""Read the truth behind a simulated CDM, for tests, notebooks and whoever checks a method.

`read_truth(folder)` takes the folder that `simulate` wrote; what each frame holds is the table at
the top of `truth/whole.py`. Nothing in the product may import this or open those files.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl

from analytics.errors import BadInputError
from analytics.simulator.draws import Floats, Integers
from analytics.simulator.profile import Profile, load_profile

DAYS_AT_RISK = 365


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Everything in `truth/`, one frame for each file, and the profile."""

    profile: Profile
    readmission_30d: pl.DataFrame
    diabetes_onset_1y: pl.DataFrame
    gi_bleed_nsaid_1y: pl.DataFrame
    treatment: pl.DataFrame
    statin_after_diabetes: pl.DataFrame
    unrecorded: pl.DataFrame
    not_recorded: pl.DataFrame
    negative_controls: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class TreatmentEffect:
    """Diclofenac against celecoxib over one year in the new users of the shipped study.

    The true average effect is that on all `n_people`, each on both drugs. The crude difference is
    what comparing those who took the one with those who took the other is expected to show, were
    nobody lost: the true one plus what the choice of the drug adds, the bias.
    """

    n_people: int
    risk_on_celecoxib: float
    risk_on_diclofenac: float
    crude_difference: float

    @property
    def risk_difference(self) -> float:
        """Average risk on diclofenac minus that on celecoxib."""
        return self.risk_on_diclofenac - self.risk_on_celecoxib

    @property
    def risk_ratio(self) -> float:
        """Average risk on diclofenac divided by that on celecoxib."""
        return self.risk_on_diclofenac / self.risk_on_celecoxib

    @property
    def odds_ratio(self) -> float:
        """Odds of the average risks; the odds ratio of one person is the profile's."""
        on, off = self.risk_on_diclofenac, self.risk_on_celecoxib
        return on * (1 - off) / (off * (1 - on))

    @property
    def bias(self) -> float:
        """What confounding adds to the crude difference."""
        return self.crude_difference - self.risk_difference


def read_truth(folder: Path) -> Truth:
    """The truth behind the simulated CDM in this folder."""
    place = Path(folder) / "truth"
    names = [field.name for field in fields(Truth) if field.name != "profile"]
    missing = [name for name in names if not (place / f"{name}.parquet").is_file()]
    if missing or not (place / "profile.yaml").is_file():
        raise BadInputError(
            f"{place} is not the truth behind a simulated CDM: "
            f"{', '.join(missing) or 'profile.yaml'} is missing. "
            "Give the folder that `catchment simulate --out` wrote."
        )
    frames = {name: pl.read_parquet(place / f"{name}.parquet") for name in names}
    return Truth(profile=load_profile(place / "profile.yaml"), **frames)


def treatment_effect(treatment: pl.DataFrame) -> TreatmentEffect:
    """The planted effect, from the potential outcomes of the study's members."""
    members = treatment.filter("is_study_member")
    took_diclofenac = members.filter("takes_diclofenac")
    took_celecoxib = members.filter(~pl.col("takes_diclofenac"))
    return TreatmentEffect(
        n_people=members.height,
        risk_on_celecoxib=_mean(members, "risk_on_celecoxib"),
        risk_on_diclofenac=_mean(members, "risk_on_diclofenac"),
        crude_difference=_mean(took_diclofenac, "risk_on_diclofenac")
        - _mean(took_celecoxib, "risk_on_celecoxib"),
    )


def planted_event_free(treatment: pl.DataFrame, days: Integers) -> Floats:
    """The share without a haemorrhage by each day after index if nobody died or left.

    Each person's risk comes in over the year as (day / 365) to the power of 2/3: early days are
    the dangerous ones.
    """
    risk = np.where(
        treatment["takes_diclofenac"].to_numpy(),
        treatment["risk_on_diclofenac"].to_numpy(),
        treatment["risk_on_celecoxib"].to_numpy(),
    )
    come = (np.clip(days, 0, DAYS_AT_RISK) / DAYS_AT_RISK) ** (2 / 3)
    return np.asarray(1 - risk.mean() * come)


def _mean(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].to_numpy().mean())
