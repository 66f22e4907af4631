"""What is planted in simulated people, and how strongly: read from a YAML file.

Every planted truth is one section here. `strength` (or a share, a rate, an odds ratio) scales it,
and its null value (0, or a ratio of 1) switches it off; the shipped profiles are in `profiles/`.
What a section does to people is said beside its fields and written in the file that it names.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.definition_files import FrozenModel, read_definition
from analytics.errors import BadInputError, near_miss

PROFILES = Path(__file__).parent / "profiles"

Share = Annotated[float, Field(ge=0, le=1)]
Ratio = Annotated[float, Field(gt=0, le=20)]
Strength = Annotated[float, Field(ge=0, le=5)]

Attribute = Literal["race", "ethnicity", "payer", "language"]
GROUPS: dict[str, tuple[str, ...]] = {
    "race": (
        "White",
        "Black or African American",
        "Asian",
        "American Indian or Alaska Native",
        "Native Hawaiian or Other Pacific Islander",
        "More than one race",
        "Unknown",
    ),
    "ethnicity": ("Hispanic or Latino", "Not Hispanic or Latino", "Unknown"),
    "payer": ("Medicare", "Medicaid", "private", "none"),
    "language": ("English", "Spanish", "other"),
}
"""The groups that each attribute tells apart, in the order of `lives/people.py`."""


class UnderRecording(FrozenModel):
    """A group whose conditions are written down less often (`records/under_recording.py`).

    In the group each condition of each person is overlooked with the stated chance, and then none
    of its records is ever written. Visits, drugs, procedures, measurements, deaths are.
    """

    attribute: Attribute = Field(default="race", description="What tells the group apart.")
    group: str = Field(
        default="Black or African American", description="The group, as the dashboard names it."
    )
    share_not_recorded: Share = Field(
        default=0.0, description="Share of the group's condition records that are never written."
    )

    @model_validator(mode="after")
    def _group_exists(self) -> "UnderRecording":
        known = GROUPS[self.attribute]
        if self.group not in known:
            raise ValueError(
                f"group '{self.group}' does not exist for {self.attribute}."
                f"{near_miss(self.group, known)} Groups: {', '.join(known)}."
            )
        return self


class Treatment(FrozenModel):
    """Celecoxib or diclofenac, and gastrointestinal haemorrhage in the 365 days after.

    (`lives/treatment.py`, `lives/bleeding.py`.) With both confoundings at 0 a coin decides.
    """

    odds_ratio: Ratio = Field(
        default=1.0,
        description="Odds of a haemorrhage on diclofenac against celecoxib, the rest being equal, "
        "for people who take no anticoagulant; for those who do, its third power.",
    )
    confounding: Strength = Field(
        default=0.0,
        description="How much more often people with a recorded history of peptic ulcer get "
        "celecoxib (log-odds of the choice).",
    )
    unmeasured_confounding: Strength = Field(
        default=0.0,
        description="The same for people who drink, which is never recorded.",
    )


class NegativeControls(FrozenModel):
    """Outcomes that the confounders touch and the treatment does not.

    (`lives/negative_controls.py`: each comes at most once to a person.)
    """

    rate_per_year: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.02,
        description="How often each comes to people without a confounder, on average over all.",
    )
    confounder_rate_ratio: Ratio = Field(
        default=1.0, description="How much more often to people with a history of peptic ulcer."
    )
    unmeasured_rate_ratio: Ratio = Field(
        default=1.0, description="How much more often to people who drink."
    )


class ImmortalTime(FrozenModel):
    """A statin that changes nothing, begun only by those who live long enough to begin it.

    (`lives/statins.py`, `lives/mortality.py`.)
    """

    share_treated: Share = Field(
        default=0.4, description="Share of people newly diabetic for whom it is meant."
    )
    mean_delay_days: Annotated[float, Field(ge=1, le=2000)] = Field(
        default=45.0, description="From a diagnosis of diabetes to the statin that follows it."
    )
    death_rate_ratio: Ratio = Field(
        default=1.0, description="Deaths in the first two years after a diagnosis of diabetes."
    )


class Leaving(FrozenModel):
    """Who leaves (`lives/leaving.py`), and who dies before anything else can happen."""

    informative_censoring: Strength = Field(
        default=0.0,
        description="How much likelier the ill are to leave (log rate for each sd of illness).",
    )
    competing_death: Strength = Field(
        default=1.0,
        description="Scales the rate of death outside hospital (`lives/mortality.py`).",
    )


class Cost(FrozenModel):
    """What is paid follows how easily people get to care, not illness (`lives/cost.py`)."""

    access: Strength = Field(
        default=0.0,
        description="How strongly access sets what a person costs (log for each sd). Illness sets "
        "what is left of it: from 1 on, nothing.",
    )
    access_gap: Annotated[float, Field(ge=0, le=3)] = Field(
        default=0.0, description="How much worse access is in the under-recorded group (sd)."
    )


class Drift(FrozenModel):
    """The last simulated year, 2024, differs from those before (`lives/drift.py` says how)."""

    strength: Strength = Field(
        default=0.0,
        description="0: it does not. 1: odds of readmission after discharges in 2024 are 1.6 "
        "times what they were, known diseases are written down at 0.6 times as many visits, and "
        "every laboratory reports in SI units, as only some did (whatever the strength).",
    )


class Profile(FrozenModel):
    """All that is planted."""

    name: str = Field(description="As the file is called.")
    description: str = Field(description="What is planted, in a sentence.")
    unrecorded_facts: Strength = Field(
        default=1.0,
        description="Scales the weight of facts that nobody writes down in each true risk: frailty "
        "(readmission, haemorrhage), drinking (haemorrhage), family history (diabetes).",
    )
    under_recording: UnderRecording = UnderRecording()
    treatment: Treatment = Treatment()
    negative_controls: NegativeControls = NegativeControls()
    immortal_time: ImmortalTime = ImmortalTime()
    leaving: Leaving = Leaving()
    cost: Cost = Cost()
    drift: Drift = Drift()


def list_profiles() -> list[str]:
    """Names of the profiles that ship with Catchment, in alphabetical order."""
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a shipped profile by its name, or any profile by the path of its YAML file.

    Raises one `BadInputError` that names every fault and what was probably meant.
    """
    shipped = PROFILES / f"{name_or_path}.yaml"
    if shipped.parent == PROFILES and shipped.is_file():
        return read_definition(shipped, Profile)
    path = Path(name_or_path)
    if path.is_file():
        return read_definition(path, Profile)
    names = list_profiles()
    raise BadInputError(
        f"profile '{name_or_path}' does not exist: it is neither a shipped profile nor a file."
        f"{near_miss(str(name_or_path), names)} "
        f"Shipped profiles: {', '.join(names)}. Or give the path of a profile's YAML file."
    )
