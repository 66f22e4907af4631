"""Covariates from measurements: how often each was made, and its latest value.

The latest value is the one of the latest day; on one day, of the largest event_id. Values are
taken as recorded: units are not harmonised here, so a concept recorded in two units mixes them.
"""

from analytics.features.analysis import ANY_TIME, Analysis, windowed_counts

MEASUREMENTS = (
    *windowed_counts(942, domain="measurement", events_in_words="times measured"),
    Analysis(
        analysis_id=958,
        name="measurement_latest_value",
        domain="measurement",
        measure="latest_value",
        window=ANY_TIME,
        wording="{concept}: latest value",
        missing_means_zero=False,
    ),
    Analysis(
        analysis_id=959,
        name="measurement_days_since_latest_value",
        domain="measurement",
        measure="days_since_latest",
        window=ANY_TIME,
        wording="{concept}: days since the latest value",
        missing_means_zero=False,
    ),
)
