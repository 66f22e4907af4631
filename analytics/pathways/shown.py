"""Which pathways are named among the counts, and what else the people on them are counted in.

A reader who knows how many people are on each pathway knows how many start with each treatment, and
the other way round: so each named pathway says which counts its people are a part of, and nothing
is shown of either that would tell a small count of the other (`parts_of` in the contracts).
"""

from collections.abc import Collection

import polars as pl

from analytics.pathways.line_counts import (
    ANY_TREATMENT,
    OTHER_TREATMENTS,
    SEVERAL,
    NamedLines,
    count_name,
    taken_name,
)
from analytics.pathways.lines import (
    ADDS,
    ENDS,
    LEAVES,
    MOST_LINES,
    MOVES_ON,
    REDUCES,
    RESTARTS,
    STARTS,
    SWITCHES,
)
from analytics.studies import NO_TREATMENT

OTHER_PATHWAYS = "Other pathways"
MOST_IN_GROUPS = 5
"""The named pathways of counts by group; groups times pathways are withheld cell by cell."""


def name_pathways(
    person_pathway: pl.DataFrame,
    *,
    named: NamedLines,
    exits: Collection[str],
    max_path_length: int,
    smallest_cell: int,
) -> pl.DataFrame:
    """One row for each pathway that is named: pathway, pathway_in_groups, counted_in.

    Named are pathways of at least `smallest_cell` people, `None`, and `Other pathways`, which all
    others are. Where people have several episodes they may be on several pathways: lines are then
    not sums over these, and only the groups are.
    """
    people = person_pathway.select("person_id", "pathway").unique().group_by("pathway").len()
    is_common = (pl.col("len") >= smallest_cell) & (pl.col("pathway") != NO_TREATMENT)
    ranked = people.filter(is_common).sort("len", "pathway", descending=[True, False])
    common = ranked["pathway"].to_list()
    has_episodes = bool((person_pathway["episode"] > 1).any())
    rows = []
    for place, pathway in enumerate([*common, NO_TREATMENT, OTHER_PATHWAYS]):
        is_own = place < MOST_IN_GROUPS or pathway == NO_TREATMENT
        in_groups = pathway if is_own else OTHER_PATHWAYS
        counted = [f"groups {in_groups}"]
        if not has_episodes:
            if pathway in common:
                counted += _lines_of(pathway, named, exits, max_path_length)
            elif pathway == OTHER_PATHWAYS and not exits and named.of_line:
                counted.append(count_name(1, ANY_TREATMENT, STARTS))
        rows.append((pathway, in_groups, SEVERAL.join(counted)))
    columns = ["pathway", "pathway_in_groups", "counted_in"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _lines_of(
    pathway: str, named: NamedLines, exits: Collection[str], max_path_length: int
) -> list[str]:
    """The counts of lines that the people of one pathway are in, each once."""
    steps = pathway.split("-")
    sets = [frozenset(step.split("+")) for step in steps if step not in exits]
    taken = sets[:MOST_LINES]
    found = [taken_name(event) for event in named.taken if frozenset(event.split("+")) in taken]
    for number, treatments in named.of_line.items():
        if number > len(sets):
            break
        called = [ANY_TREATMENT]
        if treatments:
            now = sets[number - 1]
            own = [event for event in treatments if frozenset(event.split("+")) == now]
            called += own or [OTHER_TREATMENTS]
        told = [STARTS]
        if number < len(sets):
            told += [MOVES_ON, _what_follows(sets, number)]
        elif steps[-1] in exits:
            told.append(LEAVES)
        elif len(steps) < max_path_length:  # else what follows is not in the pathway
            told.append(ENDS)
        found += [count_name(number, name, follows) for name in called for follows in told]
    return list(dict.fromkeys(found))


def _what_follows(sets: list[frozenset[str]], number: int) -> str:
    """What follows the line of that number, which is not the last."""
    now, later = sets[number - 1], sets[number]
    if now < later:
        return ADDS
    if later < now:
        return REDUCES
    return RESTARTS if later in sets[:number] else SWITCHES
