"""How many people have each pathway, and how long events last: true counts, then those to show.

Pathways of fewer people than the smallest cell are counted together before anything is withheld:
which they are could point at a person.
"""

import polars as pl

from analytics.disclosure import AddsUp, Derived, DisclosureRule, suppress
from analytics.pathways.cohort_rows import TargetPathways
from analytics.studies import NO_TREATMENT

OTHER_PATHWAYS = "other pathways"
OVERALL, EVERYONE, BY_YEAR, BY_LINE = "overall", "Everyone", "index_year", "line"
DAYS = ("days_mean", "days_sd", "days_q1", "days_median", "days_q3")
KEY_OF_COUNTS = ("target_id", "attribute", "group_name", "pathway")
KEY_OF_DURATIONS = ("target_id", "attribute", "line", "event")


def count_pathways(
    found: list[TargetPathways], *, smallest_cell: int, by_year: bool, has_none: bool
) -> pl.DataFrame:
    """One row for each target, group and pathway, small cells withheld.

    Columns: target_id, target_name, attribute, group_name (`overall`, `Everyone`; with `by_year`
    also `index_year` and each year), pathway, n_people (with this pathway in at least one
    episode), n_people_total (of the target and group, treated or not), share, is_suppressed.
    Without `has_none` people without treatment have no row, but stay in
    the total. Null is withheld; rows of the table are pathways of at least `smallest_cell` people,
    and `other pathways`.
    """
    counted = pl.concat([_counted(one, smallest_cell, by_year=by_year) for one in found])
    targets = tuple(str(one.target_id) for one in found)
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_total"),
        key=KEY_OF_COUNTS,
        adds_up=(
            AddsUp(
                over="pathway",
                total_counts={"n_people": "n_people_total"},
                overlaps={"target_id": targets} if _has_episodes(found) else {},
            ),
            AddsUp(over="group_name", total={"attribute": OVERALL, "group_name": EVERYONE}),
        ),
        derives=(Derived(columns=("share",), counts=("n_people", "n_people_total")),),
    )
    shown = suppress({"pathways": counted}, {"pathways": rule}, smallest_cell)["pathways"]
    return shown if has_none else shown.filter(pl.col("pathway") != NO_TREATMENT)


def _has_episodes(found: list[TargetPathways]) -> bool:
    """Has anybody more than one episode, and so perhaps more than one pathway?"""
    return any((one.found.person_pathway["episode"] > 1).any() for one in found)


def _counted(one: TargetPathways, smallest_cell: int, *, by_year: bool) -> pl.DataFrame:
    people = one.found.person_pathway.select("person_id", "pathway").unique()
    n_people = people.group_by("pathway").len()
    is_common = n_people.filter(
        (pl.col("len") >= smallest_cell) | (pl.col("pathway") == NO_TREATMENT)
    )
    called = (
        pl.when(pl.col("pathway").is_in(is_common["pathway"].to_list()))
        .then("pathway")
        .otherwise(pl.lit(OTHER_PATHWAYS))
    )
    groups = _groups(one.index_year, by_year=by_year)
    group = ["attribute", "group_name"]
    total = groups.group_by(group).agg(pl.len().cast(pl.Int64).alias("n_people_total"))
    taken = (
        people.select("person_id", called.alias("pathway"))
        .unique()
        .join(groups, on="person_id")
        .group_by(*group, "pathway")
        .agg(pl.len().cast(pl.Int64).alias("n_people"))
    )
    return (
        total.join(taken.select("pathway").unique(), how="cross")
        .join(taken, on=[*group, "pathway"], how="left")
        .select(
            pl.lit(one.target_id, dtype=pl.Int64).alias("target_id"),
            pl.lit(one.target_name).alias("target_name"),
            *group,
            "pathway",
            pl.col("n_people").fill_null(0),
            "n_people_total",
        )
        .with_columns((pl.col("n_people") / pl.col("n_people_total")).alias("share"))
        .sort(
            pl.col("attribute") != OVERALL,
            "group_name",
            pl.col("pathway") == OTHER_PATHWAYS,
            -pl.col("n_people"),
            "pathway",
        )
    )


def _groups(index_year: pl.DataFrame, *, by_year: bool) -> pl.DataFrame:
    """One row for each person and group that they are in: person_id, attribute, group_name."""
    everyone = index_year.select(
        "person_id", pl.lit(OVERALL).alias("attribute"), pl.lit(EVERYONE).alias("group_name")
    )
    if not by_year:
        return everyone
    of_year = index_year.select(
        "person_id",
        pl.lit(BY_YEAR).alias("attribute"),
        pl.col("index_year").cast(pl.String).alias("group_name"),
    )
    return pl.concat([everyone, of_year])


