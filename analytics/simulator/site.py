"""A health system: how its people and its recording differ from those of others.

Sites share the truth: the same facts about a person give the same risk everywhere. They differ in
how many people they have and who those are, in what gets written down and in which words, and in
the tables that they never had.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from analytics.errors import BadInputError
from analytics.simulator.draws import Draws

Prescribing = Literal["mixed", "ingredients", "products"]
MOST_SITES = 50
CASE_MIX_DISEASES = (
    "hypertension",
    "depression",
    "asthma",
    "copd",
    "chronic kidney disease",
    "coronary disease",
    "heart failure",
)
"""Diseases that are more or less frequent at a site. Type 2 diabetes is none of them: its onset
is an outcome, whose risk follows from the same facts at every site."""

_NAMES = (
    "Northfield Health",
    "Lakeside Medical Group",
    "St Brendan Hospital Network",
    "Harbour County Clinics",
    "Prairie Valley Care",
)
# Each later site lacks other tables; the first, and after five the sixth, lack none.
_MISSING = (
    (),
    ("drug_era", "condition_era"),
    ("measurement",),
    ("death",),
    ("observation", "procedure_occurrence"),
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """One health system. The neutral one is what `simulate` describes without `sites`.

    `size` weighs its number of people against other sites. Case-mix: `older` in log weight for
    ten years of age, `more_female` and `more_hispanic` in log-odds, `heavier` in kg/m2 of the mean
    body-mass index, `disease_log_odds` by disease; `race_weights` and `payer_weights` multiply the
    usual weights (in the order of `people.RACES` and `people.PAYERS`; empty changes nothing).
    Recording: the shares of conditions, of measurements and of their units that are written down,
    `coarse_codes` the share of specific codes written as the disease's first, and whether drugs are
    written as `ingredients`, as `products`, or as `mixed` as care sites have it.
    """

    number: int = 1
    name: str = "Simulated health system"
    size: float = 1.0
    older: float = 0.0
    more_female: float = 0.0
    more_hispanic: float = 0.0
    heavier: float = 0.0
    disease_log_odds: Mapping[str, float] = field(default_factory=dict)
    race_weights: tuple[float, ...] = ()
    payer_weights: tuple[float, ...] = ()
    conditions_recorded: float = 1.0
    measurements_recorded: float = 1.0
    units_recorded: float = 1.0
    coarse_codes: float = 0.0
    prescribing: Prescribing = "mixed"
    missing_tables: tuple[str, ...] = ()


def draw_sites(n_sites: int, seed: int) -> tuple[Site, ...]:
    """Draw sites that differ; the first of three is the first of five with the same seed."""
    if not 1 <= n_sites <= MOST_SITES:
        raise BadInputError(
            f"--sites is {n_sites}: choose a whole number from 1 to {MOST_SITES}, e.g. --sites 3."
        )
    return tuple(_draw_site(number, Draws(seed=seed)) for number in range(1, n_sites + 1))


def _draw_site(number: int, draws: Draws) -> Site:
    me = np.array([number], dtype=np.int64)

    def normal(purpose: str, times: float, at: int = 0) -> float:
        drawn = float(draws.normal(f"site's {purpose}", me, at)[0])
        return round(times * min(max(drawn, -2.0), 2.0), 3)

    def between(purpose: str, low: float, high: float) -> float:
        return round(low + (high - low) * float(draws.uniform(f"site's {purpose}", me)[0]), 3)

    prescribing: tuple[Prescribing, ...] = ("mixed", "ingredients", "products")
    return Site(
        number=number,
        name=f"{_NAMES[(number - 1) % len(_NAMES)]} (site {number})",
        size=round(float(np.exp(normal("size", 0.5))), 3),
        older=normal("age", 0.1),
        more_female=normal("sex", 0.2),
        more_hispanic=normal("ethnicity", 0.6),
        heavier=normal("weight", 0.8),
        disease_log_odds={
            name: normal("diseases", 0.25, at) for at, name in enumerate(CASE_MIX_DISEASES)
        },
        race_weights=tuple(round(float(np.exp(normal("races", 0.5, at))), 3) for at in range(7)),
        payer_weights=tuple(round(float(np.exp(normal("payers", 0.4, at))), 3) for at in range(4)),
        conditions_recorded=between("conditions", 0.65, 1.0),
        measurements_recorded=between("measurements", 0.5, 1.0),
        units_recorded=between("units", 0.7, 1.0),
        coarse_codes=between("codes", 0.0, 1.0),
        prescribing=prescribing[(number - 1) % len(prescribing)],
        missing_tables=_MISSING[(number - 1) % len(_MISSING)],
    )
