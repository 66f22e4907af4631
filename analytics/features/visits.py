"""Covariates from visits: how often each kind took place, and how many days were spent in it.

Days spent are those of the visit that lie in the window, first and last included, so a stay that
is still going on at index counts up to day -1: when it will end is not known yet.
"""

from analytics.days import Window
from analytics.features.analysis import LAST_LOOKBACK_DAY, Analysis, windowed_counts

VISITS = (
    *windowed_counts(954, domain="visit", events_in_words="visits begun"),
    Analysis(
        analysis_id=960,
        name="visit_days_365d",
        domain="visit",
        measure="days_within",
        window=Window(first_day=-365, last_day=LAST_LOOKBACK_DAY),
        wording="{concept}: days spent in the last 365 days",
        missing_means_zero=True,
    ),
)
