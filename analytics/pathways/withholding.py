"""The counts of cohort rows as they may be shown: all tables of all targets at once.

The tables about lines are those of the marts, and are withheld from by the marts' own contracts.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from analytics.contracts import load_contracts
from analytics.disclosure import DisclosureRule, suppress
from analytics.errors import RunFailedError
from analytics.pathways.cohort_rows import TargetPathways
from analytics.pathways.counts import RULE, count_pathways, without_none
from analytics.pathways.follow_up import find_follow_up
from analytics.pathways.tables import make_line_tables
from analytics.studies import PathwaySettings

COUNTS = "pathway_counts"
OF_LINES = (
    *("treatment_line", "treatment_duration"),
    *("treatment_persistence", "treatment_days_covered"),
)
NAMES_OF_COUNTS = (
    "counted_as",
    "sums_to",
    "share_of",
    "taken_in",
    "counted_in",
    "is_any_treatment",
)
"""Columns by which the tables are held together; they go with the true counts."""


def count_and_withhold(
    found: list[TargetPathways], asked: PathwaySettings, smallest_cell: int
) -> dict[str, pl.DataFrame]:
    """One frame for each table to write: `COUNTS` and `OF_LINES`.

    Each begins with target_id, target_name and compat, has the columns of its mart, and says in
    `is_suppressed` where something was withheld (null). Cohort rows know no observation and no
    death: people are followed until the window of their target row closes.
    """
    shown = suppress(count_tables(found, asked, smallest_cell), disclosure_rules(), smallest_cell)
    if not asked.none_paths:
        shown[COUNTS] = without_none(shown[COUNTS])
    targets = pl.DataFrame(
        {
            "study": [str(one.target_id) for one in found],
            "target_id": [one.target_id for one in found],
            "target_name": [one.target_name for one in found],
        }
    )
    compat = pl.lit(asked.compat).alias("compat")
    return {
        name: frame.join(targets, on="study", maintain_order="left").select(
            "target_id",
            "target_name",
            compat,
            pl.exclude("study", "target_id", "target_name", *NAMES_OF_COUNTS),
        )
        for name, frame in shown.items()
    }


@cache
def disclosure_rules() -> Mapping[str, DisclosureRule]:
    """How each table is withheld from."""
    contracts = load_contracts("marts")
    rules = {COUNTS: RULE}
    for name in OF_LINES:
        rule = contracts[name].disclosure
        if rule is None:
            raise RunFailedError(
                f"mart '{name}' has no disclosure rule. Add a disclosure section to "
                f"data_contracts/marts/{name}.yaml."
            )
        rules[name] = rule
    return rules


def count_tables(
    found: list[TargetPathways], asked: PathwaySettings, smallest_cell: int
) -> dict[str, pl.DataFrame]:
    """The tables with true counts, and the names by which they hang together.

    Their column `study` holds the id of the target.
    """
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in (COUNTS, *OF_LINES)}
    for one in found:
        tables = make_line_tables(
            asked,
            courses=one.courses,
            found=one.found,
            follow_up=find_follow_up(one.courses.lines),
            exits=list(asked.exits.values()),
            smallest_cell=smallest_cell,
        )
        study = pl.lit(str(one.target_id)).alias("study")
        parts[COUNTS].append(count_pathways(one, tables.shown_pathway, by_year=asked.stratify))
        for name, frame in tables.of_lines().items():
            parts[name].append(frame.select(study, pl.all()))
    return {name: pl.concat(frames) for name, frames in parts.items()}
