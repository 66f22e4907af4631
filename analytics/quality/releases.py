"""Hold one release of a CDM against the one before it, and say what jumps.

A rate (rows, records of a concept or observed days, a person; people) jumps where it is 0.8 times
or less, or 1.25 times or more, of what it was (the four-fifths rule, 29 CFR 1607.4 D); a share
(rows without a value or with concept 0; values in a known unit, in the usual one, plausible) where
it differs by 10 percentage points. Both only beyond chance: the square of z is at least
2 ln(n / 0.05) for n comparisons, which is Bonferroni's rule at 5 % and a little stricter. A rate's
variance is that between people (Cochran 1977, Sampling Techniques, 2.11), as if the people of the
two releases were others: releases mostly hold the same, so that chance is not underrated. A share
of rows has no variance between people here: its rows are taken as if each were another's. A number
of people has none: it jumps by its ratio alone.
"""

import math

import polars as pl

from analytics.quality.release_measures import EMPTY, RATES, SIZE

LEAST_RATIO, LEAST_DIFFERENCE, CHANCE_OF_AN_ALARM, FEWEST = 0.8, 0.10, 0.05, 25
KEY = ("table_name", "about", "measure")
GONE, NEW, DOWN, UP, LIKE, FEW = (
    *("gone", "new", "jump down", "jump up", "like before"),
    "too few to judge",
)
TOLD = (GONE, NEW, DOWN, UP)
"""The verdicts that somebody should look at."""


def compare_releases(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row for each table, thing it is about and measure of either release.

    Both frames are those of `measure_release`. `value_before` and `value` are shares, or rates a
    person; of rates there is a `ratio`, of shares a `difference`. `verdict` is one of `TOLD`, `like
    before` or `too few to judge` (fewer than 25 people or rows in either, or rows recorded in
    both). What is there once is `gone` or `new`, from 25 records on; so is a column of a table that
    is in both.
    """
    tables = set(before["table_name"]) & set(now["table_name"])
    is_rate = pl.col("measure").is_in(RATES)
    compared = (
        before.join(now, on=list(KEY), how="full", coalesce=True, suffix="_now")
        .with_columns(
            is_rate=is_rate,
            name=pl.coalesce("name_now", "name"),
            value_before=pl.col("recorded") / pl.col("looked_at"),
            value=pl.col("recorded_now") / pl.col("looked_at_now"),
            variance=_variance("") + _variance("_now"),
            most=pl.max_horizontal("recorded", "recorded_now").fill_null(0.0),
            # One line says that a table is gone; of a column that is, its share of empty rows.
            is_told_once=is_rate
            | ((pl.col("measure") == EMPTY) & pl.col("table_name").is_in(list(tables))),
        )
        .with_columns(
            ratio=pl.when(is_rate & (pl.col("value_before") > 0)).then(
                pl.col("value") / pl.col("value_before")
            ),
            difference=pl.col("value") - pl.col("value_before"),
            most_looked_at=pl.max_horizontal("looked_at", "looked_at_now"),
            is_there_twice=pl.all_horizontal(pl.col("looked_at", "looked_at_now").is_not_null()),
        )
        .with_columns(
            z_squared=pl.col("difference") ** 2 / pl.col("variance"),
            is_judged=pl.col("is_there_twice")
            & (pl.col("most") >= FEWEST)
            & (
                (pl.col("measure") == SIZE)
                | (pl.min_horizontal("looked_at", "looked_at_now") >= FEWEST)
            ),
        )
    )
    n_comparisons = max(1, int(compared["is_judged"].sum()))
    enough = 2 * math.log(n_comparisons / CHANCE_OF_AN_ALARM)
    return (
        compared.with_columns(verdict=_verdict(enough))
        .select(
            *("table_name", "about", "name", "measure", "value_before", "value", "ratio"),
            pl.when(~pl.col("is_rate")).then("difference").alias("difference"),
            "verdict",
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .sort(*KEY)
    )


def _variance(release: str) -> pl.Expr:
    """Of the mean of people's rows, of a share of rows; none of a plain number of rows."""
    n, total = pl.col(f"looked_at{release}"), pl.col(f"recorded{release}")
    of_mean = (pl.col(f"squares{release}") - total**2 / n) / n**2
    return pl.when(pl.col("measure") == SIZE).then(0.0).otherwise(pl.max_horizontal(of_mean, 0.0))


def _verdict(enough: float) -> pl.Expr:
    is_there, was_there = pl.col("looked_at_now").is_not_null(), pl.col("looked_at").is_not_null()
    is_less = (
        pl.when("is_rate")
        .then(pl.col("ratio") <= LEAST_RATIO)
        .otherwise(pl.col("difference") <= -LEAST_DIFFERENCE)
    )
    is_more = (
        pl.when("is_rate")
        .then(pl.col("ratio").fill_null(math.inf) >= 1 / LEAST_RATIO)
        .otherwise(pl.col("difference") >= LEAST_DIFFERENCE)
    )
    # Without any variance (all rows, or none, in both) whatever differs is beyond chance.
    is_chance = (pl.col("variance") > 0) & (pl.col("z_squared") < enough)
    is_many = pl.when("is_rate").then(pl.col("most")).otherwise(pl.col("most_looked_at")) >= FEWEST
    is_told_once = pl.col("is_told_once")
    return (
        pl.when(~is_there & was_there & is_told_once & is_many)
        .then(pl.lit(GONE))
        .when(is_there & ~was_there & is_told_once & is_many)
        .then(pl.lit(NEW))
        .when(~pl.col("is_judged"))
        .then(pl.lit(FEW))
        .when(is_chance)
        .then(pl.lit(LIKE))
        .when(is_less)
        .then(pl.lit(DOWN))
        .when(is_more)
        .then(pl.lit(UP))
        .otherwise(pl.lit(LIKE))
    )
