"""What the marts of recording tell a reader: who has a record of the kind, and who has none.

Sizes are told as a least number, shares of people to two decimals, shares of records to three,
rates without any count behind them. In a row that is shown nobody has a record, or eleven
people do at least; in one with a share nobody has none, or eleven people do. Groups of an
attribute make up everyone.
"""

from collections.abc import Iterable

from tests.support.known_groups import SMALLEST, Groups, Row

EVERYONE = "Everyone"
HALF = {"share of people": 0.005, "share of records": 0.0005}
TOLD = {
    *("measure", "title", "section", "unit", "attribute", "group_name", "size"),
    *("n_people_in_smallest_part", "value", "value_of_others", "ratio", "ratio_lower"),
    *("ratio_upper", "verdict", "is_suppressed"),
}
"""What this reader reads, or knows to say nothing of a number of people."""
SIZES = {
    *("not told", "fewer than 25", "25 or more", "100 or more", "1,000 or more"),
    *("10,000 or more", "100,000 or more", "1,000,000 or more"),
}
BEHIND = """
select
    recording_by_group.*, counted.n_people, counted.n_people_recorded,
    counted.looked_at, counted.recorded
from marts.recording_by_group
inner join events.recording_comparison as counted using (measure, attribute, group_name)
order by measure, attribute, group_name
"""
"""The mart as it is, with the counts behind each row, which no mart holds."""
Rows = Iterable[tuple[Row, Row]]


class Recording:
    """States what each row of `recording_by_group` tells; `true` rows hold the counts behind it.

    One who `knows_sizes` has learned elsewhere how many people each group has.
    """

    def __init__(self, groups: Groups, *, knows_sizes: bool = False) -> None:
        self.groups, self.reader, self.knows_sizes = groups, groups.reader, knows_sizes

    def read(self, rows: Rows) -> None:
        blocks: dict[tuple[str, str], list[str]] = {}
        for true, seen in rows:
            if "is_suppressed" in seen:
                self.check_told(seen)
            measure, attribute = str(true["measure"]), str(true["attribute"])
            group = f"recorded {attribute} {true['group_name']}"
            people = int(str(true["n_people"]))
            if f"{group}.P" not in self.reader.names:
                told = people if self.knows_sizes else None
                self.reader.count(f"{group}.P", told, at_least=1, truth=people)
            whole, with_it, without = self.read_parts(group, f"{group} {measure}", true)
            if seen["size"] != "not told":
                self.read_shown(group, (whole, with_it, without), true, seen)
            if attribute != "overall":
                blocks.setdefault((attribute, measure), []).append(group)
        for (_, measure), names in blocks.items():
            for end in ("", f" {measure}", f" {measure} none"):
                whole = f"recorded overall {EVERYONE}{end}.P"
                parts = [f"{name}{end}.P" for name in names]
                # Who is never observed is in no group of a rate: then the groups are not everyone.
                if sum(map(self.groups.true, parts)) == self.groups.true(whole):
                    self.reader.adds_up(whole, parts)
        if "cdm.P" in self.reader.names and f"recorded overall {EVERYONE}.P" in self.reader.names:
            self.reader.adds_up("cdm.P", [f"recorded overall {EVERYONE}.P"])

    @staticmethod
    def check_told(seen: Row) -> None:
        """A column more, or a size in other words, may tell what this reader does not look at."""
        assert set(seen) <= TOLD, set(seen) - TOLD
        assert seen["size"] in SIZES, seen["size"]
        assert seen["n_people_in_smallest_part"] in (None, SMALLEST)

    def read_parts(self, group: str, name: str, true: Row) -> tuple[str, str, str]:
        """What the row is about: people of the group, or records; with, and without."""
        with_it, without = f"{name}.P", f"{name} none.P"
        if true["unit"] == "share of records":
            looked_at, recorded = round(float(str(true["looked_at"]))), float(str(true["recorded"]))
            whole = self.groups.hidden(f"{name} looked at.P", looked_at)
            self.groups.hidden(with_it, round(recorded))
            self.groups.hidden(without, looked_at - round(recorded))
        else:
            people, recorded = int(str(true["n_people"])), float(str(true["n_people_recorded"]))
            whole = f"{group}.P"
            self.groups.hidden(with_it, recorded)
            self.groups.hidden(without, people - recorded)
        self.reader.adds_up(whole, [with_it, without])
        return whole, with_it, without

    def read_shown(self, group: str, parts: tuple[str, str, str], true: Row, seen: Row) -> None:
        """A size at least; no part that a row tells of is small; a share with its decimals."""
        whole, with_it, without = parts
        least = str(seen["size"]).split(" ")[0].replace(",", "")
        if least.isdigit():
            self.reader.is_least(f"{group}.P", int(least))
        half = HALF.get(str(true["unit"]))
        for part in (with_it, without) if half else (with_it,):
            # Of a row that ought to have been withheld a reader would not know so much.
            if self.groups.true(part) >= SMALLEST:
                self.reader.is_least(part, SMALLEST)
        share = seen["value"]
        if half and isinstance(share, float):
            for edge, sign in ((share - half, 1.0), (share + half, -1.0)):
                # The part less the edge times the whole is at least 0, and at most 0, at the ends.
                self.reader.states({with_it: sign, whole: -sign * edge}, -1e-6, float("inf"))
