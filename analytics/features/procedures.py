"""Covariates from procedures: how often each was done."""

from analytics.features.analysis import windowed_counts

PROCEDURES = windowed_counts(938, domain="procedure", events_in_words="times done")
