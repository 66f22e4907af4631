"""Names for the parts of a model, made from the words of its definition."""

import re
import unicodedata

LONGEST_NAME = 48
"""PostgreSQL keeps 63 characters of a name, and prefixes and numbers are put around ours."""
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc both case cast check collate column constraint create
    cross current date default desc distinct do else end except exists false fetch final first for
    foreign from full grant group having in inner intersect into is join lateral leading left like
    limit natural not null offset on only or order outer over partition primary references right
    row rows select set some table then time timestamp to trailing true union unique user using
    values when where window with
    """.split()  # noqa: SIM905
)
"""Words that a name may not be; those of SQL, and `final`, which closes each model."""


def slug(words: str, longest: int = LONGEST_NAME) -> str:
    """The words in lower case with underscores, cut between words where they are too long."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[A-Za-z])'(?=s\b)", "", plain)
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    while len(name) > longest:
        shorter = name[:longest].rsplit("_", 1)[0] if "_" in name[:longest] else name[:longest]
        name = shorter.strip("_")
    return name


class Names:
    """The names that a model has given out, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def take(self, *wanted: str) -> str:
        """The first of the wanted names that is free, or the first with a number behind it."""
        candidates = [_as_identifier(name) for name in wanted]
        found = next((name for name in candidates if name not in self._taken), None)
        number = 2
        while found is None:
            numbered = f"{candidates[0]}_{number}"
            found = None if numbered in self._taken else numbered
            number += 1
        self._taken.add(found)
        return found


def _as_identifier(name: str) -> str:
    return name if name and not name[0].isdigit() else f"n{name}" if name else "unnamed"
