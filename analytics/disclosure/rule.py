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
AnyOf = Mapping[str, tuple[str, ...]]

PEOPLE_BEHIND = {
    "n_outcomes": "n_people_with_outcome",
    "n_flagged_rows": "n_flagged_people",
    "n_flagged_outcomes": "n_flagged_people_with_outcome",
}


@dataclass(frozen=True, kw_only=True)
class AddsUp:
    """Rows that differ only in `over` sum to a total.

    The total is either another row, given by the key values in `total`
    (`{attribute: overall, group_name: Everyone}`), or, for the counts named in
    `total_counts`, a column of the same rows or a quantity (see `SameAs`):
    `{n_people: n_people_total}`. Where `overlaps` names values of a column
    (`{attribute: [age_band]}`), a person may be in several of the rows: counts of rows still sum
    to the total, counts of people to it or to more, each being at most the total.
    """

    over: str
    within: tuple[str, ...] = ()
    total: Mapping[str, str] = field(default_factory=dict)
    total_counts: Mapping[str, str] = field(default_factory=dict)
    overlaps: AnyOf = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PartOf:
    """The row's count is a part of each of the quantities that `column` lists.

    The column holds names, separated by `; `; each takes the column's place in `quantity`:
    `people of {study}: {counted_in}`. Rows of the mart that list one quantity are told apart by
    person, and what they leave of it is a count too. Where they overlap they sum to more.
    """

    count: str
    column: str
    quantity: str

    def listed(self, names: str) -> tuple[str, ...]:
        """The names that a value of the column holds."""
        return tuple(name for name in names.split("; ") if name)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """`total` less `part` is itself a count of people, not to be revealed either.

    Both are columns of the row; either may also be a quantity (see `SameAs`). `rest` names the
    column that shows the difference, where there is one. `by_person` says that whoever is in the
    part is in it with all their rows: then the rest, too, has no more people with the outcome than
    people. It holds for rows with the values in `where` and, in a mart of steps, for the `first`
    or `last` step only if so said. A pair that `may_differ` is passed over where the part is more
    than the total (a study that ran before the CDM was last built). Of one that is `never_small`
    the reader knows that what is left is no small count.
    """

    total: str
    part: str
    rest: str | None = None
    by_person: bool = False
    where: Mapping[str, str] = field(default_factory=dict)
    at: Place = "every"
    may_differ: bool = False
    never_small: bool = False

    @property
    def is_part_elsewhere(self) -> bool:
        """Is the part a quantity, which is said in words, and no column of the row?"""
        return " " in self.part


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
    if so said. One that `is_told` is what a study rests on: of the counts that could be withheld
    for the sake of a small one, it is the last to go. Cells that `may_differ` are one cell only
    where their numbers agree.
    """

    count: str
    quantity: str
    where: Mapping[str, str] = field(default_factory=dict)
    at: Place = "every"
    is_told: bool = False
    may_differ: bool = False


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Columns that would reveal the `counts` they are computed from: withheld when any of these is.

    It holds for rows whose values are among those in `where` (`{metric: [auroc, brier]}`).
    """

    columns: tuple[str, ...]
    counts: tuple[str, ...]
    where: AnyOf = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Columns that set a row's value `of` beside that of a reference row: shown if both are.

    The reference row has this row's key, but in `group` what this row says in `reference`.
    """

    columns: tuple[str, ...]
    of: str
    group: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class ToldAnyway:
    """Derived columns that tell nothing of the counts but that there are enough (an AUROC).

    They are shown to so many `decimals`, and also where counts they derive from are withheld: if
    the row's counts are `at_least` so much and a reader may know it, no small count being told by
    that.
    """

    columns: tuple[str, ...]
    decimals: int
    at_least: Mapping[str, int]
    where: AnyOf = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SaidInstead:
    """The `words` that stand in a column where the value `of` is withheld.

    Whatever the column says of a group is then the same for a small one and for one that is
    withheld for its sake.
    """

    column: str
    of: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Words that are passed on a step only where enough people are there before it.

    Of `column` any other words than `too_few` tell that the count of the step before, and what it
    leaves of all rows of that step, are `fewest` or more; `too_few`, that one of them is less.
    `instead` stands where that would tell a small count.
    """

    column: str
    fewest: int
    too_few: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class Roughly:
    """A count that no reader sees exactly, but to the nearest `multiple` of the smallest cell.

    What that tells, and what words that are `judged` by it do, is looked at last, when all other
    counts are shown or withheld. Rows that share the values of `block` are told alike: where their
    counts would tell a small one these are withheld and, where the words would, these too. The
    words of a row speak of the row with its key but one in `step`.
    """

    count: str
    multiple: int
    block: tuple[str, ...]
    step: str
    over: str
    judged: Judged


@dataclass(frozen=True, kw_only=True)
class DisclosureRule:
    """How one mart is withheld from.

    `level`: `aggregate` marts are suppressed; `person` marts and `none` pass as they are
    (person-level marts are published to their own file). `people` is the column that counts people
    for the row; when it is small every count of the row goes. `people_behind` names, for a count of
    rows or of events, the count of the people it is made of: the two are withheld together.
    `rounded` counts overlap in ways that no contract can say (people with one covariate or
    another): they are shown to the nearest multiple of the smallest cell, so that no difference of
    two tells a small count. Rows with the values in `about_nobody` (`{table_name: [care_site]}`)
    count no people and are shown as they are. Of the counts in `never_small` a reader knows that
    they are not small, by the way the mart is made (bins that are joined until each holds enough).
    """

    level: Level
    people: str | None = None
    counts: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    adds_up: tuple[AddsUp, ...] = ()
    parts_of: tuple[PartOf, ...] = ()
    pairs: tuple[Pair, ...] = ()
    sequence: Steps | None = None
    derives: tuple[Derived, ...] = ()
    compares: tuple[Compared, ...] = ()
    told_anyway: tuple[ToldAnyway, ...] = ()
    says_instead: tuple[SaidInstead, ...] = ()
    same_as: tuple[SameAs, ...] = ()
    people_behind: Mapping[str, str] = field(default_factory=dict)
    rounded: tuple[str, ...] = ()
    roughly: Roughly | None = None
    never_small: tuple[str, ...] = ()
    about_nobody: AnyOf = field(default_factory=dict)

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
            *(pair.part for pair in self.pairs if not pair.is_part_elsewhere),
            *(part.count for part in self.parts_of),
            *(pair.rest for pair in self.pairs if pair.rest is not None),
            *(same.count for same in self.same_as),
            *(count for derived in self.derives for count in derived.counts),
            *(count for rule in self.adds_up for count in rule.total_counts),
            *(count for told in self.told_anyway for count in told.at_least),
            *self.people_behind,
            *self.people_behind.values(),
            *self.rounded,
            *([self.roughly.count] if self.roughly else []),
            *self.never_small,
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

    @property
    def columns_needed(self) -> set[str]:
        """The columns that a frame must have for the rule to be applied to it."""
        return {
            *self.counts,
            *self.key,
            *(part.column for part in self.parts_of),
            *(name for derived in self.derives for name in derived.columns),
            *(name for compared in self.compares for name in compared.columns),
            *(compared.reference for compared in self.compares),
            *(name for told in self.told_anyway for name in told.columns),
            *(said.column for said in self.says_instead),
            *([*self.roughly.block, self.roughly.judged.column] if self.roughly else []),
        }
