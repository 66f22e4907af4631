"""Which of thousands of covariates a person reads: the rows of a Table 1, in sections."""

import polars as pl

from analytics.features.characterisation.characteristics import EVERYONE, OVERALL
from analytics.features.covariates import Covariates

PEOPLE, DIFFERENT = "Who they are", "Where groups differ most"
MOST_IN_SECTION = 12
MOST_DIFFERENT = 15
# Of several windows the year before index is read; calendar covariates are not read.
ONE_YEAR = r"LongTerm|365d"
OTHER_WINDOWS = r"MediumTerm|ShortTerm|Overlapping|AnyTimePrior|180d|30d|_any$"
NOT_READ = r"IndexYear|IndexMonth|CareSite"
ABOUT_PEOPLE = ("demographics", "race", "ethnicity")


def choose_characteristics(
    compared: pl.DataFrame,
    covariates: Covariates,
    *,
    described: tuple[str, str] = (OVERALL, EVERYONE),
) -> pl.DataFrame:
    """One row for each covariate to read, in order: `section`, `covariate_id`, `covariate_name`.

    `compared` is what `disclose` shows, with differences (`compare_groups`). First who the people
    are; then, domain by domain, the covariates that most people have, of one analysis for each
    kind of covariate: that of the year before index, where there is one; then those, of the same
    analyses, whose groups differ most. What is withheld for the attribute and group in `described`
    is left out.
    """
    shown = _described(compared, covariates, described)
    of_people = shown.filter("is_about_people").with_columns(
        section=pl.lit(PEOPLE), place=pl.int_range(pl.len())
    )
    others = shown.filter(~pl.col("is_about_people"))
    frequent = (
        others.sort("domain", "is_binary", -pl.col("share"), "covariate_id")
        .with_columns(section="domain", place=pl.int_range(pl.len()).over("domain", "is_binary"))
        .filter(pl.col("place") < MOST_IN_SECTION)
        .sort("domain", "is_binary", "place")
    )
    different = (
        others.join(frequent, on="covariate_id", how="anti")
        .filter(pl.col("largest_difference") > 0)
        .sort("largest_difference", "covariate_id", descending=[True, False])
        .head(MOST_DIFFERENT)
        .with_columns(section=pl.lit(DIFFERENT))
    )
    wanted = ("section", "covariate_id", "covariate_name")
    return pl.concat([of_people.select(wanted), frequent.select(wanted), different.select(wanted)])


def _described(
    compared: pl.DataFrame, covariates: Covariates, described: tuple[str, str]
) -> pl.DataFrame:
    """One row for each covariate of an analysis that is read, where it is shown."""
    attribute, group = described
    everyone = compared.filter(
        pl.col("attribute") == attribute,
        pl.col("group_name") == group,
        ~pl.col("is_suppressed"),
    ).select("covariate_id", "analysis_id", "is_binary", "missing_means_zero", "share")
    differences = compared.group_by("covariate_id").agg(
        largest_difference=pl.col("standardised_difference").abs().max()
    )
    names = covariates.covariate_ref.select("covariate_id", "covariate_name").unique(
        "covariate_id", keep="first", maintain_order=True
    )
    analyses = covariates.analysis_ref.select(
        pl.col("analysis_id").cast(pl.Int64), "analysis_name", domain="domain_id"
    )
    found = (
        everyone.join(analyses, on="analysis_id", how="inner")
        .join(names, on="covariate_id", how="inner")
        .join(differences, on="covariate_id", how="left")
        .with_columns(
            is_about_people=pl.col("domain").str.to_lowercase().is_in(ABOUT_PEOPLE),
            domain=pl.when(pl.col("domain") == "").then(pl.lit("Other")).otherwise("domain"),
        )
        .filter(~pl.col("analysis_name").str.contains(NOT_READ))
    )
    return found.filter(pl.col("analysis_id").is_in(_read(found).implode())).sort(
        "analysis_id", "covariate_id"
    )


def _read(found: pl.DataFrame) -> pl.Series:
    """The analyses to read: all about people; of each kind of a domain's the year's, or the first.

    Scores and counts of everything are one covariate each, and each is of a kind of its own.
    """
    name = pl.col("analysis_name")
    analyses = found.group_by("analysis_id", "analysis_name", "domain", "is_about_people").agg(
        pl.col("is_binary").first(),
        pl.col("missing_means_zero").first(),
        is_alone=(pl.len() == 1) & ~pl.col("is_binary").first(),
        rank=pl.when(name.first().str.contains(ONE_YEAR))
        .then(0)
        .when(name.first().str.contains(OTHER_WINDOWS))
        .then(2)
        .otherwise(1),
    )
    by_kind = (
        analyses.filter(~pl.col("is_about_people"), ~pl.col("is_alone"))
        .sort("rank", "analysis_id")
        .unique(["domain", "is_binary", "missing_means_zero"], keep="first", maintain_order=True)
    )
    others = analyses.filter(
        pl.col("is_about_people") | (pl.col("is_alone") & (pl.col("rank") < 2))
    )
    return pl.concat([by_kind["analysis_id"], others["analysis_id"]])
