"""What each covariate is called in plain words, and what it is made of."""

from collections.abc import Mapping, Sequence

import polars as pl

from analytics.features.analysis import Analysis
from analytics.features.demographics import FACTS_ABOUT_THE_PERSON, GROUP_NAMES
from analytics.features.settings import our_analyses

Table = pl.DataFrame | pl.LazyFrame
CONCEPT, ANSWER = "{concept}", "{answer}"


def describe_covariates(triples: pl.DataFrame, concepts: Table) -> pl.DataFrame:
    """One row for each covariate of the main job, with its name and what it is made of."""
    present = (
        triples.lazy()
        .select("covariate_id", "analysis_id")
        .unique()
        .with_columns(concept_id=(pl.col("covariate_id") - pl.col("analysis_id")) // 1000)
        .sort("covariate_id")
        .collect(engine="streaming")
    )
    named = (
        concepts.lazy()
        .select(pl.col("concept_id").cast(pl.Int64), "concept_name")
        .join(present.lazy().select("concept_id").unique(), on="concept_id", how="semi")
        .collect()
    )
    return name_covariates(present, named, our_analyses()).select(
        "covariate_id",
        "covariate_name",
        pl.col("analysis_id").cast(pl.Int32),
        "domain",
        "concept_id",
        "window_first_day",
        "window_last_day",
        "missing_means_zero",
    )


def name_covariates(
    present: pl.DataFrame,
    concepts: pl.DataFrame,
    analyses: Sequence[Analysis],
    *,
    cohort_names: Mapping[int, str] | None = None,
) -> pl.DataFrame:
    """One row for each row of `present`, with `covariate_name` and what its analysis says.

    `present` has `covariate_id`, `analysis_id` and `concept_id` (which becomes 0 where the
    covariate is of no one concept), and `value_as_concept_id` where there are answers. `concepts`
    has the `concept_name` of each `concept_id`; cohorts have names of their own.
    """
    names = concepts.unique("concept_id", keep="first", maintain_order=True)
    cohorts = pl.DataFrame(
        list((cohort_names or {}).items()),
        schema={"concept_id": pl.Int64, "cohort_name": pl.String},
        orient="row",
    )
    if "value_as_concept_id" not in present.columns:
        present = present.with_columns(value_as_concept_id=pl.lit(None, pl.Int64))
    answers = names.select(value_as_concept_id="concept_id", answer_name="concept_name")
    is_fact = pl.col("domain").is_in(FACTS_ABOUT_THE_PERSON)
    group = pl.col("concept_id").replace_strict(GROUP_NAMES, default=None, return_dtype=pl.String)
    return (
        present.with_columns(pl.col("analysis_id").cast(pl.Int64))
        .join(_analysis_table(analyses), on="analysis_id", how="left", maintain_order="left")
        .join(names, on="concept_id", how="left", maintain_order="left")
        .join(answers, on="value_as_concept_id", how="left", maintain_order="left")
        .join(cohorts, on="concept_id", how="left", maintain_order="left")
        .with_columns(
            concept_name=pl.coalesce(
                pl.when(is_fact).then(group),
                pl.when(pl.col("domain") == "cohort").then("cohort_name"),
                pl.when(pl.col("domain") != "cohort").then("concept_name"),
                pl.format("Concept {} (no name in this CDM)", "concept_id"),
            ),
            answer_name=pl.coalesce(
                "answer_name", pl.format("Concept {} (no name in this CDM)", "value_as_concept_id")
            ),
        )
        .with_columns(
            covariate_name=pl.concat_str(
                "before_concept",
                pl.when("names_concept").then("concept_name"),
                "after_concept",
                pl.when("names_answer").then("answer_name"),
                "after_answer",
                ignore_nulls=True,
            ),
            concept_id=pl.when("is_by_concept").then("concept_id").otherwise(pl.lit(0, pl.Int64)),
        )
    )


def _analysis_table(analyses: Sequence[Analysis]) -> pl.DataFrame:
    return pl.DataFrame(
        [_analysis_row(analysis) for analysis in analyses],
        schema={
            "analysis_id": pl.Int64,
            "domain": pl.String,
            "is_by_concept": pl.Boolean,
            "before_concept": pl.String,
            "names_concept": pl.Boolean,
            "after_concept": pl.String,
            "names_answer": pl.Boolean,
            "after_answer": pl.String,
            "window_first_day": pl.Int32,
            "window_last_day": pl.Int32,
            "missing_means_zero": pl.Boolean,
        },
        orient="row",
    )


def _analysis_row(analysis: Analysis) -> tuple[object, ...]:
    before, names_concept, rest = analysis.wording.partition(CONCEPT)
    after, names_answer, after_answer = rest.partition(ANSWER)
    window = analysis.window
    return (
        analysis.analysis_id,
        analysis.domain,
        analysis.is_by_concept,
        before,
        bool(names_concept),
        after,
        bool(names_answer),
        after_answer,
        window.first_day if window else None,
        window.last_day if window else None,
        analysis.missing_means_zero,
    )
