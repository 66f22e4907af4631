"""The smallest cell we show: smaller counts of people, and what would reveal them, are withheld.

`suppress` takes all marts of a publication together, because a count withheld in one mart must not
be readable in another. Each mart says in its contract how its counts hang together
(`DisclosureRule`).
"""

from analytics.disclosure.rule import (
    AddsUp,
    DisclosureRule,
    Pair,
    Rate,
    SameAs,
    Steps,
)
from analytics.disclosure.suppression import suppress

__all__ = ["AddsUp", "DisclosureRule", "Pair", "Rate", "SameAs", "Steps", "suppress"]
