"""Catchment: population-health predictive analytics on OMOP data.

Each room answers one question; `HOUSE` in the README draws how data flows between them.
"""

__version__ = "0.1.0"