def count_durations(found: list[TargetPathways], *, smallest_cell: int) -> pl.DataFrame:
    """One row for each target, line and event: over all lines, then for each position from 1.

    Columns: target_id, target_name, attribute (`overall` or `line`), line (`overall`, `1`, …),
    event, days_mean, days_sd, days_q1, days_median, days_q3 (days of the steps, to whole ones).
    Only where at least `smallest_cell` people have the step, and where that tells nothing of fewer.
    There is no shortest or longest duration: these are one person's. Nor is there a count: beside
    the counts of pathways it would tell how many people with the same event at that line have one
    of the other pathways.
    """
    timed = pl.concat([_timed(one) for one in found])
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people",),
        key=KEY_OF_DURATIONS,
        adds_up=(AddsUp(over="line", total={"attribute": OVERALL, "line": OVERALL}),),
        derives=(Derived(columns=DAYS, counts=("n_people",)),),
    )
    shown = suppress({"durations": timed}, {"durations": rule}, smallest_cell)["durations"]
    is_told = ~pl.col("is_suppressed")
    return shown.filter(is_told).drop("n_people", "n_steps", "is_suppressed")


ALL_LINES = 0
"""The line that stands for all of them while they are counted."""


def _timed(one: TargetPathways) -> pl.DataFrame:
    """The durations by way of how many steps last how many days: few rows, of however many."""
    steps = one.found.steps.select(
        "person_id",
        pl.col("step").alias("line"),
        pl.col("event").cast(pl.Categorical),
        pl.col("duration_days").alias("days"),
    )
    all_lines = pl.lit(ALL_LINES, dtype=pl.Int32).alias("line")
    of_lines = steps.group_by("line", "event", "days").agg(pl.len().cast(pl.Int64).alias("n_steps"))
    overall = of_lines.group_by("event", "days").agg(pl.sum("n_steps"))
    people_of_lines = steps.select("person_id", "line", "event")
    if _has_episodes([one]):
        people_of_lines = people_of_lines.unique()
    people = steps.select("person_id", "event").unique()
    n_people = pl.concat(
        [
            people_of_lines.select("line", "event"),
            people.select(all_lines, "event"),
        ]
    )
    is_overall = pl.col("line") == ALL_LINES
    return (
        pl.concat([of_lines, overall.select(all_lines, "event", "days", "n_steps")])
        .pipe(_statistics)
        .join(
            n_people.group_by("line", "event").agg(pl.len().cast(pl.Int64).alias("n_people")),
            on=["line", "event"],
        )
        .with_columns(pl.col("event").cast(pl.String))
        .sort(~is_overall, "line", -pl.col("n_people"), "event")
        .select(
            pl.lit(one.target_id, dtype=pl.Int64).alias("target_id"),
            pl.lit(one.target_name).alias("target_name"),
            pl.when(is_overall).then(pl.lit(OVERALL)).otherwise(pl.lit(BY_LINE)).alias("attribute"),
            pl.when(is_overall).then(pl.lit(OVERALL)).otherwise("line").alias("line"),
            "event",
            "n_people",
            "n_steps",
            *DAYS,
        )
    )


def _statistics(counted: pl.DataFrame) -> pl.DataFrame:
    """One row for each line and event: n_steps and `DAYS`, quartiles by linear interpolation."""
    days, n_steps = pl.col("days"), pl.col("n_steps")
    in_all, all_days = n_steps.sum(), (n_steps * days).sum()
    squares = (n_steps * days * days).sum() - all_days * all_days / in_all

    def quartile(share: float) -> pl.Expr:
        place = (in_all - 1) * share
        lower, upper = (
            days.filter(n_steps.cum_sum() > rank).first() for rank in (place.floor(), place.ceil())
        )
        return lower + (upper - lower) * (place - place.floor())

    found = {
        "days_mean": all_days / in_all,
        "days_sd": pl.when(in_all > 1).then((squares / (in_all - 1)).sqrt()),
        "days_q1": quartile(0.25),
        "days_median": quartile(0.5),
        "days_q3": quartile(0.75),
    }
    return (
        counted.with_columns(days.cast(pl.Int64))
        .sort("line", "event", "days")
        .group_by("line", "event", maintain_order=True)
        .agg(
            in_all.alias("n_steps"),
            *(value.round().cast(pl.Int64).alias(name) for name, value in found.items()),
        )
    )
