"""The order of the work: windows, splits, eras, combinations, steps, pathways."""

from dataclasses import dataclass

import polars as pl

from analytics.errors import BadInputError
from analytics.pathways.collapse import collapse_eras
from analytics.pathways.combinations import combine
from analytics.pathways.order import keep_steps, number_steps
from analytics.pathways.splits import event_names, split_events
from analytics.pathways.treatments import name_treatments, number_treatments
from analytics.pathways.windows import find_lines, within_windows
from analytics.studies import PathwayStudy

NO_TREATMENT = "None"
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


def find_pathways(
    study: PathwayStudy,
    *,
    targets: pl.DataFrame,
    events: pl.DataFrame,
    exits: pl.DataFrame | None = None,
) -> Pathways:
    """Find each person's treatment pathway.

    `targets`: one row for each person and stay in the target cohort (person_id, start_day,
    end_day). `events`: one row for each record of a treatment (event, person_id, start_day,
    end_day), `event` being a name of the study's; `exits` the same, for what ends or marks a
    pathway (a death): they are put in by date and take no part in eras and combinations. Days are
    whole days since 1970-01-01; a record lasts end − start days, so one of a single day lasts 0.
    """
    if study.compat != "clean":
        raise BadInputError(
            f"{study.name}: compat '{study.compat}' is not available yet. Use compat: clean."
        )
    for name, frame in (("targets", targets), ("events", events), ("exits", exits)):
        if frame is not None:
            _check_days(study, name, frame)
    names = event_names(study)
    lines = find_lines(targets, study)
    eras = (
        _in_shape(events)
        .filter(pl.col("end_day") - pl.col("start_day") >= study.min_era_duration)
        .pipe(within_windows, lines)
        .pipe(split_events, study)
        .pipe(number_treatments, names)
        .pipe(collapse_eras, study.era_collapse_size)
    )
    treated = combine(eras, study).pipe(keep_steps, study).pipe(name_treatments, names)
    left = (
        _in_shape(pl.DataFrame(schema=EVENT_COLUMNS) if exits is None else exits)
        .pipe(within_windows, lines)
        .sort("line", "start_day", "end_day", "event")
    )
    numbered = number_steps(treated, left, study.max_path_length)
    return _by_person(numbered, lines)


def _check_days(study: PathwayStudy, name: str, frame: pl.DataFrame) -> None:
    backwards = frame.filter(pl.col("end_day") < pl.col("start_day"))
    if not backwards.is_empty():
        raise BadInputError(
            f"{study.name}: {backwards.height:,} rows of {name} end before they start. "
            "Correct their end dates, or leave these rows out."
        )


def _in_shape(events: pl.DataFrame) -> pl.DataFrame:
    return events.select(pl.col(name).cast(kind) for name, kind in EVENT_COLUMNS.items())


def _by_person(numbered: pl.DataFrame, lines: pl.DataFrame) -> Pathways:
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
