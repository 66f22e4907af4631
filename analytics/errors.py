"""What can go wrong, said once: each kind of failure has its exit code.

An error says what is wrong (with the value), where, and what to do next. The command line
prints it without a traceback and leaves with the code of its kind.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class CatchmentError(Exception):
    """A failure that the person at the keyboard can act on."""

    exit_code = 1


class BadInputError(CatchmentError):
    """A file, folder, name or value that was handed in cannot be used (exit code 2)."""

    exit_code = 2


class ContractBreachError(CatchmentError):
    """The CDM breaks a contract in a way that forbids going on (exit code 3)."""

    exit_code = 3


class StudyError(CatchmentError):
    """A study cannot be answered on these people, e.g. nobody has the outcome (exit code 4)."""

    exit_code = 4


class RunFailedError(CatchmentError):
    """A step or a check ended in an error of its own; nothing was concluded (exit code 5)."""

    exit_code = 5


def near_miss(word: str, known: Iterable[str]) -> str:
    """Offer the closest known word as `" Did you mean 'x'?"`, or nothing."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{found[0]}'?" if found else ""
