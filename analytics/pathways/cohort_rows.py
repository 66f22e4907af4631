"""From cohort rows and settings to the pathways of each target; what is odd about the rows is said.

Counts in what is said are of rows and of people; the caller shows no small ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.errors import BadInputError, near_miss
from analytics.pathways.finding import Courses, Pathways, as_pathways, find_courses
from analytics.pathways.windows import find_lines
from analytics.studies import PathwaySettings

ROWS_OF_A_PERSON = ("person_id", "start_day", "end_day")


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """Something about the rows that whoever asked should know: how many, and what of them."""

    count: int
    says: str


@dataclass(frozen=True, kw_only=True)
class TargetPathways:
    """The pathways of one target: its cohort id and name, and the index year of each person.

    `courses` are what the pathways are made of.
    """

    target_id: int
    target_name: str
    found: Pathways
    courses: Courses
    index_year: pl.DataFrame


def pathways_of_rows(rows: pl.DataFrame, asked: PathwaySettings) -> list[TargetPathways]:
    """The pathways of each target that has rows, in the order of their ids.

    `rows`: one row for each cohort row (cohort_definition_id, subject_id, start_day, end_day).
    Raises BadInputError when no target has any.
    """
    by_cohort = rows.rename({"subject_id": "person_id"})
    present = set(rows["cohort_definition_id"].unique())
    targets = {number: name for number, name in sorted(asked.targets.items()) if number in present}
    if not targets:
        listed = sorted(map(str, present))
        wanted = ", ".join(f"{number} ({name})" for number, name in asked.targets.items())
        raise BadInputError(
            f"no rows of a target: targets are {wanted}, the rows are of cohorts "
            f"{', '.join(listed) or 'none'}.{near_miss(str(next(iter(asked.targets))), listed)} "
            "Correct targets in the settings, or add its rows to the file."
        )
    events = _of_cohorts(by_cohort, asked.named_events())
    exits = _of_cohorts(by_cohort, asked.exits)
    found = []
    for number, name in targets.items():
        stays = by_cohort.filter(pl.col("cohort_definition_id") == number).select(ROWS_OF_A_PERSON)
        courses = find_courses(asked, targets=stays, events=events, exits=exits)
        found.append(
            TargetPathways(
                target_id=number,
                target_name=name,
                found=as_pathways(courses, asked),
                courses=courses,
                index_year=index_years(stays, asked),
            )
        )
    return found


def _of_cohorts(rows: pl.DataFrame, names: Mapping[int, str]) -> pl.DataFrame:
    return rows.filter(pl.col("cohort_definition_id").is_in(list(names))).select(
        pl.col("cohort_definition_id")
        .replace_strict(dict(names), return_dtype=pl.String)
        .alias("event"),
        *ROWS_OF_A_PERSON,
    )


def index_years(stays: pl.DataFrame, asked: PathwaySettings) -> pl.DataFrame:
    """One row for each person of the target: person_id and index_year, that of the earliest stay.

    The calendar year in which the stay starts. With `compat: tp31` the year of the window's first
    day as TreatmentPatterns 3.1.0 reckons it, by years of 365.25 days.
    """
    if asked.compat == "tp31":
        year = (pl.col("first_day") / 365.25 + 1970).floor().cast(pl.Int32)
        people = find_lines(stays, asked).select("person_id", year.alias("index_year"))
    else:
        year = pl.col("start_day").cast(pl.Int32).cast(pl.Date).dt.year()
        people = stays.select("person_id", year.alias("index_year"))
    return people.group_by("person_id").agg(pl.min("index_year")).sort("person_id")


def oddities(rows: pl.DataFrame, asked: PathwaySettings) -> list[Oddity]:
    """What about the rows is not as one would expect, though pathways can be found."""
    counted = dict(rows.group_by("cohort_definition_id").len().iter_rows())
    named = {**asked.targets, **asked.events, **asked.exits}
    unnamed = {number: count for number, count in counted.items() if number not in named}
    said = [
        Oddity(count=count, says=f"rows of cohort {number}, which the settings do not name")
        for number, count in sorted(unnamed.items())
    ]
    said += [
        Oddity(count=0, says=f"rows of cohort {number} ({name})")
        for number, name in sorted(named.items())
        if number not in counted
    ]
    stays = rows.filter(pl.col("cohort_definition_id").is_in(list(asked.targets)))
    others = rows.filter(pl.col("cohort_definition_id").is_in([*asked.events, *asked.exits]))
    n_alone = others.join(stays, on="subject_id", how="anti").height
    said.append(
        Oddity(count=n_alone, says="rows of events and exits are of people without a target row")
    )
    said += _about_windows(stays, others, asked)
    return [one for one in said if one.count or one.says.startswith("rows of cohort")]


def _about_windows(
    stays: pl.DataFrame, others: pl.DataFrame, asked: PathwaySettings
) -> list[Oddity]:
    of_one = ("cohort_definition_id", "subject_id")
    # Of stays in the order of their starts, two overlap only where two neighbours do.
    is_same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in of_one)
    n_overlapping = (
        stays.unique()
        .sort(*of_one, "start_day", "end_day")
        .filter(is_same & (pl.col("start_day") <= pl.col("end_day").shift()))
        .select(of_one)
        .unique()
        .height
    )
    effect = (
        "an event in two windows counts twice"
        if asked.compat == "tp31"
        else "an event in two windows of one episode counts once"
    )
    windows = find_lines(stays.rename({"subject_id": "person_id"}), asked)
    n_empty = windows.filter(pl.col("first_day") > pl.col("last_day")).height
    first, last = others["start_day"].min(), others["end_day"].max()
    n_outside = 0
    if others.height:
        is_outside = (pl.col("last_day") < first) | (pl.col("first_day") > last)
        n_outside = windows.filter(is_outside).height
    return [
        Oddity(count=n_overlapping, says=f"people have overlapping target rows: {effect}"),
        Oddity(
            count=n_empty,
            says="windows close before they open, so that nothing is in them: look at start_anchor,"
            " window_start, end_anchor and window_end",
        ),
        Oddity(
            count=n_outside,
            says="windows lie wholly before the first or after the last day of any event or exit",
        ),
    ]
