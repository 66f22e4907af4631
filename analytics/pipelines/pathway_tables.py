"""What a pathway study leaves for the warehouse: each person's pathway, and the counts of lines."""

from dataclasses import dataclass

import polars as pl

from analytics.pathways import Courses, as_pathways
from analytics.pathways.follow_up import find_follow_up
from analytics.pathways.tables import make_line_tables
from analytics.studies import PathwayStudy
from analytics.warehouse import Workspace, read_landed

RESULTS = (
    *("pathway_event", "pathway_step", "person_pathway", "shown_pathway"),
    *("treatment_line", "treatment_duration", "treatment_persistence", "treatment_days_covered"),
)
"""The tables of the schema `results` that a pathway study writes."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """Until when the people of a target are followed: when they are observed, and when they died.

    `periods`: person_id, start_day, end_day; `deaths`: person_id, death_day.
    """

    periods: pl.DataFrame
    deaths: pl.DataFrame


def read_followed(place: Workspace, targets: pl.DataFrame) -> Followed:
    """The observation periods and days of death of the people of `targets`."""
    people = targets.select("person_id").unique().lazy()
    periods = read_landed(place, "observation_period").join(people, on="person_id", how="semi")
    died = (
        read_landed(place, "person")
        .filter(pl.col("death_day").is_not_null())
        .select("person_id", "death_day")
        .join(people, on="person_id", how="semi")
    )
    return Followed(
        periods=periods.collect().sort("person_id", "start_day", "end_day"),
        deaths=died.collect().sort("person_id"),
    )


def pathway_frames(
    study: PathwayStudy, courses: Courses, followed: Followed, smallest_cell: int
) -> dict[str, pl.DataFrame]:
    """The tables of results, by name, without `run_id` and `study`."""
    found = as_pathways(courses, study)
    tables = make_line_tables(
        study,
        courses=courses,
        found=found,
        follow_up=find_follow_up(courses.lines, periods=followed.periods, deaths=followed.deaths),
        exits=[exit_.event for exit_ in study.exits],
        smallest_cell=smallest_cell,
    )
    of_study = [
        pl.lit(study.target).alias("target_cohort"),
        pl.lit(study.compat).alias("compat"),
    ]
    first_entry = courses.lines.group_by("person_id").agg(
        pl.min("index_day").cast(pl.Int32).cast(pl.Date).alias("index_date")
    )
    person_pathway = found.person_pathway.join(first_entry, on="person_id", maintain_order="left")
    return {
        "pathway_step": found.steps,
        "person_pathway": person_pathway.with_columns(of_study),
        "shown_pathway": tables.shown_pathway,
        **{name: frame.with_columns(of_study) for name, frame in tables.of_lines().items()},
    }
