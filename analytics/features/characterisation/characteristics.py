"""What a cohort's rows have in common: each covariate in each group, counted and summarised.

The numbers are exact and stay in the workspace; `disclosed.py` makes of them what may be shown.
"""

import polars as pl

from analytics.errors import BadInputError
from analytics.features.characterisation.counts import count_rows_and_people
from analytics.features.covariates import Covariates

OVERALL, EVERYONE = "overall", "Everyone"
GROUP = ("attribute", "group_name")
GROUP_COLUMNS = ("row_id", "person_id", *GROUP)
CELL = ("group_number", "covariate_id")
QUARTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75}


def characterise(covariates: Covariates, groups: pl.DataFrame) -> pl.DataFrame:
    """Summarise each covariate in each group, as FeatureExtraction's aggregated covariates do.

    One row for each attribute, group_name and covariate_id, also where nobody of the group has the
    covariate. `groups` has one row for each row_id and attribute: `row_id`, `person_id`,
    `attribute`, `group_name` (see `groups.py`); rows without any covariate count too.

    A binary covariate has `share`: rows that have it over rows of the group (`averageValue`, with
    `sumValue` rows), and sd = sqrt(share (1 − share)). A continuous one has `mean`, `sd`,
    `minimum`, `p25`, `median`, `p75` and `maximum`: over all rows of the group, a row without it
    having the value 0, where missing means zero; over the rows that have it elsewhere (a measured
    value). The standard deviation divides by n − 1. A quantile is a value that was seen: the
    smallest at or below which lies a share p of the rows; where exactly that share is missing it
    is, as in FeatureExtraction, the smallest value that is there. With missing rows the minimum
    is 0.
    (`aggregateCovariates` and `computeStandardizedDifference` of FeatureExtraction 3.14.0; the SQL
    of its own aggregation divides the standard deviation of times by the rows that have one.)

    `n_people` have the covariate at one of their rows at least, `n_people_without` lack it at one
    at least. `n_people_apart` are the fewest whom mean and sd of a continuous covariate could tell:
    whose value is not 0 where it may be, or not the most frequent other one. `mean_with` and
    `sd_with` are over the rows that have it.
    """
    _check(groups)
    sizes = _sizes(groups)
    kinds = _kinds(covariates)
    in_groups = groups.join(sizes.select(*GROUP, "group_number"), on=list(GROUP))
    values = covariates.covariates.lazy().select("row_id", "covariate_id", value="covariate_value")
    # A value of a concept with clashing units can stand twice in one row, which counts once.
    present = values.select("row_id", "covariate_id").unique().collect(engine="streaming")
    counted = count_rows_and_people(present, in_groups)
    return (
        sizes.lazy()
        .join(kinds.lazy(), how="cross")
        .join(counted.lazy(), on=CELL, how="left")
        .with_columns(pl.col("n_rows", "n_people", "n_people_complete").fill_null(0))
        .with_columns(
            n_people_without=pl.col("n_people_of_group") - pl.col("n_people_complete"),
            share=pl.col("n_rows") / pl.col("n_rows_of_group"),
        )
        .join(_summarise(values, in_groups.lazy(), kinds, sizes), on=CELL, how="left")
        .with_columns(
            mean=_where_binary("share", "mean"),
            sd=_where_binary((pl.col("share") * (1 - pl.col("share"))).sqrt(), "sd"),
            n_people_at_minimum=pl.coalesce("n_people_at_minimum", "n_people_without"),
        )
        .with_columns(pl.col("n_people_apart").fill_null(0))
        .drop("n_people_complete", "group_number")
        .sort(*GROUP, "covariate_id")
        .collect(engine="streaming")
    )


def _check(groups: pl.DataFrame) -> None:
    missing = [column for column in GROUP_COLUMNS if column not in groups.columns]
    if missing:
        raise BadInputError(
            f"groups to characterise lack {', '.join(missing)}; they have "
            f"{', '.join(groups.columns)}. Make them with group_rows."
        )
    repeated = groups.filter(pl.struct("row_id", "attribute").is_duplicated())
    if repeated.height:
        row_id, attribute = repeated.select("row_id", "attribute").row(0)
        raise BadInputError(
            f"row_id {row_id} is in two groups of the attribute '{attribute}'. "
            "A row belongs to one group of an attribute at most."
        )


def _sizes(groups: pl.DataFrame) -> pl.DataFrame:
    """One row for each group: its rows and people, and a number to go by."""
    counted = groups.group_by(GROUP).agg(
        n_rows_of_group=pl.len().cast(pl.Int64),
        n_people_of_group=pl.col("person_id").n_unique().cast(pl.Int64),
    )
    numbered = counted.sort(GROUP).with_row_index("group_number")
    return numbered.with_columns(pl.col("group_number").cast(pl.Int64))


