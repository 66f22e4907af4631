"""The agreements about data, read from `data_contracts/`: what we need of a CDM, what we promise.

Pure: reads contract files and nothing else. A contract is one YAML file in the words of the Open
Data Contract Standard; `load_contracts` reads a whole layer and reports every fault at once, and
`compile_dbt` writes the same agreement in dbt's words. `load_unit_contracts` reads the units of
measurements: conversions and plausible limits, as CSV tables.
"""

from analytics.contracts.contract import (
    Column,
    Contract,
    Rule,
)
from analytics.contracts.dbt import compile_dbt
from analytics.contracts.reader import LAYERS, load_contracts
from analytics.contracts.units import UnitContracts, load_unit_contracts

__all__ = [
    "LAYERS",
    "Column",
    "Contract",
    "Rule",
    "UnitContracts",
    "compile_dbt",
    "load_contracts",
    "load_unit_contracts",
]
