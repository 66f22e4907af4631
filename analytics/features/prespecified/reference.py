"""What each covariate is made of, and each analysis: `covariate_ref` and `analysis_ref`."""

from collections.abc import Sequence

import polars as pl

from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.names import name_of
from analytics.features.prespecified.windows import first_day

# Measures whose window FeatureExtraction's analysis_ref tells; for scores it tells the end only.
TELL_WINDOW = frozenset(
    {"concept", "inpatient_concept", "concept_group", "range_group", "value_as_concept", "score"}
)
CONCEPT_IS_NAMED = frozenset(
    {"gender", "race", "ethnicity", "concept", "inpatient_concept", "concept_group"}
)
ANALYSIS_REF = {
    "analysis_id": pl.Int64,
    "analysis_name": pl.String,
    "domain_id": pl.String,
    "start_day": pl.Int32,
    "end_day": pl.Int32,
    "is_binary": pl.String,
    "missing_means_zero": pl.String,
}
REF_COLUMNS = (
    "covariate_id",
    "covariate_name",
    "analysis_id",
    "concept_id",
    "value_as_concept_id",
    "collisions",
)


def describe_analyses(analyses: Sequence[PrespecifiedAnalysis], end_day: int) -> pl.DataFrame:
    """One row for each analysis, with its window where FeatureExtraction tells it."""
    told = {True: "Y", False: "N", None: None}
    return pl.DataFrame(
        [
            (
                analysis.analysis_id,
                analysis.analysis_name,
                analysis.domain_id,
                first_day(analysis.window, end_day) if analysis.measure in TELL_WINDOW else None,
                end_day if analysis.measure in TELL_WINDOW else None,
                told[analysis.is_binary],
                told[analysis.missing_means_zero],
            )
            for analysis in analyses
        ],
        schema=ANALYSIS_REF,
        orient="row",
    )


def concepts_to_name(
    covariates: pl.DataFrame, units: pl.DataFrame, answers: pl.DataFrame
) -> pl.DataFrame:
    """One row for each concept that the name of a covariate may take in, and a few more."""
    present = covariates.select(pl.col("covariate_id").unique())
    columns = (
        present.select(concept_id=pl.col("covariate_id") // 1000),
        present.select(concept_id=pl.col("covariate_id") // 10_000),
        units.select("concept_id"),
        units.select(concept_id="unit_concept_id"),
        answers.select("concept_id"),
        answers.select(concept_id="value_as_concept_id"),
    )
    return pl.concat(columns).unique().sort("concept_id")


def describe_covariates(
    covariates: pl.DataFrame,
    analyses: Sequence[PrespecifiedAnalysis],
    end_day: int,
    *,
    units: pl.DataFrame,
    answers: pl.DataFrame,
    concepts: pl.DataFrame,
) -> pl.DataFrame:
    """One row for each covariate that somebody has, and for each unit where units clash."""
    present = (
        covariates.lazy()
        .select("covariate_id", "analysis_id")
        .unique()
        .sort("covariate_id")
        .collect(engine="streaming")
    )
    names = concepts.unique("concept_id", keep="first", maintain_order=True)
    parts = []
    for analysis in analyses:
        own = present.filter(pl.col("analysis_id") == analysis.analysis_id)
        if own.is_empty():
            continue
        described = _concepts_of(own, analysis, units, answers)
        parts.append(_named(described, analysis, end_day, names))
    empty = pl.DataFrame(
        schema={column: pl.Int64 for column in REF_COLUMNS} | {"covariate_name": pl.String}
    ).select(REF_COLUMNS)
    return pl.concat([empty, *parts])


def _concepts_of(
    own: pl.DataFrame,
    analysis: PrespecifiedAnalysis,
    units: pl.DataFrame,
    answers: pl.DataFrame,
) -> pl.DataFrame:
    """The covariates with `concept` (for the name), and unit or answer where there is one."""
    number = (pl.col("covariate_id") - analysis.analysis_id) // 1000
    if analysis.measure == "value":
        unit = pl.col("unit_concept_id")
        recorded = units.filter(pl.col("analysis_id") == analysis.analysis_id).select(
            "unit_concept_id",
            concept="concept_id",
            covariate_id=pl.col("concept_id") * 1_000_000
            + unit % 1000 * 1000
            + analysis.analysis_id,
        )
        return own.join(recorded, on="covariate_id", how="inner")
    if analysis.measure == "value_as_concept":
        return own.join(
            answers.filter(pl.col("analysis_id") == analysis.analysis_id).select(
                "covariate_id", "value_as_concept_id", "collisions", concept="concept_id"
            ),
            on="covariate_id",
            how="inner",
        )
    if analysis.measure == "range_group":
        return own.with_columns(concept=number // 10, group=number % 10)
    return own.with_columns(concept=number)


def _named(
    described: pl.DataFrame, analysis: PrespecifiedAnalysis, end_day: int, names: pl.DataFrame
) -> pl.DataFrame:
    def named(column: str, name: str) -> None:
        nonlocal described
        described = described.join(
            names.select(pl.col("concept_id").alias(column), pl.col("concept_name").alias(name)),
            on=column,
            how="left",
            maintain_order="left",
        )

    named("concept", "concept_name")
    for column, name in (("unit_concept_id", "unit_name"), ("value_as_concept_id", "answer_name")):
        if column in described.columns:
            named(column, name)
    has_concept = analysis.measure in CONCEPT_IS_NAMED | {
        "range_group",
        "value",
        "value_as_concept",
    }
    return described.with_columns(
        covariate_name=name_of(analysis, end_day),
        concept_id=pl.col("concept") if has_concept else pl.lit(0, pl.Int64),
        **{
            column: pl.lit(None, pl.Int64)
            for column in ("value_as_concept_id", "collisions")
            if column not in described.columns
        },
    ).select(REF_COLUMNS)
