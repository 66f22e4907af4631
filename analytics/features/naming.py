"""What each covariate is called in plain words, and what it is made of."""

import polars as pl

from analytics.features.analysis import Analysis
from analytics.features.demographics import FACTS_ABOUT_THE_PERSON, GROUP_NAMES
from analytics.features.domains import ANALYSES

Table = pl.DataFrame | pl.LazyFrame


def describe_covariates(triples: pl.DataFrame, concepts: Table) -> pl.DataFrame:
    """One row for each covariate, with what it is called and what it is made of."""
    present = (
        triples.lazy()
        .select("covariate_id", "analysis_id")
        .unique()
        .with_columns(concept_id=(pl.col("covariate_id") - pl.col("analysis_id")) // 1000)
        .sort("covariate_id")
        .collect(engine="streaming")
    )
    named = _concept_names(present, concepts)
    return (
        present.join(_analysis_table(), on="analysis_id", how="left", maintain_order="left")
        .join(named, on="concept_id", how="left", maintain_order="left")
        .with_columns(
            concept_name=pl.coalesce(
                pl.when(pl.col("domain").is_in(FACTS_ABOUT_THE_PERSON)).then(
                    pl.col("concept_id").replace_strict(
                        GROUP_NAMES, default=None, return_dtype=pl.String
                    )
                ),
                "concept_name",
                pl.format("Concept {} (no name in this CDM)", "concept_id"),
            )
        )
        .select(
            "covariate_id",
            covariate_name=pl.concat_str(
                "before_concept",
                pl.when("names_concept").then("concept_name"),
                "after_concept",
                ignore_nulls=True,
            ),
            analysis_id="analysis_id",
            domain="domain",
            concept_id="concept_id",
            window_first_day="window_first_day",
            window_last_day="window_last_day",
            missing_means_zero="missing_means_zero",
        )
    )


def _concept_names(present: pl.DataFrame, concepts: Table) -> pl.DataFrame:
    return (
        concepts.lazy()
        .select(pl.col("concept_id").cast(pl.Int64), "concept_name")
        .join(present.lazy().select("concept_id").unique(), on="concept_id", how="semi")
        .unique("concept_id", keep="first", maintain_order=True)
        .collect()
    )


def _analysis_table() -> pl.DataFrame:
    return pl.DataFrame(
        [_analysis_row(analysis) for analysis in ANALYSES],
        schema={
            "analysis_id": pl.Int32,
            "domain": pl.String,
            "before_concept": pl.String,
            "names_concept": pl.Boolean,
            "after_concept": pl.String,
            "window_first_day": pl.Int32,
            "window_last_day": pl.Int32,
            "missing_means_zero": pl.Boolean,
        },
        orient="row",
    )


def _analysis_row(analysis: Analysis) -> tuple[object, ...]:
    before, names_concept, after = analysis.wording.partition("{concept}")
    window = analysis.window
    return (
        analysis.analysis_id,
        analysis.domain,
        before,
        bool(names_concept),
        after,
        window.first_day if window else None,
        window.last_day if window else None,
        analysis.missing_means_zero,
    )
