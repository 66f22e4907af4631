"""How long steps last, and how long it takes to the next line: quartiles and mean, never extremes.

TreatmentPatterns' summary_event_duration gives these overall and for each line (position) and
event; so do we, without the shortest and the longest, which are one person's.
"""

from collections.abc import Collection

import polars as pl

from analytics.pathways.line_counts import (
    ANY_TREATMENT,
    NamedLines,
    count_name,
    taken_name,
)
from analytics.pathways.lines import MOVES_ON, STARTS

ON_TREATMENT, TO_NEXT_LINE = "days on treatment", "days to next line"
ALL_LINES = 0
"""The line number that stands for all lines together."""
DAYS = ("days_mean", "days_q1", "days_median", "days_q3")
SCHEMA = {
    "measure": pl.String,
    "line_number": pl.Int32,
    "treatment": pl.String,
    "n_people": pl.Int64,
    **dict.fromkeys(DAYS, pl.Int32),
    "counted_as": pl.String,
}
BY = ("measure", "line_number", "treatment")


def count_durations(
    lines: pl.DataFrame, named: NamedLines, counted: Collection[str]
) -> pl.DataFrame:
    """One row for each measure, line and treatment, as the contract of the mart says.

    `days on treatment` are those of steps, overall (line 0) and for each line, of each named
    treatment and of any. `days to next line` run from the start of a line to the start of the next;
    they are those of people who reach it, so that slow ones are missing where follow-up is short.
    They are given where these people are among the counts of lines, whose names are `counted`.
    """
    if not named.of_line:
        return pl.DataFrame(schema=SCHEMA)
    steps = lines.select(
        "line",
        "line_number",
        "event",
        pl.col("duration_days").cast(pl.Int64).alias("days"),
        (pl.col("next_start_day") - pl.col("start_day")).alias("days_to_next"),
    )
    by_line = steps.group_by("line_number", "event", "days").agg(pl.len().alias("n_steps"))
    to_next = (
        steps.filter(pl.col("days_to_next").is_not_null())
        .group_by("line_number", "event", pl.col("days_to_next").alias("days"))
        .agg(pl.len().alias("n_steps"))
    )
    of_any = pl.lit(ANY_TREATMENT).alias("treatment")
    all_lines = pl.lit(ALL_LINES, dtype=pl.Int32).alias("line_number")
    treatment = pl.col("event").cast(pl.String).alias("treatment")
    parts = [
        (ON_TREATMENT, by_line, pl.col("line_number"), treatment),
        (ON_TREATMENT, by_line, pl.col("line_number"), of_any),
        (ON_TREATMENT, by_line, all_lines, treatment),
        (ON_TREATMENT, by_line, all_lines, of_any),
        (TO_NEXT_LINE, to_next, pl.col("line_number"), treatment),
        (TO_NEXT_LINE, to_next, pl.col("line_number"), of_any),
    ]
    names = [*counted, *map(taken_name, named.taken)]
    all_days = pl.concat(
        counts.select(pl.lit(measure).alias("measure"), line, event, "days", "n_steps")
        for measure, counts, line, event in parts
    )
    return (
        summarise_days(all_days, BY)
        .join(_people(lines, named).filter(pl.col("counted_as").is_in(names)), on=BY)
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .sort(BY)
    )


def _people(lines: pl.DataFrame, named: NamedLines) -> pl.DataFrame:
    """One row for each summary to show: how many people it is of, and the name of that count."""
    counted = lines.group_by("line_number", "event").agg(
        pl.len(), pl.col("next_start_day").count().alias("n_next")
    )
    rows = []
    for number, treatments in named.of_line.items():
        here = counted.filter(pl.col("line_number") == number).cast({"event": pl.String})
        for treatment in (ANY_TREATMENT, *treatments):
            of_it = here.filter((pl.col("event") == treatment) | (treatment == ANY_TREATMENT))
            n_people, n_next = of_it["len"].sum(), of_it["n_next"].sum()
            starts = count_name(number, treatment, STARTS)
            rows.append((ON_TREATMENT, number, treatment, n_people, starts))
            if n_next:
                moves_on = count_name(number, treatment, MOVES_ON)
                rows.append((TO_NEXT_LINE, number, treatment, n_next, moves_on))
    for treatment, n_people in named.taken.items():
        rows.append((ON_TREATMENT, ALL_LINES, treatment, n_people, taken_name(treatment)))
    n_people = counted.filter(pl.col("line_number") == 1)["len"].sum()
    everyone = count_name(1, ANY_TREATMENT, STARTS)
    rows.append((ON_TREATMENT, ALL_LINES, ANY_TREATMENT, n_people, everyone))
    kept = {name: SCHEMA[name] for name in (*BY, "n_people", "counted_as")}
    return pl.DataFrame(rows, schema=kept, orient="row")


def summarise_days(counted: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """One row for each combination of `by`: n_steps and `DAYS`.

    `counted`: how many steps last how many days (`by`, days, n_steps): few rows, of however many
    steps. Quartiles are by linear interpolation, as R's default; all are rounded to whole days.
    """
    days, n_steps = pl.col("days"), pl.col("n_steps").cast(pl.Int64)
    in_all = n_steps.sum()

    def quartile(share: float) -> pl.Expr:
        place = (in_all - 1) * share
        lower, upper = (
            days.filter(n_steps.cum_sum() > rank).first() for rank in (place.floor(), place.ceil())
        )
        return lower + (upper - lower) * (place - place.floor())

    found = {
        "days_mean": (n_steps * days).sum() / in_all,
        "days_q1": quartile(0.25),
        "days_median": quartile(0.5),
        "days_q3": quartile(0.75),
    }
    return (
        counted.group_by(*by, "days")
        .agg(pl.sum("n_steps"))
        .sort(*by, "days")
        .group_by(by, maintain_order=True)
        .agg(
            in_all.alias("n_steps"),
            *(value.round().cast(pl.Int64).alias(name) for name, value in found.items()),
        )
    )
