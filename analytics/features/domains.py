"""The list of covariate domains. A new one is a file beside these, and a line here."""

from analytics.days import Window
from analytics.features.analysis import Analysis
from analytics.features.conditions import CONDITIONS
from analytics.features.demographics import DEMOGRAPHICS, RACE_AND_ETHNICITY
from analytics.features.devices import DEVICES
from analytics.features.drugs import DRUGS
from analytics.features.measurements import MEASUREMENTS
from analytics.features.observations import OBSERVATIONS
from analytics.features.procedures import PROCEDURES
from analytics.features.visits import VISITS
from analytics.studies import CovariateSettings

ANALYSES: tuple[Analysis, ...] = (
    *CONDITIONS,
    *DRUGS,
    *PROCEDURES,
    *MEASUREMENTS,
    *OBSERVATIONS,
    *DEVICES,
    *VISITS,
    *DEMOGRAPHICS,
    *RACE_AND_ETHNICITY,
)


def analyses_of(domain: str, settings: CovariateSettings) -> tuple[Analysis, ...]:
    """The analyses of a domain that the settings ask for: counts in their windows, and the rest."""
    return tuple(
        analysis
        for analysis in ANALYSES
        if analysis.domain == domain
        and (analysis.measure != "count" or _is_asked_for(analysis.window, settings))
    )


def _is_asked_for(window: Window | None, settings: CovariateSettings) -> bool:
    if window is None or window.first_day is None:
        return "any" in settings.windows
    return -window.first_day in settings.windows
