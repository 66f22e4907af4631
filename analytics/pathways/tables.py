"""All counts of a target's lines of treatment, as true as they are: nothing is withheld here."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from analytics.pathways.days_covered import count_days_covered
from analytics.pathways.durations import count_durations
from analytics.pathways.finding import Courses, Pathways
from analytics.pathways.line_counts import count_lines, name_lines
from analytics.pathways.lines import find_treatment_lines
from analytics.pathways.persistence import count_persistence
from analytics.pathways.shown import name_pathways
from analytics.studies import PathwayParameters


@dataclass(frozen=True, kw_only=True)
class LineTables:
    """The tables of one target, each with the columns of its contract from the line on."""

    shown_pathway: pl.DataFrame
    treatment_line: pl.DataFrame
    treatment_duration: pl.DataFrame
    treatment_persistence: pl.DataFrame
    treatment_days_covered: pl.DataFrame

    def of_lines(self) -> dict[str, pl.DataFrame]:
        """The tables about lines, by the name of their mart."""
        return {
            "treatment_line": self.treatment_line,
            "treatment_duration": self.treatment_duration,
            "treatment_persistence": self.treatment_persistence,
            "treatment_days_covered": self.treatment_days_covered,
        }


def make_line_tables(
    asked: PathwayParameters,
    *,
    courses: Courses,
    found: Pathways,
    follow_up: pl.DataFrame,
    exits: Collection[str],
    smallest_cell: int,
) -> LineTables:
    """Count lines, durations, persistence and days covered of each person's first episode."""
    lines = find_treatment_lines(courses, asked, follow_up)
    named = name_lines(lines, smallest_cell)
    n_target = found.person_pathway["person_id"].n_unique()
    treatment_line = count_lines(lines, named, n_target, smallest_cell)
    return LineTables(
        shown_pathway=name_pathways(
            found.person_pathway,
            named=named,
            exits=exits,
            max_path_length=asked.max_path_length,
            smallest_cell=smallest_cell,
        ),
        treatment_line=treatment_line,
        treatment_duration=count_durations(lines, named, set(treatment_line["counted_as"])),
        treatment_persistence=count_persistence(
            lines, courses.records, named, asked.era_collapse_size
        ),
        treatment_days_covered=count_days_covered(lines, courses.records, named),
    )
