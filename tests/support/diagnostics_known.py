"""What the diagnostics of cohorts tell a reader: incidence, overlap, index events, orphan concepts.

Counts that are published rounded tell the reader a span of ten people. In a row that is shown no
count is 1 to 10, for the row would be withheld.
"""

from collections.abc import Iterable, Mapping

from tests.support.known_groups import SMALLEST, Groups, Row

# By their definitions these people are among those: a discharge ends a stay, which visits make up.
LIES_IN = {
    ("inpatient_discharge", "inpatient_admission"),
    ("inpatient_discharge", "inpatient_visit"),
    ("inpatient_admission", "inpatient_visit"),
    ("inpatient_visit", "inpatient_admission"),
}
Rows = Iterable[tuple[Row, Row]]


class Diagnostics:
    """States what each row of the diagnostics tells; `cohorts` names the people of each cohort."""

    def __init__(self, groups: Groups, cohorts: Mapping[str, str]) -> None:
        self.groups, self.reader, self.cohorts = groups, groups.reader, cohorts
        self.lies_in = set(LIES_IN)

    def read_incidence(self, rows: Rows) -> None:
        """Who enters for the first time, and who could: in groups of one attribute at a time."""
        attributes: dict[tuple[str, str], list[str]] = {}
        in_order = sorted(rows, key=lambda both: both[0]["attribute"] != "overall")
        for true, seen in in_order:
            like, attribute = f"first {true['enters_like']}", str(true["attribute"])
            name = f"{like} {attribute} {true['group_name']}"
            everyone = f"{like} overall Everyone"
            small = "" if attribute == "overall" else self.groups_small(everyone)
            is_known = name + ".P" in self.reader.names
            at_risk, cases = true["n_people"], true["n_cases"]
            may_be_none = seen["n_people"] is None or "W" in small or int(str(at_risk)) < 22
            self.groups.count(
                f"{name}.P", true, seen, "n_people", at_least=1 if at_risk and not small else 0
            )
            self.groups.count(
                f"{name}.W", true, seen, "n_cases", at_least=1 if cases and not may_be_none else 0
            )
            rate, years = seen["cases_per_1000_years"], seen["person_years"]
            if isinstance(rate, float) and isinstance(years, float):
                self.reader.states({f"{name}.W": 1000.0}, rate * years - 1, rate * years + 1)
            if not is_known:
                self.rest(f"{name}.P", f"{name}.W")
            if attribute != "overall" and not is_known:
                attributes.setdefault((like, attribute), []).append(name)
            if attribute == "overall":
                self.rest("cdm.P", f"{name}.P")
                self.rest(f"{self.cohorts[str(true['cohort_name'])]}.P", f"{name}.W")
                self.read_nesting(true)
        for (like, attribute), names in attributes.items():
            everyone = f"{like} overall Everyone"
            self.reader.adds_up(f"{everyone}.W", [f"{name}.W" for name in names])
            if attribute == "sex":
                self.reader.adds_up(f"{everyone}.P", [f"{name}.P" for name in names])
            else:
                self.reader.is_covered(f"{everyone}.P", [f"{name}.P" for name in names])
            for name in names:
                self.rest(f"{everyone}.P", f"{name}.P")
        self.compare_nested([true for true, _ in in_order])

    def read_nesting(self, row: Row) -> None:
        """The mart says which cohorts hold all the people of which."""
        cohort, like, outer = str(row["cohort_name"]), str(row["enters_like"]), str(row["lies_in"])
        self.lies_in |= {(cohort, like), (like, cohort)} if like != cohort else set()
        self.lies_in |= {(cohort, outer)} if outer else set()

    def compare_nested(self, rows: Iterable[Row]) -> None:
        """Whoever is in the wider cohort alone enters it, or is not at risk of it: a count too."""
        names = {
            (str(row["cohort_name"]), row["attribute"], row["group_name"]): (
                f"first {row['enters_like']} {row['attribute']} {row['group_name']}"
            )
            for row in rows
        }
        for (cohort, *group), name in names.items():
            for outer in sorted(outer for inner, outer in self.lies_in if inner == cohort):
                wider = names.get((outer, *group))
                if wider is None or wider == name:
                    continue
                for whole, part in ((f"{wider}.W", f"{name}.W"), (f"{name}.P", f"{wider}.P")):
                    if self.groups.true(whole) >= self.groups.true(part):
                        self.rest(whole, part)
                people = self.cohorts[outer], self.cohorts[cohort]
                self.rest(f"{people[0]}.P", f"{people[1]}.P")

    def groups_small(self, everyone: str) -> str:
        """The letters, P or W, of a whole that is too small for any of its parts to be told."""
        return "".join(
            letter for letter in "PW" if self.groups.true(f"{everyone}.{letter}") < 2 * SMALLEST
        )

    def read_overlaps(self, rows: Rows) -> None:
        """Both, one, the other and neither make up the people of the CDM."""
        for true, seen in rows:
            one, other = str(true["cohort_name"]), str(true["other_cohort_name"])
            first, second = f"{self.cohorts[one]}.P", f"{self.cohorts[other]}.P"
            both = self.rounded(f"{one} and {other}", true, seen, "n_people_in_both")
            left, right = self.rest(first, both), self.rest(second, both)
            in_both = self.groups.true(both)
            either = f"{one} or {other}"
            self.groups.hidden(either, self.groups.true(first) + self.groups.true(second) - in_both)
            self.reader.adds_up(either, [both, left, right])
            parts = [both, left, right, self.rest("cdm.P", either)]
            if seen["n_people_in_smallest_part"] is not None:
                parts += self.left_by_rules([one, other], both)
                self.none_is_small(parts)
            for inner, outer, rest in ((one, other, left), (other, one, right)):
                if (inner, outer) in self.lies_in:
                    self.reader.states({rest: 1.0}, 0, 0)

    def read_index_events(self, rows: Rows) -> None:
        """Who enters a cohort has a record that opens it, perhaps of several concepts."""
        concepts: dict[str, list[str]] = {}
        for true, seen in rows:
            cohort = str(true["cohort_name"])
            name = f"{cohort} opened by {true['cdm_table']} {true['concept_id']}"
            people = self.rounded(f"{name}.P", true, seen, "n_people", at_least=1)
            records = self.rounded(f"{name}.R", true, seen, "n_records", at_least=1)
            self.reader.is_at_most(people, records)
            parts = [people, self.rest(f"{self.cohorts[cohort]}.P", people)]
            concepts.setdefault(cohort, []).append(people)
            if seen["n_people_in_smaller_part"] is not None:
                self.none_is_small([*parts, *self.left_by_rules([cohort], people)])
        for cohort, those in concepts.items():
            self.reader.is_covered(f"{self.cohorts[cohort]}.P", those)

    def read_orphans(self, rows: Rows) -> None:
        """A concept is recorded for some people; it may be the orphan of several sets."""
        for true, seen in rows:
            at_least = 1 if true["n_people"] else 0
            name = f"concept {true['concept_id']}"
            is_known = f"{name}.P" in self.reader.names
            people = self.rounded(f"{name}.P", true, seen, "n_people", at_least=at_least)
            records = self.rounded(f"{name}.R", true, seen, "n_records", at_least=at_least)
            if not is_known:
                self.reader.is_at_most(people, records)
                self.rest("cdm.P", people)

    def left_by_rules(self, cohorts: Iterable[str], people: str) -> list[str]:
        """Those of the people and events that each rule of the cohorts leaves beside `people`."""
        return [
            self.rest(whole, people)
            for cohort in cohorts
            for rule_number in range(1, int(self.cohorts[cohort].rpartition(" ")[2]) + 1)
            for letter in "PR"
            if (whole := f"cohort {cohort} {rule_number}.{letter}") in self.reader.names
            and self.groups.true(whole) > self.groups.true(people)
        ]

    def none_is_small(self, parts: Iterable[str]) -> None:
        """Each of these is known to be no small count, or nobody."""
        for part in parts:
            if self.groups.true(part):
                self.reader.is_least(part, SMALLEST)

    def rounded(self, name: str, true: Row, seen: Row, column: str, at_least: int = 0) -> str:
        """A count that is published to the nearest multiple of the smallest cell."""
        value, shown = int(str(true[column])), seen[column]
        self.groups.hidden(name, value, at_least=at_least)
        if shown is not None:
            near = int(str(shown))
            lowest = max(near - SMALLEST // 2, SMALLEST) if near else 0
            self.reader.states({name: 1.0}, lowest, near + SMALLEST // 2 if near else 0)
        return name

    def rest(self, whole: str, part: str) -> str:
        """Those of the whole who are not in the part are a count too."""
        left = f"{whole} less {part}"
        if left not in self.reader.names:
            self.groups.hidden(left, self.groups.true(whole) - self.groups.true(part))
            self.reader.adds_up(whole, [part, left])
        return left
