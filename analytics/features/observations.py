"""Covariates from observations: how often each was recorded."""

from analytics.features.analysis import windowed_counts

OBSERVATIONS = windowed_counts(946, domain="observation", events_in_words="times recorded")
