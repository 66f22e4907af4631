"""What a mart says about disclosure: which columns count people, and how its counts hang together.

Contracts hold this as YAML (`disclosure` in `data_contracts/marts/<name>.yaml`); the room of
contracts reads it into a `DisclosureRule`, and `suppress` acts on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from analytics.errors import BadInputError, near_miss

Level = Literal["aggregate", "person", "none"]
Place = Literal["every", "first", "last"]
LEVELS: tuple[str, ...] = get_args(Level)

PEOPLE_BEHIND = {
    "n_outcomes": "n_people_with_outcome",
    "n_flagged_rows": "n_flagged_people",
    "n_flagged_outcomes": "n_flagged_people",
}


@dataclass(frozen=True, kw_only=True)
class AddsUp:
    """Rows that differ only in `over` sum to a total.

    The total is either another row, given by the key values in `total`
    (`{attribute: overall, group_name: Everyone}`), or, for the counts named in
    `total_counts`, a column of the same rows or a quantity (see `SameAs`):
    `{n_people: n_people_total}`.
    """

    over: str
    within: tuple[str, ...] = ()
    total: Mapping[str, str] = field(default_factory=dict)
    total_counts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """`total` less `part` is itself a count of people, shown nowhere and still not to be revealed.

    Both are columns of the row; `total` may also be a quantity (see `SameAs`).
    """

    total: str
    part: str


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Rows in the order of `order` are what remains after each step; their differences count too.

    A row whose `applied` column is false is a note: it is compared with the last applied step and
    removes nobody. Where a frame has no such column every row is a step.
    """

    order: str
    applied: str = "is_applied"


@dataclass(frozen=True, kw_only=True)
class SameAs:
    """A count that other rows or other marts show too, under the same quantity.

    `quantity` is a name in which `{column}` stands for the row's own value:
    `people of {study}: {attribute} {group_name}`. Cells with one name are one cell. It holds for
    rows with the values in `where`, and, in a mart of steps, for the `first` or `last` step only
    if so said. One that `is_told` is what a study rests on: it is withheld for the sake of its
    parts only where one of them could otherwise be worked out (see `suppress`).
    """

    count: str
    quantity: str
    where: Mapping[str, str] = field(default_factory=dict)
    at: Place = "every"
    is_told: bool = False


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`rate` times the count `of` is a count that has no column: withheld when that one is small.

    It holds for rows with the values in `where` (`{metric: true_positive_rate}`).
    """

    rate: str
    of: str
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DisclosureRule:
    """How one mart is withheld from.

    `level`: `aggregate` marts are suppressed; `person` marts and `none` pass as they are
    (person-level marts are published to their own file). `people` is the column that counts people
    for the row; when it is small every count of the row goes. `people_behind` names, for a count of
    rows or of events, the count of the people it is made of: the two are withheld together.
    `derives` names, for each derived column, the counts that it would reveal.
    """

    level: Level
    people: str | None = None
    counts: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    adds_up: tuple[AddsUp, ...] = ()
    pairs: tuple[Pair, ...] = ()
    sequence: Steps | None = None
    derives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same_as: tuple[SameAs, ...] = ()
    rates: tuple[Rate, ...] = ()
    people_behind: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise BadInputError(
                f"disclosure level '{self.level}' does not exist.{near_miss(self.level, LEVELS)} "
                f"Use one of: {', '.join(LEVELS)}."
            )
        if self.level == "aggregate":
            self._check_counts()

    def _check_counts(self) -> None:
        if self.people is not None and self.people not in self.counts:
            raise BadInputError(
                f"disclosure: people column '{self.people}' is not among the counts "
                f"({', '.join(self.counts) or 'none'}). Add it to counts."
            )
        named = {
            *(pair.part for pair in self.pairs),
            *(same.count for same in self.same_as),
            *(rate.of for rate in self.rates),
            *(count for counts in self.derives.values() for count in counts),
            *(count for rule in self.adds_up for count in rule.total_counts),
            *self.people_behind,
            *self.people_behind.values(),
        }
        for name in sorted(named - set(self.counts)):
            raise BadInputError(
                f"disclosure names '{name}' as a count, but counts are "
                f"{', '.join(self.counts) or 'none'}.{near_miss(name, self.counts)} "
                "Add it to counts."
            )

    def behind(self, count: str) -> str | None:
        """The count of the people that `count` is made of; None when it counts people itself."""
        if count in self.people_behind:
            return self.people_behind[count]
        if count == "n_rows":
            return self.people
        usual = PEOPLE_BEHIND.get(count)
        return usual if usual in self.counts else None
