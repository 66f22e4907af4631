"""What the attrition of cohorts by group tells a reader: who remains of each group after each rule.

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
Key = tuple[str, int, str, str]


class CohortGroups:
    """States what each row of the attrition by group tells, in order of the rules."""

    def __init__(self, groups: Groups, one_row_cohorts: Iterable[str]) -> None:
        self.groups, self.reader = groups, groups.reader
        self.one_row_cohorts = set(one_row_cohorts)
        self.names: dict[Key, str] = {}
        self.first: dict[tuple[str, str, str], str] = {}
        self.last: dict[tuple[str, str, str], str] = {}

    def read(self, rows: Iterable[tuple[Row, Row]]) -> None:
        """Counts of each group after each rule; what each rule removes; shares of that."""
        in_order = sorted(rows, key=lambda both: int(str(both[0]["rule_number"])))
        blocks: dict[tuple[str, int, str], list[str]] = {}
        for true, seen in in_order:
            cohort, rule = str(true["cohort_name"]), int(str(true["rule_number"]))
            attribute, group = str(true["attribute"]), str(true["group_name"])
            before, name = self._counts(true, seen, (cohort, rule, attribute, group))
            everyone, everyone_before = f"cohort {cohort} {rule}", f"cohort {cohort} {rule - 1}"
            if rule == 1:
                everyone_before = everyone
            self.groups.count(f"{everyone}.P", true, seen, "n_people_everyone")
            self.groups.count(f"{everyone_before}.P", true, seen, "n_people_everyone_before")
            self._shares(seen, before, name, everyone_before, everyone)
            found = self.names[cohort, 1, attribute, group]
            self.groups.count(f"{found}.P", true, seen, "n_people_found")
            if found != name:
                self.groups.rate(seen["share_left"], {f"{name}.P": 1.0}, {f"{found}.P": 1.0})
            blocks.setdefault((cohort, rule, attribute), []).append(name)
            self.first.setdefault((cohort, attribute, group), name)
            self.last[cohort, attribute, group] = name
        for (cohort, rule, _), names in blocks.items():
            for letter in "RP":
                parts = [f"{name}.{letter}" for name in names]
                self.reader.adds_up(f"cohort {cohort} {rule}.{letter}", parts)
        self._steps()

    def _counts(self, true: Row, seen: Row, key: Key) -> tuple[str, str]:
        """The group before and after the rule, by name; somebody was in it before."""
        cohort, rule, attribute, group = key
        name = f"cohort {cohort} {rule} {attribute} {group}"
        before = self.names.get((cohort, rule - 1, attribute, group), name)
        self.names[key] = name
        nothing_is_told = seen["n_people_before"] is None
        for letter, column in (("R", "n_rows"), ("P", "n_people")):
            at_least = 0 if nothing_is_told or not true[column] else 1
            self.groups.count(f"{name}.{letter}", true, seen, column, at_least=at_least)
        self.groups.count(f"{before}.P", true, seen, "n_people_before", at_least=1)
        self.reader.is_at_most(f"{name}.P", f"{name}.R")
        if cohort in self.one_row_cohorts:
            self.reader.adds_up(f"{name}.R", [f"{name}.P"])
        return before, name

    def _shares(self, seen: Row, before: str, after: str, all_before: str, all_after: str) -> None:
        of_group, of_others = seen["share_removed"], seen["share_removed_of_others"]
        if of_others is None and None not in (of_group, seen["difference"]):
            of_others = float(str(of_group)) - float(str(seen["difference"]))
        removed = {f"{before}.P": 1.0, f"{after}.P": -1.0}
        if before != after:
            self.groups.rate(of_group, removed, {f"{before}.P": 1.0})
        others_before = {f"{all_before}.P": 1.0, f"{before}.P": -1.0}
        others_removed = {
            f"{all_before}.P": 1.0,
            f"{before}.P": -1.0,
            f"{all_after}.P": -1.0,
            f"{after}.P": 1.0,
        }
        if before != after:
            self.groups.rate(of_others, others_removed, others_before)

    def _steps(self) -> None:
        rules: dict[tuple[str, str, str], list[str]] = {}
        for (cohort, _, attribute, group), name in self.names.items():
            rules.setdefault((cohort, attribute, group), []).append(name)
        for names in rules.values():
            for before, after in pairwise(names):
                self.groups.fewer(before, after)

    def link_cohorts(self, built_from: Mapping[str, str], entered_alike: Mapping[str, str]) -> None:
        """Cohorts that are made of others, or entered in the same words, have the same people."""
        for (cohort, attribute, group), name in list(self.first.items()):
            if attribute not in FOR_LIFE:
                continue
            source = self.last.get((built_from.get(cohort, ""), attribute, group))
            if source is not None:
                self.groups.same(name, source, "P")
            other = self.first.get((entered_alike.get(cohort, ""), attribute, group))
            if other is not None:
                self.groups.same(name, other, "RP")

    def link_study(self, study: str, target: str, outcome: str, groups: Mapping) -> None:
        """What a study leaves of a group of its target, and of those who ever have the outcome."""
        for attribute, group in groups:
            of_study = groups[attribute, group]
            is_same_group = attribute in FOR_LIFE or (
                attribute == "age_band" and study in SAME_DAY_AS_THE_EVENT
            )
            of_target = self.last.get((target, attribute, group))
            if is_same_group and of_target is not None:
                self.groups.fewer(of_target, of_study)
            of_outcome = self.last.get((outcome, attribute, group))
            if attribute in FOR_LIFE and of_outcome is not None:
                self.groups.fewer_people(of_outcome, of_study, "W")
