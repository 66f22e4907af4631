"""What the Table 1 of a study tells a reader: how many rows of each group have what.

Counts are published rounded and tell a span of ten. In a row that is shown nobody lacks the
covariate, or eleven people do at least. Every row of the study is in one group of each attribute.
"""

from collections.abc import Iterable

from tests.support.known_groups import SMALLEST, Groups, Row

OVERALL, WITH, WITHOUT = "overall", "With the outcome", "Without the outcome"
Rows = Iterable[tuple[Row, Row]]


class Characteristics:
    """States what each row of a study's `cohort_characteristic` tells."""

    def __init__(self, groups: Groups, study: str) -> None:
        self.groups, self.reader, self.study = groups, groups.reader, study

    def read(self, rows: Rows) -> None:
        """Counts of covariates by group; those of categories are the profile's own."""
        blocks: dict[tuple[object, object], list[str]] = {}
        whole: dict[object, str] = {}
        for true, seen in sorted(rows, key=lambda both: both[0]["attribute"] != OVERALL):
            self.read_sizes(true, seen)
            covariate, attribute = true["covariate_id"], true["attribute"]
            name = f"{self.study} {covariate} in {attribute} {true['group_name']}"
            if true["of_attribute"] or (attribute == OVERALL and is_all(true)):
                continue
            if attribute != OVERALL and covariate not in whole:
                continue
            self.read_counts(name, true, seen)
            if attribute == OVERALL:
                whole[covariate] = name
            else:
                blocks.setdefault((covariate, attribute), []).append(name)
        for (covariate, _), names in blocks.items():
            self.reader.adds_up(whole[covariate], names)
            for name in names:
                self.rest(whole[covariate], name)

    def read_sizes(self, true: Row, seen: Row) -> None:
        """The sizes of groups and categories, wherever they are told, are the profile's."""
        group = f"{self.study} {true['attribute']} {true['group_name']}"
        everyone = f"{self.study} overall Everyone"
        of_outcome = true["group_name"] == WITH
        category = f"{self.study} {true['of_attribute']} {true['of_group']}"
        for name, column in (
            (f"{everyone}.W" if of_outcome else f"{group}.P", "n_people_of_group"),
            (f"{everyone}.O" if of_outcome else f"{group}.R", "n_rows_of_group"),
            (f"{everyone}.O", "n_outcomes_of_study"),
            (f"{category}.R", "n_rows_of_category"),
            (f"{category}.O", "n_outcomes_of_category"),
        ):
            if true[column] is not None:
                self.groups.count(name, true, seen, column)
        if seen["share"] is not None and true["of_attribute"]:
            self.read_share(true, seen["share"], category, everyone)

    def read_share(self, true: Row, share: object, category: str, everyone: str) -> None:
        """The share of a category among everyone, or those with or without the outcome."""
        letter = {"Everyone": "R", WITH: "O", WITHOUT: "N"}[str(true["group_name"])]
        self.groups.rate(share, {f"{category}.{letter}": 1.0}, {f"{everyone}.{letter}": 1.0})

    def read_counts(self, name: str, true: Row, seen: Row) -> None:
        whole = self.whole(str(true["attribute"]), str(true["group_name"]))
        self.groups.hidden(name, self.groups.true(whole) if is_all(true) else true["n_rows"])
        if seen["n_rows"] is not None:
            near = int(str(seen["n_rows"]))
            lowest = max(near - SMALLEST // 2, SMALLEST) if near else 0
            self.reader.states({name: 1.0}, lowest, near + SMALLEST // 2 if near else 0)
        lacking = self.rest(whole, name)
        if seen["share"] is not None:
            # Of a row that is shown nobody lacks the covariate, or enough people do.
            if self.groups.true(lacking):
                self.reader.is_least(lacking, SMALLEST)
            else:
                self.reader.states({lacking: 1.0}, 0, 0)

    def whole(self, attribute: str, group: str) -> str:
        """The count of rows that the group's are a part of."""
        letter = {WITH: "O", WITHOUT: "N"}.get(group)
        if letter is not None:
            return f"{self.study} overall Everyone.{letter}"
        return f"{self.study} {attribute} {group}.R"

    def rest(self, whole: str, part: str) -> str:
        """Those of the whole that are not in the part are a count too."""
        left = f"{whole} less {part}"
        self.groups.hidden(left, self.groups.true(whole) - self.groups.true(part))
        self.reader.adds_up(whole, [part, left])
        return left


def is_all(true: Row) -> bool:
    """Have all rows of the group the covariate? Then its count is the group's, and not repeated."""
    return true["n_rows"] is None and not true["of_attribute"]