def _kinds(covariates: Covariates) -> pl.DataFrame:
    """One row for each covariate: its analysis, whether it is binary, what missing means."""
    analyses = covariates.analysis_ref.select(
        pl.col("analysis_id").cast(pl.Int64),
        is_binary=pl.col("is_binary") == "Y",
        missing_means_zero=pl.col("missing_means_zero").fill_null("Y") == "Y",
    )
    return (
        covariates.covariate_ref.select(
            pl.col("covariate_id").cast(pl.Int64), pl.col("analysis_id").cast(pl.Int64)
        )
        .unique("covariate_id", keep="first", maintain_order=True)
        .join(analyses, on="analysis_id", how="inner", maintain_order="left")
    )


def _summarise(
    values: pl.LazyFrame, in_groups: pl.LazyFrame, kinds: pl.DataFrame, sizes: pl.DataFrame
) -> pl.LazyFrame:
    """Mean, spread, quartiles and ends of the continuous covariates."""
    value, n_missing, n_all = pl.col("value"), pl.col("n_missing"), pl.col("n_all")
    continuous = kinds.filter(~pl.col("is_binary"))
    found = (
        values.join(continuous.lazy(), on="covariate_id")
        .join(in_groups, on="row_id")
        .join(sizes.lazy().select("group_number", "n_rows_of_group"), on="group_number")
        .group_by(CELL)
        .agg(
            n_values=pl.len().cast(pl.Int64),
            n_all=pl.col("n_rows_of_group").first(),
            means_zero=pl.col("missing_means_zero").first(),
            mean_with=value.mean(),
            variance_with=value.var(ddof=0),
            sorted=value.sort(),
            **_people_apart(),
            n_people_at_minimum=pl.col("person_id").filter(value == value.min()).n_unique(),
            n_people_at_maximum=pl.col("person_id").filter(value == value.max()).n_unique(),
        )
        .with_columns(n_all=pl.when("means_zero").then("n_all").otherwise("n_values"))
        .with_columns(n_missing=pl.max_horizontal(n_all - pl.col("n_values"), 0))
        .with_columns(mean=pl.col("mean_with") * pl.col("n_values") / n_all)
    )
    return found.select(
        *CELL,
        "mean",
        "mean_with",
        sd=pl.when(n_all > 1).then((_squares() / (n_all - 1)).sqrt()),
        minimum=pl.when(n_missing > 0).then(0.0).otherwise(pl.col("sorted").list.first()),
        **{name: _quantile(share) for name, share in QUARTILES.items()},
        maximum=pl.col("sorted").list.last(),
        sd_with=pl.col("variance_with").sqrt(),
        n_people_apart=_fewest_apart(),
        n_people_at_minimum=pl.when(n_missing == 0).then("n_people_at_minimum"),
        n_people_at_maximum="n_people_at_maximum",
    )


def _people_apart() -> dict[str, pl.Expr]:
    """People whose value is not 0, and those whose value is not the most frequent of these."""
    value, person = pl.col("value"), pl.col("person_id")
    counts = pl.col("missing_means_zero").not_() | (value != 0)
    usual = value.filter(counts).mode().min()
    return {
        "n_people_counted": person.filter(counts).n_unique(),
        "n_people_unusual": person.filter(counts & (value != usual)).n_unique(),
        "n_people_at_zero": person.filter(~counts).n_unique(),
    }


def _fewest_apart() -> pl.Expr:
    """The fewest people of whom mean and sd could tell: few scores that are not 0, or not 1."""
    counted, unusual = pl.col("n_people_counted"), pl.col("n_people_unusual")
    of_counted = pl.when("means_zero").then(counted)
    # With one value besides 0 the mean counts both sides; else zeros are lost among the values.
    of_zeros = pl.when(pl.col("means_zero"), unusual == 0).then("n_people_at_zero")
    positive = [pl.when(each > 0).then(each) for each in (of_counted, unusual, of_zeros)]
    return pl.min_horizontal(positive).fill_null(0).cast(pl.Int64)


def _squares() -> pl.Expr:
    """Squared distances from the mean, those of the missing zeros too."""
    mean, mean_with, n = pl.col("mean"), pl.col("mean_with"), pl.col("n_values")
    return n * pl.col("variance_with") + n * (mean_with - mean) ** 2 + pl.col("n_missing") * mean**2


def _quantile(share: float) -> pl.Expr:
    wanted, n_missing = share * pl.col("n_all"), pl.col("n_missing")
    place = pl.max_horizontal(wanted.ceil().cast(pl.Int64) - n_missing, 1) - 1
    return pl.when(wanted < n_missing).then(0.0).otherwise(pl.col("sorted").list.get(place))


def _where_binary(binary: pl.Expr | str, continuous: str) -> pl.Expr:
    return pl.when("is_binary").then(binary).otherwise(continuous)
