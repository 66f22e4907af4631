"""Day arithmetic, in one place: the only file that adds to a date.

A day is the number of whole days since 1970-01-01 (so 0 is that day); windows include both
ends. Integer days are what events carry, because every engine agrees on them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)
DAYS_IN_YEAR = 365.25


def to_day(day: date) -> int:
    """Whole days from 1970-01-01 to `day`."""
    return (day - EPOCH).days


def to_date(day: int) -> date:
    """The calendar date of a day number."""
    return EPOCH + timedelta(days=day)


def age_at(year_of_birth: int, on: date) -> int:
    """Age as OHDSI counts it: calendar year less year of birth (FeatureExtraction 3.14.0)."""
    return on.year - year_of_birth


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days relative to an index date, both ends inclusive; `first_day=None` is any time before."""

    first_day: int | None
    last_day: int

    def __post_init__(self) -> None:
        if self.first_day is not None and self.first_day > self.last_day:
            raise ValueError(
                f"window ends before it starts: first day {self.first_day}, "
                f"last day {self.last_day}"
            )


AGE_BANDS = ((0, 17), (18, 34), (35, 49), (50, 64), (65, 79), (80, None))


def age_band(age: int) -> str:
    """The band an age falls in, as text: `18-34`, the last one `80+`; ends inclusive."""
    for first, last in AGE_BANDS:
        if last is None:
            return f"{first}+"
        if age <= last:
            return f"{first}-{last}"
    raise AssertionError("the last age band is open")
