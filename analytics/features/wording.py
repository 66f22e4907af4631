"""What the covariates of an analysis are called, in plain words."""

from analytics.days import Window
from analytics.features.analysis import ANY_TIME, EventMeasure, MatchedBy, window_in_words
from analytics.features.domains import EVENT_DOMAINS, Domain

OF_A_VALUE: dict[str, str] = {
    "first_value": "first value",
    "latest_value": "latest value",
    "days_since_latest_value": "days since the latest value",
    "days_since_latest": "days since the latest",
    "distinct_days": "distinct days",
    "distinct_concepts": "distinct concepts",
    "min": "lowest value",
    "max": "highest value",
    "mean": "mean value",
    "sum": "sum of values",
    "standard_deviation": "standard deviation of values",
    "slope": "change of value a day (least squares)",
    "below_range": "values below their normal range",
    "above_range": "values above their normal range",
    "out_of_range": "values out of their normal range",
}
ALREADY_SAYS_WHEN = frozenset({"latest_value", "days_since_latest_value", "days_since_latest"})


def wording_of(
    measure: EventMeasure,
    domain: Domain,
    window: Window,
    *,
    subject: str = "{concept}",
    matched_by: MatchedBy = "start",
) -> str:
    """The name of a covariate, `{concept}` standing for the concept's name.

    `subject` stands before the colon: what the events are of.
    """
    when = "" if window == ANY_TIME and measure in ALREADY_SAYS_WHEN else window_in_words(window)
    what = _what(measure, domain)
    if matched_by == "overlap":
        what = "under way" if measure == "any" else "times under way"
    if measure == "value_as_concept":
        return f"{subject} = {{answer}}: {what} {when}"
    return f"{subject}: {what} {when}".rstrip()


def _what(measure: EventMeasure, domain: Domain) -> str:
    of_domain = EVENT_DOMAINS[domain]
    match measure:
        case "count":
            return of_domain.times
        case "any" | "value_as_concept":
            return of_domain.happened
        case "days_within":
            return "days spent" if domain == "visit" else "days"
    return OF_A_VALUE[measure]
