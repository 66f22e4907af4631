"""What every part of a simulation is told: chance, what is planted, how much, and where."""

from dataclasses import dataclass, field
from typing import Literal

from analytics.simulator.draws import Draws
from analytics.simulator.profile import Profile
from analytics.simulator.site import Site

Concepts = Literal["few", "many"]


@dataclass(frozen=True, kw_only=True)
class World:
    """One simulation's chance, profile, density of events, and the health system it is about.

    With many `concepts` a long tail of made-up ones is recorded besides (`records/tail.py`).
    """

    draws: Draws
    profile: Profile
    density: float = 1.0
    site: Site = field(default_factory=Site)
    concepts: Concepts = "few"
