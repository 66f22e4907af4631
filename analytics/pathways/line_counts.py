"""How many people start each line of treatment, and what follows: true counts by name.

Treatments that few people have in a line are counted together, and lines that few people reach are
left out, before anything is withheld: which they are could point at a person, and thousands of
small cells would take the large ones with them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.pathways.lines import (
    ADDS,
    ENDS,
    GOES_ON,
    LEAVES,
    MOVES_ON,
    REDUCES,
    RESTARTS,
    STARTS,
    STOPS,
    SWITCHES,
    WHOLE,
)

ANY_TREATMENT, OTHER_TREATMENTS = "Any treatment", "Other treatments"
MOST_TREATMENTS = 6
TIMES_THE_SMALLEST = 4
"""So many smallest cells of people must start a treatment for it to be named: of fewer nearly all
that follows would be withheld, and counts of other treatments with it."""
THE_TARGET = "the target"
IN_ORDER = (
    *(STARTS, ENDS, STOPS, GOES_ON),
    *(MOVES_ON, ADDS, REDUCES, SWITCHES, RESTARTS, LEAVES),
)
SEVERAL = "; "
"""Between the names of several counts."""

Key = tuple[int, str, str]


@dataclass(frozen=True, kw_only=True)
class NamedLines:
    """The treatments that each line names, the largest first; of those that enough people take.

    `taken`: those of all lines together, with the people who take them.
    """

    of_line: Mapping[int, tuple[str, ...]]
    taken: Mapping[str, int]

    def called(self, line_number: int, treatment: str) -> str:
        """What the treatment is called in that line."""
        return treatment if treatment in self.of_line[line_number] else OTHER_TREATMENTS


def name_lines(lines: pl.DataFrame, smallest_cell: int) -> NamedLines:
    """Name the commonest treatments of each line; `lines` is that of `find_treatment_lines`.

    Lines end with the first that fewer people reach than a treatment needs. It is named if of its
    people nobody or `smallest_cell` end, move on and leave; and so must those of all other
    treatments, or the smallest named one joins them: these sums tell too much otherwise.
    """
    enough = TIMES_THE_SMALLEST * smallest_cell
    by_event = lines.group_by("line_number", "event", "what_follows").len()
    of_each: dict[int, dict[str, Counter[str]]] = {}
    for number, event, follows, n_people in by_event.cast({"event": pl.String}).iter_rows():
        found = of_each.setdefault(number, {}).setdefault(event, Counter())
        found[follows if WHOLE[follows] == STARTS else WHOLE[follows]] += n_people
    of_line: dict[int, tuple[str, ...]] = {}
    for number in sorted(of_each):
        here = of_each[number]
        if sum(found.total() for found in here.values()) < enough:
            break
        ranked = sorted(here, key=lambda event: (-here[event].total(), event))
        named = [
            event
            for event in ranked
            if here[event].total() >= enough and not _has_small(here[event], smallest_cell)
        ][:MOST_TREATMENTS]
        while named:
            others = sum((here[event] for event in ranked if event not in named), Counter[str]())
            if not _has_small(others, smallest_cell):
                break
            named.pop()
        of_line[number] = tuple(named)
    people = lines.select("line", "event").unique().group_by("event").len()
    people = people.cast({"event": pl.String}).filter(pl.col("len") >= enough)
    common = people.sort("len", "event", descending=[True, False])
    return NamedLines(of_line=of_line, taken=dict(common.head(MOST_TREATMENTS).iter_rows()))


def _has_small(found: Counter[str], smallest_cell: int) -> bool:
    return any(0 < n_people < smallest_cell for n_people in found.values())


def count_name(line_number: int, treatment: str, what_follows: str) -> str:
    """The name of a count of people, by which other tables know it."""
    if treatment == ANY_TREATMENT and what_follows == MOVES_ON:
        return count_name(line_number + 1, ANY_TREATMENT, STARTS)
    return f"line {line_number} {treatment} {what_follows}"


def taken_name(treatment: str) -> str:
    """The name of the people who take the treatment in any line."""
    return f"takes {treatment}"


def count_lines(
    lines: pl.DataFrame, named: NamedLines, n_target: int, smallest_cell: int
) -> pl.DataFrame:
    """One row for each line, treatment and what follows it, as the contract of the mart says.

    `n_target`: all people of the target, who may have no line at all. What follows is broken down
    only where each part holds nobody or `smallest_cell` people, and not for other treatments.
    """
    counts = _counts(lines, named)
    rows = []
    for number, treatments in named.of_line.items():
        listed = [ANY_TREATMENT, *treatments]
        if treatments and (number, OTHER_TREATMENTS, STARTS) in counts:
            listed.append(OTHER_TREATMENTS)
        for treatment in listed:
            of_it = {follows: counts.get((number, treatment, follows), 0) for follows in IN_ORDER}
            told = [STARTS]
            if treatment != OTHER_TREATMENTS:
                told = [name for name in IN_ORDER if _is_told(name, of_it, smallest_cell)]
            reached = counts[number, ANY_TREATMENT, STARTS]
            for follows in told:
                total = of_it[STARTS]
                if follows == STARTS:
                    total = n_target if treatment == ANY_TREATMENT else reached
                rows.append(
                    {
                        "line_number": number,
                        "treatment": treatment,
                        "what_follows": follows,
                        "n_people": of_it[follows],
                        "n_people_total": total,
                        "share": of_it[follows] / total,
                        **_names(number, treatment, follows),
                    }
                )
    return pl.DataFrame(rows, schema=SCHEMA)


def _is_told(follows: str, of_it: Mapping[str, int], smallest_cell: int) -> bool:
    """Does each part of the whole that it is a part of hold nobody or enough, up to the start?"""
    whole = WHOLE.get(follows)
    if whole is None:
        return True
    parts = [of_it[part] for part, of in WHOLE.items() if of == whole]
    is_large = all(n_people == 0 or n_people >= smallest_cell for n_people in parts)
    return is_large and _is_told(whole, of_it, smallest_cell)


def _names(number: int, treatment: str, follows: str) -> dict[str, str | bool]:
    """The names by which the row's counts hang together with others."""
    is_any = treatment == ANY_TREATMENT
    if follows != STARTS:
        return {
            "is_any_treatment": is_any,
            "counted_as": count_name(number, treatment, follows),
            "sums_to": count_name(number, treatment, WHOLE[follows]),
            "share_of": count_name(number, treatment, STARTS),
            "taken_in": "",
        }
    return {
        "is_any_treatment": is_any,
        "counted_as": count_name(number, treatment, STARTS),
        "sums_to": "",
        "share_of": THE_TARGET if is_any else count_name(number, ANY_TREATMENT, STARTS),
        "taken_in": "" if is_any else taken_name(treatment),
    }


SCHEMA = {
    "line_number": pl.Int32,
    "treatment": pl.String,
    "what_follows": pl.String,
    "n_people": pl.Int64,
    "n_people_total": pl.Int64,
    "share": pl.Float64,
    "is_any_treatment": pl.Boolean,
    "counted_as": pl.String,
    "sums_to": pl.String,
    "share_of": pl.String,
    "taken_in": pl.String,
}


def _counts(lines: pl.DataFrame, named: NamedLines) -> dict[Key, int]:
    """People by line, treatment and what follows, wholes among them."""
    counts: dict[Key, int] = {}
    grouped = lines.group_by("line_number", "event", "what_follows").len()
    grouped = grouped.cast({"event": pl.String})
    for number, event, follows, n_people in grouped.iter_rows():
        if number not in named.of_line:
            continue
        for treatment in (ANY_TREATMENT, named.called(number, event)):
            whole: str | None = follows
            while whole is not None:
                key = (number, treatment, whole)
                counts[key] = counts.get(key, 0) + n_people
                whole = WHOLE.get(whole)
    return counts
