"""A kind of covariate: what is computed of which events, in which window, under which id."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from analytics.days import Window
from analytics.features.concept_choice import ConceptChoice, RollUp

# covariate_id is concept_id * 1000 + analysis_id, so an analysis id has three digits.
# FeatureExtraction's own analyses use other ids: these fifty are ours, those below are for the
# analyses of one's own settings.
OUR_ANALYSIS_IDS = range(930, 980)
ONES_OWN_ANALYSIS_IDS = (range(305, 400), range(505, 600), range(813, 900))

LAST_LOOKBACK_DAY = -1
ANY_TIME = Window(first_day=None, last_day=LAST_LOOKBACK_DAY)

EventMeasure: TypeAlias = Literal[
    "count",  # events in the window
    "any",  # 1 where there is one
    "distinct_days",  # days on which one began
    "distinct_concepts",  # how many concepts; one covariate, whatever the concept
    "days_within",  # days of the events that lie in the window, first and last included
    "days_since_latest",  # days from the latest event to index
    "first_value",  # value of the first event that has one
    "latest_value",  # value of the latest event that has one
    "days_since_latest_value",  # days from that event to index
    "min",
    "max",
    "mean",
    "sum",
    "standard_deviation",  # of a sample (n - 1); none of one value
    "slope",  # least squares, in units a day; none where all values are of one day
    "value_as_concept",  # 1 for each concept with each of its answers
    "below_range",  # values below the normal range that stands beside them
    "above_range",  # values above it
    "out_of_range",  # both
]
Measure: TypeAlias = (
    EventMeasure
    | Literal[
        "demographic",  # a fact about the person, not an event
        "score",  # points of a named clinical score
    ]
)
MatchedBy = Literal["start", "overlap"]

COUNTS: frozenset[Measure] = frozenset(
    {
        "count",
        "any",
        "distinct_days",
        "distinct_concepts",
        "days_within",
        "value_as_concept",
        "below_range",
        "above_range",
        "out_of_range",
    }
)
BINARY: frozenset[Measure] = frozenset({"any", "value_as_concept"})
OF_VALUES: frozenset[Measure] = frozenset(
    {
        "first_value",
        "latest_value",
        "days_since_latest_value",
        "min",
        "max",
        "mean",
        "sum",
        "standard_deviation",
        "slope",
    }
)
OF_RANGES: frozenset[Measure] = frozenset({"below_range", "above_range", "out_of_range"})
BY_OVERLAP: frozenset[Measure] = frozenset({"count", "any"})


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A kind of covariate; with a concept it makes one covariate.

    `wording` names the covariate in plain words, `{concept}` being the concept's name. Where
    `missing_means_zero`, a person without the covariate has the value 0; elsewhere the value is
    not known. An event is in the window by its start, or (`matched_by` "overlap") where it starts
    by the last day and has not ended before the first. Where not `is_by_concept`, all events of
    the domain make one covariate. `concepts` chooses among them, and `roll_up` lifts each to the
    groups that its concept belongs to.
    """

    analysis_id: int
    analysis_name: str
    domain: str
    measure: Measure
    window: Window | None
    wording: str
    missing_means_zero: bool
    matched_by: MatchedBy = "start"
    is_by_concept: bool = True
    concepts: ConceptChoice | None = None
    roll_up: RollUp | None = None

    def __post_init__(self) -> None:
        if not is_free(self.analysis_id):
            raise ValueError(
                f"analysis {self.analysis_id} ({self.analysis_name}) is outside our ids "
                f"{OUR_ANALYSIS_IDS.start} to {OUR_ANALYSIS_IDS.stop - 1} and those for one's "
                f"own, {ranges_in_words()}"
            )

    @property
    def is_binary(self) -> bool:
        """Whether its only value is 1."""
        return self.measure in BINARY or (self.measure == "demographic" and self.missing_means_zero)

    @property
    def last_day(self) -> int:
        """The last day, relative to index, on which an event that is read may begin."""
        return self.window.last_day if self.window else LAST_LOOKBACK_DAY


def is_free(analysis_id: int) -> bool:
    """Whether FeatureExtraction leaves this id free: it is ours, or for one's own analyses."""
    return analysis_id in OUR_ANALYSIS_IDS or is_ones_own(analysis_id)


def is_ones_own(analysis_id: int) -> bool:
    """Whether the id is one of those for the analyses of one's own settings."""
    return any(analysis_id in ids for ids in ONES_OWN_ANALYSIS_IDS)


def ranges_in_words() -> str:
    """The ids for one's own analyses: `305 to 399, 505 to 599 and 813 to 899`."""
    *first, last = (f"{ids.start} to {ids.stop - 1}" for ids in ONES_OWN_ANALYSIS_IDS)
    return f"{', '.join(first)} and {last}"


def window_name(window: Window) -> str:
    """The window as a study names it, `30d` or `any`; with its ends where it ends early or late."""
    if window.last_day != LAST_LOOKBACK_DAY:
        first = "any" if window.first_day is None else f"day{window.first_day}"
        return f"{first}_to_day{window.last_day}"
    return "any" if window.first_day is None else f"{-window.first_day}d"


def window_in_words(window: Window) -> str:
    """The window in plain words: `in the last 30 days`, `at any time before`, `up to day -31`."""
    if window.last_day != LAST_LOOKBACK_DAY:
        if window.first_day is None:
            return f"up to day {window.last_day}"
        return f"from day {window.first_day} to day {window.last_day}"
    if window.first_day is None:
        return "at any time before"
    return f"in the last {-window.first_day} days"
