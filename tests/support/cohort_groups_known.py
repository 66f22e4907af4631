"""What the attrition of cohorts by group tells a reader, by its rounded counts and its verdicts.

A person is in one group of each attribute, the same after each rule; of sex, race and ethnicity it
is the same in all cohorts and studies.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from tests.support.known_groups import Groups, Row

# Studies in which a person has one row, that of the event that opens the target cohort: the age
# band of the one is that of the other.
SAME_DAY_AS_THE_EVENT = ("gi_bleed_nsaid_1y",)
FOR_LIFE = ("sex", "race", "ethnicity")
JUDGED = ("more than others", "less than others", "within limit")
TO_JUDGE = 25
NEAREST = 55
Group = tuple[str, str, str]


class CohortGroups:
    """States who remains of each group after each rule, and what its verdict says of them."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.reader = groups, groups.reader
        self.rules: dict[Group, list[str]] = {}

    def read(self, rows: Iterable[tuple[Row, Row]]) -> None:
        """Each group after each rule, and what the rule removed of it."""
        blocks: dict[tuple[str, int, str], list[str]] = {}
        for true, row in sorted(rows, key=lambda both: int(str(both[0]["rule_number"]))):
            cohort, rule = str(row["cohort_name"]), int(str(row["rule_number"]))
            attribute, group = str(row["attribute"]), str(row["group_name"])
            name = f"cohort {cohort} {rule} {attribute} {group}.P"
            self.groups.hidden(name, int(str(true["n_people"])))
            if row["n_people"] is not None:
                first = int(str(row["n_people"])) - NEAREST // 2
                self.reader.states({name: 1.0}, max(0, first), first + NEAREST - 1)
            of_group = self.rules.setdefault((cohort, attribute, group), [])
            if rule > 1:
                self._judged(of_group[-1], f"cohort {cohort} {rule - 1}.P", row)
            of_group.append(name)
            blocks.setdefault((cohort, rule, attribute), []).append(name)
        for (cohort, rule, _), names in blocks.items():
            self.reader.adds_up(f"cohort {cohort} {rule}.P", names)
        for names in self.rules.values():
            for before, after in pairwise(names):
                self._left(before, after)

    def _judged(self, before: str, everyone_before: str, row: Row) -> None:
        """Who is judged has 25 people in the group and 25 others before the rule.

        Where nobody is, one of the two has fewer: no news of fewer than 50 people, and of more the
        reader is taken to know which.
        """
        others = self._left(everyone_before, before)
        is_news = self.groups.true(everyone_before) >= 2 * TO_JUDGE
        is_too_few = row["verdict"] == "too few to judge"
        for some in (before, others):
            if row["verdict"] in JUDGED:
                self.reader.is_least(some, TO_JUDGE)
            elif is_too_few and is_news and self.groups.true(some) < TO_JUDGE:
                self.reader.states({some: 1.0}, 0, TO_JUDGE - 1)

    def _left(self, whole: str, part: str) -> str:
        left = f"{whole} less {part}"
        if left not in self.reader.names:
            self.groups.hidden(left, self.groups.true(whole) - self.groups.true(part))
            self.reader.adds_up(whole, [part, left])
        return left

    def link_cohorts(self, built_from: Mapping[str, str], entered_alike: Mapping[str, str]) -> None:
        """Cohorts that are made of others, or entered in the same words, have the same people."""
        for (cohort, attribute, group), names in self.rules.items():
            if attribute not in FOR_LIFE:
                continue
            source = self.rules.get((built_from.get(cohort, ""), attribute, group))
            if source is not None:
                self.reader.adds_up(names[0], [source[-1]])
            other = self.rules.get((entered_alike.get(cohort, ""), attribute, group))
            if other is not None:
                self.reader.adds_up(names[0], [other[0]])

    def link_first_entries(self, cohort: str, attribute: str, group: str, cases: str) -> None:
        """Whoever enters a cohort for the first time while at risk is one of its people."""
        names = self.rules.get((cohort, attribute, group))
        if attribute in FOR_LIFE and names is not None:
            self._left(names[-1], cases)

    def link_study(
        self, study: str, target: str, outcome: str, groups: Iterable[tuple[str, str]]
    ) -> None:
        """What a study leaves of a group of its target, and of those who ever have the outcome."""
        for attribute, group in groups:
            of_study = f"{study} {attribute} {group}"
            is_same_group = attribute in FOR_LIFE or (
                attribute == "age_band" and study in SAME_DAY_AS_THE_EVENT
            )
            of_target = self.rules.get((target, attribute, group))
            if is_same_group and of_target is not None:
                self._left(of_target[-1], f"{of_study}.P")
            of_outcome = self.rules.get((outcome, attribute, group))
            if attribute in FOR_LIFE and of_outcome is not None:
                self._left(of_outcome[-1], f"{of_study}.W")
