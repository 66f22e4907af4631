"""The day on which somebody signed a waiver or a site's own limit has come; the last may pass."""

from datetime import UTC, date, datetime, timedelta

from analytics.errors import BadInputError

ONE_DAY = timedelta(days=1)


def check_has_come(day: date, signed: str) -> None:
    """Raise BadInputError where what was `signed` is dated on a day that is still ahead.

    Whoever signs east of Greenwich may be a day ahead of it.
    """
    if day > datetime.now(UTC).date() + ONE_DAY:
        raise BadInputError(
            f"{signed} is dated {day}, which has not come. Give the day on which it was signed."
        )


def has_passed(last_day: date) -> bool:
    """Whether what was signed up to and including that day is over, by the day in Greenwich."""
    return last_day < datetime.now(UTC).date()
