"""A health system: how its people and its recording differ from those of others."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Site:
    """One health system. The neutral one is what `simulate` describes without `sites`."""

    number: int = 1
    name: str = "Simulated health system"
