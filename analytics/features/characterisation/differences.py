"""How far two groups lie apart in a covariate, in standard deviations."""

from collections.abc import Mapping

import polars as pl

from analytics.errors import BadInputError, near_miss

NEARLY = 1e-12
IS_COMPARED = pl.col("group_name") != pl.col("reference_group")


def standardised_difference(
    mean: pl.Expr, sd: pl.Expr, reference_mean: pl.Expr, reference_sd: pl.Expr
) -> pl.Expr:
    """The standardised mean difference of a group from its reference group.

    (mean − reference mean) / sqrt((sd² + reference sd²) / 2), for a binary covariate with its
    share p as mean and sqrt(p (1 − p)) as sd: as FeatureExtraction 3.14.0 has it in
    `computeStandardizedDifference`, the reference being its first cohort (Austin, Statistics in
    Medicine 2009, 28:3083). Null where neither group varies.
    """
    spread = ((sd**2 + reference_sd**2) / 2).sqrt()
    # Of equal values the computed variance may be a speck above 0.
    varies = spread > NEARLY * (mean.abs() + reference_mean.abs())
    return pl.when(varies).then((mean - reference_mean) / spread)


def compare_groups(
    characteristics: pl.DataFrame, reference_groups: Mapping[str, str]
) -> pl.DataFrame:
    """One row for each row of `characteristics`, with `reference_group` and the difference.

    `reference_groups` names the reference group of each attribute; rows of other attributes, and
    of the reference groups themselves, have no `standardised_difference`. Nor has a measured value
    that nobody of one of the groups has (FeatureExtraction takes its mean for 0 then).
    """
    means = {"mean": mean_or_zero("mean"), "sd": mean_or_zero("sd")}
    beside = beside_reference(characteristics, reference_groups, means)
    return beside.with_columns(
        standardised_difference=pl.when(IS_COMPARED).then(
            standardised_difference(
                means["mean"], means["sd"], pl.col("reference_mean"), pl.col("reference_sd")
            )
        )
    ).drop(pl.selectors.starts_with("reference_") - pl.selectors.by_name("reference_group"))


def beside_reference(
    characteristics: pl.DataFrame,
    reference_groups: Mapping[str, str],
    values: Mapping[str, pl.Expr],
) -> pl.DataFrame:
    """One row for each row of `characteristics`, with `reference_group` and its `reference_…`."""
    _check(characteristics, reference_groups)
    named = pl.DataFrame(
        {"attribute": list(reference_groups), "reference_group": list(reference_groups.values())},
        schema={"attribute": pl.String, "reference_group": pl.String},
    )
    reference = characteristics.select(
        "attribute",
        "covariate_id",
        reference_group="group_name",
        **{f"reference_{name}": value for name, value in values.items()},
    )
    return characteristics.join(named, on="attribute", how="left", maintain_order="left").join(
        reference,
        on=["attribute", "reference_group", "covariate_id"],
        how="left",
        maintain_order="left",
    )


def mean_or_zero(column: str) -> pl.Expr:
    """The mean or sd; 0 where nobody has a covariate that is then 0."""
    is_zero = (pl.col("n_rows") == 0) & pl.col("missing_means_zero")
    return pl.when(is_zero).then(0.0).otherwise(pl.col(column))


def largest_groups(characteristics: pl.DataFrame) -> dict[str, str]:
    """For each attribute with several groups the one with most rows, of equals the first by name.

    Nobody is compared with those of whom nothing is recorded, nor with a group whose size is
    withheld.
    """
    sizes = characteristics.select("attribute", "group_name", "n_rows_of_group").unique()
    several = sizes.filter(
        pl.len().over("attribute") > 1,
        pl.col("group_name") != "Unknown",
        pl.col("n_rows_of_group").is_not_null(),
    )
    largest = several.sort(
        "attribute", "n_rows_of_group", "group_name", descending=[False, True, False]
    ).unique("attribute", keep="first", maintain_order=True)
    return dict(largest.select("attribute", "group_name").iter_rows())


def _check(characteristics: pl.DataFrame, reference_groups: Mapping[str, str]) -> None:
    for attribute, group in reference_groups.items():
        known = characteristics.filter(pl.col("attribute") == attribute)["group_name"].unique()
        if group not in known:
            raise BadInputError(
                f"the reference group '{group}' is no group of the attribute '{attribute}'."
                f"{near_miss(group, known)} Its groups are {', '.join(sorted(known)) or 'none'}."
            )
