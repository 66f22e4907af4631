"""FeatureExtraction's windows in days relative to index; both ends count.

They are not clipped to an observation period. A record that starts after the end day is never
read, so what is left to ask of a record is whether it lasts to, or starts on, the first day.
"""

import narwhals as nw

from analytics.errors import BadInputError
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis, WindowName

FIRST_DAYS = {"long_term": -365, "medium_term": -180, "short_term": -30}


def first_day(window: WindowName, end_day: int) -> int | None:
    """First day of a window that ends on `end_day`; none where it reaches back any time."""
    return end_day if window == "last_day" else FIRST_DAYS.get(window)


def check_end_day(end_day: int) -> None:
    """Raise `BadInputError` where a window would end before it starts."""
    latest_start = max(FIRST_DAYS.values())
    if end_day < latest_start:
        raise BadInputError(
            f"end day {end_day} is before the window of {-latest_start} days starts (day "
            f"{latest_start}). Choose an end day of {latest_start} or later, "
            "as a rule -1 or 0."
        )


def is_reached(
    analysis: PrespecifiedAnalysis, end_day: int, *, starts: str = "days", ends: str = "end_days"
) -> nw.Expr | None:
    """Whether the day in column `starts` (or `ends`, for an overlap) lies in the window.

    None where every day that was read does. With the latest day of a group in these columns, it
    says whether any record of the group lies in the window.
    """
    first = first_day(analysis.window, end_day)
    if first is None:
        return None
    return nw.col(ends if analysis.matched_by == "overlap" else starts) >= first


def last_day_allowed(analysis: PrespecifiedAnalysis, end_day: int) -> int | None:
    """The last day on which a row that is read for it may begin; none where it looks past index.

    A care site and the days observed so far are facts of the index day itself; observation after
    it and the time in the cohort tell what comes later, and are asked for by name.
    """
    if analysis.measure in ("post_observation", "time_in_cohort"):
        return None
    if analysis.measure in ("care_site", "prior_observation"):
        return max(end_day, 0)
    return end_day
