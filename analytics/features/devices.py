"""Covariates from device exposures: how often each device was used."""

from analytics.features.analysis import windowed_counts

DEVICES = windowed_counts(950, domain="device", events_in_words="times used")
