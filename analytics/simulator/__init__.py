"""A synthetic CDM at any size, with a truth behind it.

`simulate` writes an OMOP CDM v5.4 as Parquet: people who join, fall ill, are treated, leave and
die over six years. Lives are drawn first (`people`, `diseases`, `glycaemia`, `drug_courses`,
`bleeding`, `hospital`), then the visits at which they meet the health system (`contacts`), then
what gets written down there (`conditions`, `prescriptions`, `measurements`, `procedures`).
"""

from analytics.simulator.simulation import SimulatedCdm, simulate
from analytics.simulator.sites import SimulatedSites, simulate_sites

__all__ = ["SimulatedCdm", "SimulatedSites", "simulate", "simulate_sites"]
