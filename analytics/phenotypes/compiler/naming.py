"""Names for the parts of a model, made from the words of its definition."""

import re
import unicodedata

LONGEST_NAME = 44
LONGEST_IDENTIFIER = 60
"""PostgreSQL keeps 63 characters of a name; three are left for a number behind it."""
LOOSE_ENDS = frozenset("a an and as at by for from in nor not of on or than the to with".split())  # noqa: SIM905
"""Words that a shortened name does not end with."""
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
    return name if len(name) <= longest else _shortened(name, longest)


def _shortened(name: str, longest: int) -> str:
    words = name[: longest + 1].split("_")[:-1] or [name[:longest]]
    while len(words) > 1 and words[-1] in LOOSE_ENDS:
        words.pop()
    return "_".join(words)


class Names:
    """The names that a model has given out, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def take(self, *wanted: str) -> str:
        """The first wanted name that is free and not too long, or the first with a number."""
        fitting = [name for name in wanted if len(name) <= LONGEST_IDENTIFIER] or wanted[:1]
        candidates = [_as_identifier(name) for name in fitting]
        found = next((name for name in candidates if name not in self._taken), None)
        number = 2
        while found is None:
            numbered = f"{candidates[0]}_{number}"
            found = None if numbered in self._taken else numbered
            number += 1
        self._taken.add(found)
        return found


def _as_identifier(name: str) -> str:
    started = f"_{name}" if name[:1].isdigit() else name or "unnamed"
    if len(started) <= LONGEST_IDENTIFIER:
        return started
    return _shortened(started, LONGEST_IDENTIFIER)
