"""Which further cells of a Table 1 go, so that no sum tells a withheld one.

Two kinds of sums are known to every reader: the groups of an attribute make up everyone, and the
covariates of an analysis of which a row has one at most (sex, age group, index month) make up the
group, with those who have none. Each is a line of cells, and a line with a withheld cell holds so
much in withheld cells that a small one among them could be `smallest_cell` or more.
"""

import polars as pl

from analytics.features.characterisation.characteristics import GROUP, OVERALL
from analytics.features.demographics import ETHNICITY, RACE, SEX
from analytics.features.prespecified.catalogue import read_catalogue

ONE_AT_MOST = {
    *("gender", "age_group", "race", "ethnicity"),
    *("index_year", "index_month", "index_year_month", "care_site"),
}
EXCLUSIVE = (
    *(each.analysis_id for each in read_catalogue() if each.measure in ONE_AT_MOST),
    *(each.analysis_id for each in (SEX, RACE, ETHNICITY)),
)
"""Analyses of which a row has one covariate at most."""
LEAST_WITHHELD = 2
SIDES = ("n_people", "n_people_without", "n_people_apart")
Line = tuple[str, ...]
OF_ATTRIBUTE: Line = ("attribute", "covariate_id")
OF_ANALYSIS: Line = (*GROUP, "analysis_id")


def withhold(characteristics: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    """One row for each row of `characteristics`, more of them `is_withheld`.

    In each line with a withheld cell the smallest others go too, until there are two or more and
    one of them could be `smallest_cell` were all others 1; with all of the line where that cannot
    be. It holds for the people with the covariate and, over groups, for those without it. A
    covariate that is withheld for everyone, or that fewer than twice the smallest cell have, or
    lack, is not broken down into groups at all.
    """
    none = _none_of(characteristics)
    cells = pl.concat([characteristics, none], how="diagonal_relaxed")
    n_before = -1
    while (n_withheld := int(cells["is_withheld"].sum())) > n_before:
        n_before = n_withheld
        cells = _not_broken_down(cells, smallest_cell)
        is_part = (pl.col("attribute") != OVERALL) & pl.col("covariate_id").is_not_null()
        for size in SIDES:
            cells = _completed(cells, OF_ATTRIBUTE, size, is_part, smallest_cell)
        is_exclusive = pl.col("analysis_id").is_in(EXCLUSIVE)
        cells = _completed(cells, OF_ANALYSIS, "n_people", is_exclusive, smallest_cell)
    return cells.filter(pl.col("covariate_id").is_not_null())


def _not_broken_down(cells: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    is_overall = pl.col("attribute") == OVERALL
    too_few = pl.any_horizontal(pl.col(size).is_between(1, 2 * smallest_cell - 1) for size in SIDES)
    kept_whole = cells.filter(is_overall, pl.col("is_withheld") | too_few)["covariate_id"]
    return cells.with_columns(
        is_withheld=pl.col("is_withheld")
        | (~is_overall & pl.col("covariate_id").is_in(kept_whole.drop_nulls().implode()))
    )


def _none_of(characteristics: pl.DataFrame) -> pl.DataFrame:
    """One row for each group and exclusive analysis: rows that have none of its covariates.

    They are shown nowhere; rows stand for people, who are no more.
    """
    left = (pl.col("n_rows") + pl.col("n_rows_without")).first() - pl.col("n_rows").sum()
    return (
        characteristics.filter(pl.col("analysis_id").is_in(EXCLUSIVE))
        .group_by(OF_ANALYSIS)
        .agg(n_people=left, is_withheld=left > 0)
    )


def _completed(
    cells: pl.DataFrame, line: Line, size: str, where: pl.Expr, smallest_cell: int
) -> pl.DataFrame:
    """Withhold further cells of each line that has a withheld one, the smallest first."""
    is_withheld, n = pl.col("is_withheld"), pl.col(size)
    # Many who have none of the covariates of an analysis ask for nothing to be withheld.
    asks = is_withheld & (n > 0) & (pl.col("covariate_id").is_not_null() | (n < smallest_cell))
    ordered = cells.sort(
        *line, ~is_withheld, n == 0, n, *GROUP, "covariate_id", nulls_last=True
    ).with_columns(
        place=pl.int_range(1, pl.len() + 1).over(line),
        held_so_far=n.cum_sum().over(line),
        n_withheld=is_withheld.sum().over(line),
        asks=asks.any().over(line),
    )
    place = pl.col("place")
    is_enough = (place >= pl.max_horizontal("n_withheld", LEAST_WITHHELD)) & (
        pl.col("held_so_far") - (place - 1) >= smallest_cell
    )
    needed = place.filter(is_enough).min().over(line).fill_null(pl.len().over(line))
    goes = where & pl.col("asks") & (place <= needed)
    return ordered.with_columns(is_withheld=is_withheld | goes).drop(
        "place", "held_so_far", "n_withheld", "asks"
    )
