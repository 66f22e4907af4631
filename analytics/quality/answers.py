"""What passes to and from Great Expectations: a question, and what it says of it."""

from dataclasses import dataclass
from typing import TypeAlias

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures import Asking


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What Great Expectations says of one check: its counts and whether it is met, or an error."""

    breaking: int | None = None
    looked_at: int | None = None
    recorded: int | None = None
    is_met: bool = False
    error: str | None = None


Question: TypeAlias = tuple[QualityCheck, Asking]
