"""Covariates of one's own settings, and of `catchment-default`, from a CDM's own tables.

What a measure means is said in `definition.py`, once; here the events are read that it is asked
of, on whichever engine the `Cdm` is. Eras and ancestors are read as they come.
"""

from analytics.features.own.made import own_made_of
from analytics.features.own.settling import own_event_tables, settle_own

__all__ = ["own_event_tables", "own_made_of", "settle_own"]
