"""What the marts of a pathway study tell a reader: paths, lines, durations, persistence, groups.

The reader knows the study: its treatments are taken one line after the other, each person of the
target has one path, a path tells who starts what and what follows it, and pathways that are not
named are one count. Counts are told apart by person; what the named paths leave of a count of a
line is a count too.
"""

from collections.abc import Iterable
from itertools import pairwise

from tests.support.known_groups import Groups, Row

ANY, OTHER, NONE, OTHERS = "Any treatment", "Other treatments", "None", "Other pathways"
LONGEST = 5
PARTS = {
    "starts": ("ends", "moves on", "leaves"),
    "ends": ("stops", "goes on"),
    "moves on": ("adds", "reduces", "switches", "restarts"),
}
Rows = Iterable[tuple[Row, Row]]


class Treatments:
    """States what each mart of one pathway study tells."""

    def __init__(self, groups: Groups, study: str) -> None:
        self.groups, self.reader, self.study = groups, groups.reader, study
        self.paths: dict[str, str] = {}
        self.lines: dict[tuple[int, str, str], str] = {}

    @property
    def target(self) -> str:
        """The people of the target."""
        return f"{self.study}.P"

    def count(self, name: str, true: Row, seen: Row, column: str, at_least: int = 0) -> str:
        """A count of people, known to be that of another mart if it has the same name."""
        self.groups.count(name, true, seen, column, at_least=at_least)
        return name

    def rest(self, whole: str, *parts: str) -> None:
        """What these parts, which nobody is in two of, leave of the whole is a count."""
        gone = sum(self.groups.true(part) for part in parts)
        left = f"{whole} less {' and '.join(parts)}"
        self.groups.hidden(left, self.groups.true(whole) - gone)
        self.reader.adds_up(whole, [*parts, left])

    def read_paths(self, rows: Rows) -> None:
        """Each person of the target is on one path."""
        for true, seen in rows:
            total = self.count(self.target, true, seen, "n_people_total", at_least=1)
            path = f"{self.study} {true['pathway']}"
            self.count(path, true, seen, "n_people", at_least=1)
            self.groups.rate(seen["share"], {path: 1.0}, {total: 1.0})
            self.rest(total, path)
            self.paths[str(true["pathway"])] = path
        self.reader.adds_up(self.target, self.paths.values())

    def read_lines(self, rows: Rows) -> None:
        """Who starts a line, and what follows: sums within a line, over treatments, over paths."""
        for true, seen in rows:
            line, treatment = int(str(true["line_number"])), str(true["treatment"])
            key = line, treatment, str(true["what_follows"])
            self.lines[key] = self.count(self.line_name(*key), true, seen, "n_people")
            total = self.line_name(line, treatment, "starts")
            if key[2] == "starts":
                total = self.target if treatment == ANY else self.line_name(line, ANY, "starts")
            self.count(total, true, seen, "n_people_total")
            self.groups.rate(seen["share"], {self.lines[key]: 1.0}, {total: 1.0})
            self.rest(total, self.lines[key])
        for (line, treatment, follows), name in self.lines.items():
            parts = [(line, treatment, part) for part in PARTS.get(follows, ())]
            if parts and all(part in self.lines for part in parts):
                self.reader.adds_up(name, [self.lines[part] for part in parts])
            of_line = [
                other
                for (number, called, after), other in self.lines.items()
                if (number, after) == (line, follows) and called != ANY
            ]
            if treatment == ANY and of_line:
                self.rest(name, *of_line)
            if (treatment, follows) == (ANY, "moves on") and (
                line + 1,
                ANY,
                "starts",
            ) in self.lines:
                self.reader.adds_up(name, [self.lines[line + 1, ANY, "starts"]])
            self.rest(name, *self.paths_of(line, treatment, follows))
        if NONE in self.paths and (1, ANY, "starts") in self.lines:
            self.reader.adds_up(self.target, [self.paths[NONE], self.lines[1, ANY, "starts"]])

    def line_name(self, line: int, treatment: str, follows: str) -> str:
        """The name of a count of a line."""
        return f"{self.study} line {line} {treatment} {follows}"

    def paths_of(self, line: int, treatment: str, follows: str) -> list[str]:
        """The named paths whose people the count of a line holds, as far as a path tells."""
        found = []
        for path, name in self.paths.items():
            steps = path.split("-")
            if path in (NONE, OTHERS) or len(steps) < line:
                continue
            called = steps[line - 1]
            if (line, called, "starts") not in self.lines:
                called = OTHER
            if treatment not in (ANY, called):
                continue
            if follows == "starts" or follows in self.what_follows(steps, line):
                found.append(name)
        return found

    def what_follows(self, steps: list[str], line: int) -> tuple[str, ...]:
        """What the path itself says of the line: nothing of the last step that fits in it."""
        if len(steps) == line:
            return ("ends",) if line < LONGEST else ()
        now, later = set(steps[line - 1].split("+")), set(steps[line].split("+"))
        if now < later:
            return "moves on", "adds"
        if later < now:
            return "moves on", "reduces"
        is_again = steps[line] in steps[:line]
        return "moves on", "restarts" if is_again else "switches"

    def read_durations(self, rows: Rows) -> None:
        """The people behind each duration are those of a line, or who take a treatment at all."""
        for true, seen in rows:
            line, treatment = int(str(true["line_number"])), str(true["treatment"])
            if true["measure"] == "days to next line":
                name = self.line_name(line, treatment, "moves on")
            elif line:
                name = self.line_name(line, treatment, "starts")
            elif treatment == ANY:
                name = self.line_name(1, ANY, "starts")
            else:
                name = f"{self.study} takes {treatment}"
            self.count(name, true, seen, "n_people", at_least=1)
            if line or treatment == ANY or true["measure"] == "days to next line":
                continue
            # Each treatment is in a path once: the study keeps the first of each.
            lines = [
                other
                for (_, called, after), other in self.lines.items()
                if (called, after) == (treatment, "starts")
            ]
            self.rest(name, *lines)
            for other in lines:
                self.rest(name, other)
            paths = [other for path, other in self.paths.items() if treatment in path.split("-")]
            self.rest(name, *paths)

    def read_persistence(self, rows: Rows) -> None:
        """Who is followed or on a treatment on a day was so before."""
        days: dict[tuple[object, object], list[tuple[int, str, str]]] = {}
        for true, seen in rows:
            line, treatment = int(str(true["line_number"])), str(true["treatment"])
            day = int(str(true["days_after_start"]))
            start = self.line_name(line, treatment, "starts")
            name = f"{self.study} line {line} {treatment} day {day}"
            followed = start if day == 0 else f"{name} followed"
            on = start if day == 0 else f"{name} on"
            self.count(followed, true, seen, "n_people_followed")
            self.count(on, true, seen, "n_people_persistent")
            if day:
                self.rest(followed, on)
                self.groups.rate(seen["share_persistent"], {on: 1.0}, {followed: 1.0})
            days.setdefault((line, treatment), []).append((day, followed, on))
        for of_line in days.values():
            for (_, followed, on), (_, followed_later, on_later) in pairwise(sorted(of_line)):
                self.rest(followed, followed_later)
                self.rest(on, on_later)

    def read_days_covered(self, rows: Rows) -> None:
        """Who is well covered is one of those who start the line."""
        for true, seen in rows:
            line, treatment = int(str(true["line_number"])), str(true["treatment"])
            start = self.line_name(line, treatment, "starts")
            self.count(start, true, seen, "n_people", at_least=1)
            well = f"{self.study} line {line} {treatment} well covered"
            self.count(well, true, seen, "n_people_well_covered")
            self.groups.rate(seen["share_well_covered"], {well: 1.0}, {start: 1.0})
            self.rest(start, well)

    def read_groups(self, rows: Rows) -> None:
        """Each person is in one group of an attribute, and on one path."""
        of_path: dict[tuple[str, str], list[str]] = {}
        of_group: dict[tuple[str, str], list[str]] = {}
        sizes: dict[str, list[str]] = {}
        for true, seen in sorted(rows, key=lambda both: both[0]["attribute"] != "overall"):
            attribute, path = str(true["attribute"]), str(true["pathway"])
            group = f"{self.study} {attribute} {true['group_name']}"
            if attribute == "overall":
                total, name = self.target, f"{self.study} in groups {path}"
                self.count(total, true, seen, "n_people_total")
                self.count(name, true, seen, "n_people")
                if path in self.paths and path != OTHERS:
                    self.reader.adds_up(name, [self.paths[path]])
            else:
                total, name = f"{group}.P", f"{group} {path}"
                self.count(total, true, seen, "n_people_total", at_least=1)
                self.count(name, true, seen, "n_people")
                of_path.setdefault((attribute, path), []).append(name)
                if total not in sizes.setdefault(attribute, []):
                    sizes[attribute].append(total)
            self.groups.rate(seen["share"], {name: 1.0}, {total: 1.0})
            self.rest(total, name)
            of_group.setdefault((total, attribute), []).append(name)
        for (total, _), names in of_group.items():
            self.reader.adds_up(total, names)
        for (_, path), names in of_path.items():
            whole = f"{self.study} in groups {path}"
            self.reader.adds_up(whole, names)
            for name in names:
                self.rest(whole, name)
        for totals in sizes.values():
            self.reader.adds_up(self.target, totals)
            for total in totals:
                self.rest(self.target, total)
