"""A simulated CDM and its tables, for tests that ask what simulated people are like."""

from dataclasses import dataclass

import polars as pl

from analytics.simulator import SimulatedCdm

PERSONS, SEED = 20_000, 11


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A simulated CDM and its tables."""

    cdm: SimulatedCdm

    def table(self, name: str) -> pl.DataFrame:
        """One table of the CDM, as written."""
        return pl.read_parquet(self.cdm.folder / f"{name}.parquet")
