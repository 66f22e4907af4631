"""The order of the work: windows, splits, eras, combinations, steps, pathways."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from analytics.errors import BadInputError
from analytics.pathways.collapse import collapse_eras, sort_records
from analytics.pathways.combinations import combine
from analytics.pathways.order import keep_steps, number_steps
from analytics.pathways.splits import event_names, split_events
from analytics.pathways.tp31 import collapse_eras_as_tp31, combine_as_tp31
from analytics.pathways.treatments import name_treatments, number_treatments
from analytics.pathways.windows import find_lines, within_windows
from analytics.studies import NO_TREATMENT, PathwayParameters

EVENT_COLUMNS = {
    "event": pl.String,
    "person_id": pl.Int64,
    "start_day": pl.Int64,
    "end_day": pl.Int64,
}


@dataclass(frozen=True, kw_only=True)
class Pathways:
    """What a pathway study found.

    `steps`: one row for each person, episode and step, in that order (person_id, episode, step,
    event, start_date, end_date, duration_days). `person_pathway`: one row for each person and
    episode of the target, also without any treatment (person_id, episode, pathway, n_steps);
    `pathway` is the events joined by `-`, the parts of a combination by `+`, or `None`.
    """

    steps: pl.DataFrame
    person_pathway: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Courses:
    """What pathways are made of, before they are cut at `max_path_length`.

    A line is a person's episode. `lines`: one row for each target row (line, person_id, episode,
    index_day, first_day, last_day). `records`: one row for each record of one event in a line, in
    the order of line, treatments, start_day, end_day. `steps`: one row for each line and step, in
    that order (line, step, treatments, event, start_day, end_day, duration_days, is_exit).
    """

    lines: pl.DataFrame
    records: pl.DataFrame
    steps: pl.DataFrame

    def has_episodes(self) -> bool:
        """Has anybody more than one episode, and so perhaps more than one pathway?"""
        return bool((self.lines["episode"] > 1).any())


def find_pathways(
    asked: PathwayParameters,
    *,
    targets: pl.DataFrame,
    events: pl.DataFrame,
    exits: pl.DataFrame | None = None,
) -> Pathways:
    """Find each person's treatment pathway; `find_courses` says from what."""
    return as_pathways(find_courses(asked, targets=targets, events=events, exits=exits), asked)


def find_courses(
    asked: PathwayParameters,
    *,
    targets: pl.DataFrame,
    events: pl.DataFrame,
    exits: pl.DataFrame | None = None,
) -> Courses:
    """Find what each person took, one thing at a time.

    `targets`: one row for each person and stay in the target cohort (person_id, start_day,
    end_day). `events`: one row for each record of a treatment (event, person_id, start_day,
    end_day), `event` being a name of the study's; `exits` the same, for what ends or marks a
    pathway (a death): they are put in by date and take no part in eras and combinations. Days are
    whole days since 1970-01-01; a record lasts end − start days, so one of a single day lasts 0.

    `asked.compat` says which reading: `clean` depends on nothing but a person's own rows; `tp31`
    repeats TreatmentPatterns 3.1.0, in which short records hang on other people's overlaps.
    """
    for name, frame in (("targets", targets), ("events", events), ("exits", exits)):
        if frame is not None:
            _check_days(asked, name, frame)
    names = event_names(asked)
    lines = find_lines(targets, asked)
    records = (
        _long_enough(_in_shape(events), asked, "events")
        .pipe(within_windows, lines)
        .pipe(split_events, asked)
        .pipe(number_treatments, names)
        .pipe(sort_records)
    )
    if asked.compat == "tp31":
        eras = collapse_eras_as_tp31(records, asked.era_collapse_size)
        pieces = combine_as_tp31(eras, asked)
    else:
        eras = collapse_eras(records, asked.era_collapse_size)
        pieces = combine(eras, asked)
    treated = keep_steps(pieces, asked).pipe(name_treatments, names)
    left = within_windows(_exits(exits, asked), lines)
    # Collapse has made one of events that are in two windows of a line; of exits it is done here.
    if asked.compat == "clean":
        left = left.unique(maintain_order=False)
    left = left.sort("line", "start_day", "end_day", "event")
    return Courses(lines=lines, records=records, steps=number_steps(treated, left))


def _exits(exits: pl.DataFrame | None, asked: PathwayParameters) -> pl.DataFrame:
    left = _in_shape(pl.DataFrame(schema=EVENT_COLUMNS) if exits is None else exits)
    return _long_enough(left, asked, "exits")


def _long_enough(
    records: pl.DataFrame, asked: PathwayParameters, kind: Literal["events", "exits"]
) -> pl.DataFrame:
    if not asked.is_held_to_be_long(kind):
        return records
    return records.filter(pl.col("end_day") - pl.col("start_day") >= asked.min_era_duration)


def _check_days(asked: PathwayParameters, name: str, frame: pl.DataFrame) -> None:
    backwards = frame.filter(pl.col("end_day") < pl.col("start_day"))
    if not backwards.is_empty():
        raise BadInputError(
            f"{asked.asker()}: {backwards.height:,} rows of {name} end before they start. "
            "Correct their end dates, or leave these rows out."
        )


def _in_shape(events: pl.DataFrame) -> pl.DataFrame:
    return events.select(pl.col(name).cast(kind) for name, kind in EVENT_COLUMNS.items())


def as_pathways(courses: Courses, asked: PathwayParameters) -> Pathways:
    """The first `max_path_length` steps of each person and episode, and their pathway."""
    lines = courses.lines
    numbered = courses.steps.filter(pl.col("step") <= asked.max_path_length)
    episodes = lines.select("line", "person_id", "episode").unique("line", maintain_order=True)
    taken = numbered.group_by("line").agg(
        pl.col("event").sort_by("step").str.join("-").alias("pathway"),
        pl.len().cast(pl.Int32).alias("n_steps"),
    )
    return Pathways(
        steps=numbered.join(episodes, on="line", maintain_order="left").select(
            "person_id",
            "episode",
            "step",
            "event",
            pl.col("start_day").cast(pl.Int32).cast(pl.Date).alias("start_date"),
            pl.col("end_day").cast(pl.Int32).cast(pl.Date).alias("end_date"),
            pl.col("duration_days").cast(pl.Int32),
        ),
        person_pathway=episodes.join(taken, on="line", how="left", maintain_order="left").select(
            "person_id",
            "episode",
            pl.col("pathway").fill_null(NO_TREATMENT),
            pl.col("n_steps").fill_null(0),
        ),
    )
