"""What is planted in simulated people, and how strongly: read from a YAML file.

Every planted truth is one section here. `strength` (or a share, a rate, an odds ratio) scales it,
and its null value (0, or a ratio of 1) switches it off; the shipped profiles are in `profiles/`.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from analytics.definition_files import FrozenModel, read_definition
from analytics.errors import BadInputError, near_miss

PROFILES = Path(__file__).parent / "profiles"

Share = Annotated[float, Field(ge=0, le=1)]
Ratio = Annotated[float, Field(gt=0, le=20)]
Strength = Annotated[float, Field(ge=0, le=5)]


class UnderRecording(FrozenModel):
    """A group whose conditions are written down less often; visits, drugs, deaths are not."""

    attribute: Literal["race", "ethnicity", "payer", "language"] = Field(
        default="race", description="What tells the group apart."
    )
    group: str = Field(
        default="Black or African American", description="The group, as the dashboard names it."
    )
    share_not_recorded: Share = Field(
        default=0.0, description="Share of the group's condition records that are never written."
    )


class Treatment(FrozenModel):
    """Celecoxib or diclofenac, and gastrointestinal haemorrhage in the 365 days after."""

    odds_ratio: Ratio = Field(
        default=1.0,
        description="Odds of a haemorrhage on diclofenac against celecoxib, the rest being equal.",
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
    """Outcomes that the confounder touches and the treatment does not."""

    rate_per_year: Annotated[float, Field(ge=0, le=0.5)] = Field(
        default=0.02, description="How often each comes to people without the confounder."
    )
    confounder_rate_ratio: Ratio = Field(
        default=1.0, description="How much more often to people with the confounder."
    )


class ImmortalTime(FrozenModel):
    """A medicine that changes nothing, begun only by those who live long enough to begin it."""

    mean_delay_days: Annotated[float, Field(ge=1, le=2000)] = Field(
        default=45.0, description="From a diagnosis of diabetes to the statin that follows it."
    )
    death_rate_ratio: Ratio = Field(
        default=1.0, description="Deaths in the first two years after a diagnosis of diabetes."
    )


class Leaving(FrozenModel):
    """Who leaves (censoring), and who dies before anything else can happen."""

    informative_censoring: Strength = Field(
        default=0.0, description="How much likelier the ill are to leave (log rate for each sd)."
    )
    competing_death: Strength = Field(
        default=1.0, description="Scales the rate of death outside hospital."
    )


class Cost(FrozenModel):
    """What is paid follows how easily people get to care, not how ill they are."""

    access: Strength = Field(
        default=0.0, description="How strongly access (not illness) sets what a person costs."
    )


class Drift(FrozenModel):
    """The last simulated year differs from those before."""

    strength: Strength = Field(default=0.0, description="0: it does not.")


class Profile(FrozenModel):
    """All that is planted."""

    name: str = Field(description="As the file is called.")
    description: str = Field(description="What is planted, in a sentence.")
    unrecorded_facts: Strength = Field(
        default=1.0,
        description="How much of each true risk depends on facts that nobody writes down.",
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
