"""One change between two versions of the contracts, and when a limit is stricter than before."""

from dataclasses import dataclass

ENDS = ("low", "high")
Limit = int | float | str | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One change: where, what, and whether it is breaking."""

    place: str
    what: str
    is_breaking: bool


def of_limit(place: str, word: str, before: float | None, after: float | None) -> Difference:
    """A limit of how much may be: breaking where it is lower, or where there was none."""
    is_stricter = after is not None and (before is None or after < before)
    what = f"{word}: {in_words(before)} → {in_words(after)}"
    return Difference(place=place, what=what, is_breaking=is_stricter)


def in_words(value: Limit) -> str:
    """A value as a contract writes it, or that there is none."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def is_within(end: str, before: Limit, after: Limit) -> bool:
    """Is every value that was believed before still, when an end (low or high) is moved so?

    Ends of different kinds (a year, `next year`) cannot be told apart; days are told as texts.
    """
    if after is None or before is None:
        return after is None
    if isinstance(before, str) and isinstance(after, str):
        return end == "low" and after <= before
    if isinstance(before, str) or isinstance(after, str):
        return False
    return after <= before if end == "low" else after >= before
