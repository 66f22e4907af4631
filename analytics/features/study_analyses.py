"""Which of our analyses a study asks for: its domains, and counts in its windows."""

from analytics.days import Window
from analytics.features.analysis import Analysis
from analytics.features.settings import our_analyses
from analytics.studies import CovariateSettings


def analyses_of(domain: str, settings: CovariateSettings) -> tuple[Analysis, ...]:
    """The analyses of a domain that the study asks for: counts in its windows, and the rest."""
    return tuple(
        analysis
        for analysis in our_analyses()
        if analysis.domain == domain
        and (analysis.measure != "count" or _is_asked_for(analysis.window, settings))
    )


def _is_asked_for(window: Window | None, settings: CovariateSettings) -> bool:
    if window is None or window.first_day is None:
        return "any" in settings.windows
    return -window.first_day in settings.windows
