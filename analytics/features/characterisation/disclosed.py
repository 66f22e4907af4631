"""Table 1 as it may leave: small counts withheld, what would tell them too, the rest rounded.

Covariates lie in one another (30 days in 365, a concept in its group) in ways that nobody can list.
So no exact count of a covariate is shown, nor anything an exact count could be worked out from:
counts are rounded to the nearest multiple of the smallest cell, and shares, means over everyone and
standardised differences are computed from the rounded ones.
"""

from collections.abc import Mapping

import polars as pl

from analytics.disclosure import AddsUp, DisclosureRule, suppress
from analytics.features.characterisation.characteristics import (
    EVERYONE,
    GROUP,
    OVERALL,
    QUARTILES,
)
from analytics.features.characterisation.differences import (
    IS_COMPARED,
    beside_reference,
    compare_groups,
    standardised_difference,
)
from analytics.features.characterisation.withholding import SIDES, withhold

SIZES = ("n_people_of_group", "n_rows_of_group")
ENDS = ("minimum", "maximum")
SIGNIFICANT = 4
SHOWN = (
    *("n_rows", "share", "share_lower", "share_upper"),
    *("mean", "sd", "minimum", *QUARTILES, "maximum", "mean_with", "sd_with"),
)


def disclose(characteristics: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    """One row for each row of `characterise`'s answer, with what may be shown of it.

    `is_suppressed` says whether anything was withheld.

    * Groups of fewer people than the smallest cell lose everything, with further groups of the
      attribute so that theirs cannot be worked out (`suppress`).
    * A covariate that 1 to `smallest_cell` − 1 people of a group have, or lack, is withheld there,
      with further groups (`withhold`); so is a number that few people have other than 0, or other
      than what most have, for its mean and sd would count them.
    * Counts of rows are rounded to the nearest multiple of the smallest cell (0, and all, are told
      as they are), and people are not counted: how many of them never have the covariate would be a
      count too; share, mean and sd follow from the rounded count and the mean and sd of those who
      have the covariate. `share_lower` and `share_upper` are what the share could be.
    * A quartile is shown where enough people stand on either side of it, and where the rounded
      count says whether it is 0; minimum and maximum where enough people share that value: else
      they are one person's. Values have four significant digits.
    """
    sizes = _disclosed_sizes(characteristics, smallest_cell)
    told = (
        characteristics.with_columns(n_rows_without=pl.col("n_rows_of_group") - pl.col("n_rows"))
        .drop(SIZES)
        .join(sizes, on=list(GROUP), how="left", maintain_order="left")
        .with_columns(is_withheld=pl.col("is_group_suppressed") | _is_small(smallest_cell))
        .pipe(withhold, smallest_cell)
    )
    kept = (*GROUP, "covariate_id", "analysis_id", "is_binary", "missing_means_zero", *SIZES)
    return _rounded(told, smallest_cell).select(
        *kept,
        *(pl.when(~pl.col("is_withheld")).then(name).alias(name) for name in SHOWN),
        is_suppressed="is_withheld",
    )


def _disclosed_sizes(characteristics: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    """One row for each group: its rows and people, null where withheld."""
    sizes = characteristics.select(*GROUP, *SIZES).unique(GROUP, maintain_order=True).sort(GROUP)
    everyone = sizes.filter(pl.col("attribute") == OVERALL)
    n_people = everyone["n_people_of_group"][0] if everyone.height else 0
    together = sizes.group_by("attribute").agg(pl.col("n_people_of_group").sum())
    overlapping = together.filter(pl.col("n_people_of_group") > n_people)["attribute"]
    rule = DisclosureRule(
        level="aggregate",
        people="n_people_of_group",
        counts=SIZES,
        key=GROUP,
        people_behind={"n_rows_of_group": "n_people_of_group"},
        adds_up=(
            AddsUp(
                over="group_name",
                total={"attribute": OVERALL, "group_name": EVERYONE},
                overlaps={"attribute": tuple(overlapping)},
            ),
        ),
    )
    shown = suppress({"sizes": sizes}, {"sizes": rule}, smallest_cell)["sizes"]
    return shown.rename({"is_suppressed": "is_group_suppressed"})


def _is_small(smallest_cell: int) -> pl.Expr:
    return pl.any_horizontal(pl.col(count).is_between(1, smallest_cell - 1) for count in SIDES)


def _rounded(told: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    """Round the counts, and have everything that hangs on them follow."""
    of_all, is_everyone = pl.col("n_rows_of_group"), pl.col("n_people_without") == 0
    is_exact = is_everyone | (pl.col("n_rows") == 0)
    below, above = smallest_cell // 2, smallest_cell - smallest_cell // 2 - 1
    nearest = (pl.col("n_rows") + below) // smallest_cell * smallest_cell
    counted = told.with_columns(
        n_rows=pl.when(is_everyone).then(of_all).otherwise(nearest),
        fewest=pl.when(is_exact).then("n_rows").otherwise(nearest - below),
        most=pl.when(is_exact).then("n_rows").otherwise(nearest + above),
    ).with_columns(
        share=pl.min_horizontal(pl.col("n_rows") / of_all, 1.0),
        share_lower=pl.col("fewest") / of_all,
        share_upper=pl.min_horizontal(pl.col("most") / of_all, 1.0),
    )
    return counted.with_columns(
        mean=mean_of(pl.col("share")).round_sig_figs(SIGNIFICANT),
        sd=sd_of(pl.col("share")).round_sig_figs(SIGNIFICANT),
        mean_with=pl.col("mean_with").round_sig_figs(SIGNIFICANT),
        sd_with=pl.col("sd_with").round_sig_figs(SIGNIFICANT),
        **{
            name: pl.when(_may_show_quartile(share, smallest_cell)).then(name)
            for name, share in QUARTILES.items()
        },
        **{end: pl.when(pl.col(f"n_people_at_{end}") >= smallest_cell).then(end) for end in ENDS},
    )


def compare_disclosed(shown: pl.DataFrame, reference_groups: Mapping[str, str]) -> pl.DataFrame:
    """One row for each row that `disclose` shows, with its difference, and what that could be.

    `standardised_difference_lower` and `_upper` are the differences with the shares at the ends of
    what the rounded counts leave open; of a share they bound the exact difference, which falls in
    the reference's share and rises in the group's.
    """
    ends = ("lower", "upper")
    values = {f"mean_{end}": mean_of(pl.col(f"share_{end}")) for end in ends} | {
        f"sd_{end}": sd_of(pl.col(f"share_{end}")) for end in ends
    }
    beside = beside_reference(shown, reference_groups, values)
    bounds = {
        f"standardised_difference_{own}": pl.when(IS_COMPARED).then(
            standardised_difference(
                values[f"mean_{own}"],
                values[f"sd_{own}"],
                pl.col(f"reference_mean_{other}"),
                pl.col(f"reference_sd_{other}"),
            )
        )
        for own, other in (ends, ends[::-1])
    }
    return compare_groups(shown, reference_groups).with_columns(
        beside.select(**bounds).get_columns()
    )


def mean_of(share: pl.Expr) -> pl.Expr:
    """The mean of a group in which this share has the covariate."""
    of_those_with = share * pl.col("mean_with").fill_null(0.0)
    return (
        pl.when("is_binary")
        .then(share)
        .when("missing_means_zero")
        .then(of_those_with)
        .otherwise("mean")
    )


def sd_of(share: pl.Expr) -> pl.Expr:
    """The standard deviation of a group in which this share has the covariate."""
    mean, sd = pl.col("mean_with").fill_null(0.0), pl.col("sd_with").fill_null(0.0)
    squares = share * (sd**2 + mean**2) - (share * mean) ** 2
    n = pl.col("n_rows_of_group")
    return (
        pl.when("is_binary")
        .then((share * (1 - share)).sqrt())
        .when("missing_means_zero")
        .then(pl.when(n > 1).then((pl.max_horizontal(squares, 0.0) * n / (n - 1)).sqrt()))
        .otherwise("sd")
    )


def _may_show_quartile(share: float, smallest_cell: int) -> pl.Expr:
    """Are there enough people on either side, and does the rounded count say whether it is 0?"""
    counted = pl.when("missing_means_zero").then("n_people_of_group").otherwise("n_people")
    is_between_many = counted * min(share, 1 - share) >= smallest_cell
    n = pl.col("n_rows_of_group")
    is_sure = ~(share * n).is_between(n - pl.col("most"), n - pl.col("fewest")) | (
        pl.col("most") == pl.col("fewest")
    )
    return is_between_many & (~pl.col("missing_means_zero") | is_sure)
