"""The smallest cell we show: smaller counts of people, and what would reveal them, are withheld.

`suppress` takes all marts of a publication together, because a count withheld in one mart must not
be readable in another. Each mart says in its contract how its counts hang together
(`DisclosureRule`): `cells` lays all counts out on one sheet, `relating` finds the sums among them,
`protection` withholds what would tell a small one, `suppression` takes it out of the marts.
"""

from analytics.disclosure.rule import (
    AddsUp,
    Compared,
    Derived,
    DisclosureRule,
    Judged,
    Pair,
    PartOf,
    Roughly,
    SaidInstead,
    SameAs,
    Steps,
    ToldAnyway,
)
from analytics.disclosure.suppression import suppress

__all__ = [
    "AddsUp",
    "Compared",
    "Derived",
    "DisclosureRule",
    "Judged",
    "Pair",
    "PartOf",
    "Roughly",
    "SaidInstead",
    "SameAs",
    "Steps",
    "ToldAnyway",
    "suppress",
]
