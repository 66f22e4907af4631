"""A kind of covariate: what is computed of a concept's events, in which window, under which id."""

from dataclasses import dataclass
from typing import Literal

from analytics.days import Window

# FeatureExtraction's own analyses use other ids; these fifty are ours.
OUR_ANALYSIS_IDS = range(930, 980)

LAST_LOOKBACK_DAY = -1
ANY_TIME = Window(first_day=None, last_day=LAST_LOOKBACK_DAY)

Measure = Literal[
    "count",  # events that start in the window
    "days_within",  # days of the events that lie in the window
    "latest_value",  # value of the latest event that has one
    "days_since_latest",  # days from that event to index
    "demographic",  # a fact about the person, not an event
]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A kind of covariate; with a concept it makes one covariate.

    `wording` names the covariate in plain words, `{concept}` being the concept's name. Where
    `missing_means_zero`, a person without the covariate has the value 0; elsewhere the value is
    not known.
    """

    analysis_id: int
    name: str
    domain: str
    measure: Measure
    window: Window | None
    wording: str
    missing_means_zero: bool

    def __post_init__(self) -> None:
        if self.analysis_id not in OUR_ANALYSIS_IDS:
            raise ValueError(
                f"analysis {self.analysis_id} ({self.name}) is outside our ids "
                f"{OUR_ANALYSIS_IDS.start} to {OUR_ANALYSIS_IDS.stop - 1}"
            )


def windowed_counts(first_id: int, *, domain: str, events_in_words: str) -> tuple[Analysis, ...]:
    """Counts of events in the last 30, 180 and 365 days, and ever; four ids from `first_id`."""
    windows = [Window(first_day=-days, last_day=LAST_LOOKBACK_DAY) for days in (30, 180, 365)]
    return tuple(
        Analysis(
            analysis_id=analysis_id,
            name=f"{domain}_count_{window_name(window)}",
            domain=domain,
            measure="count",
            window=window,
            wording=f"{{concept}}: {events_in_words} {window_in_words(window)}",
            missing_means_zero=True,
        )
        for analysis_id, window in enumerate([*windows, ANY_TIME], start=first_id)
    )


def window_name(window: Window) -> str:
    """The window as a study names it: `30d`, or `any`."""
    return "any" if window.first_day is None else f"{-window.first_day}d"


def window_in_words(window: Window) -> str:
    """The window in plain words: `in the last 30 days`, `at any time before`."""
    if window.first_day is None:
        return "at any time before"
    return f"in the last {-window.first_day} days"
