"""Covariates from recorded conditions: how often each was recorded, by window."""

from analytics.features.analysis import windowed_counts

CONDITIONS = windowed_counts(930, domain="condition", events_in_words="times recorded")
