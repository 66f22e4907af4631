"""Covariates from drug exposures: how often each drug was prescribed, dispensed or given."""

from analytics.features.analysis import windowed_counts

DRUGS = windowed_counts(934, domain="drug", events_in_words="times prescribed or given")
