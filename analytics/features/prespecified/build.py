"""The covariates of a preset, from a CDM's own tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from analytics.features.prespecified.catalogue import PrespecifiedAnalysis, analyses_of_preset
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.definitions import Made, of_people, of_table
from analytics.features.prespecified.events import COVARIATE_COLUMNS
from analytics.features.prespecified.reference import (
    concepts_to_name,
    describe_analyses,
    describe_covariates,
)
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.windows import check_end_day

VOCABULARY = frozenset({"concept", "concept_ancestor", "concept_relationship"})
OF_PEOPLE = frozenset({"person", "observation_period"})
TRIPLE = ("row_id", "covariate_id", "covariate_value")
UNITS = {"analysis_id": pl.Int64, "concept_id": pl.Int64, "unit_concept_id": pl.Int64}
ANSWERS = {
    "analysis_id": pl.Int64,
    "covariate_id": pl.Int64,
    "concept_id": pl.Int64,
    "value_as_concept_id": pl.Int64,
    "collisions": pl.Int64,
}


@dataclass(frozen=True, kw_only=True)
class PrespecifiedCovariates:
    """Covariates as FeatureExtraction gives them.

    `covariates`: one row for each value: `row_id`, `covariate_id`, `covariate_value`; a pair can
    stand twice, where the units of a concept clash.
    `covariate_ref`: one row for each covariate (and each unit of a clash), with its name.
    `analysis_ref`: one row for each analysis. `warnings`: what was left out, in words.
    """

    covariates: pl.DataFrame
    covariate_ref: pl.DataFrame
    analysis_ref: pl.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Collected:
    covariates: pl.DataFrame
    units: pl.DataFrame
    answers: pl.DataFrame


def build_prespecified_covariates(
    cohort: pl.DataFrame, cdm: Cdm, *, preset: str, end_day: int
) -> PrespecifiedCovariates:
    """The preset's covariates of each cohort row, in windows that end on `end_day`.

    `cohort` has `row_id`, `subject_id`, `cohort_start_date`, `cohort_end_date`. A missing table is
    empty, and a warning says so; so does an analysis that is refused because an id of it would
    leave 64 bits.
    """
    check_end_day(end_day)
    analyses = analyses_of_preset(preset)
    dates = index_dates(cohort)
    parts = [_collect(cdm, made, analyses) for made in _made(cdm, dates, analyses, end_day)]
    found = pl.concat(part.covariates for part in parts)
    refused = frozenset(found.filter(pl.col("covariate_id").is_null())["analysis_id"])
    kept = found.filter(~pl.col("analysis_id").is_in(sorted(refused)))
    units = pl.concat(part.units for part in parts)
    answers = pl.concat(part.answers for part in parts)
    named = cdm.lift(concepts_to_name(kept, units, answers))
    concepts = cdm.table("concept").select("concept_id", "concept_name")
    return PrespecifiedCovariates(
        covariates=kept.select(TRIPLE),
        covariate_ref=describe_covariates(
            kept,
            analyses,
            end_day,
            units=units,
            answers=answers,
            concepts=cdm.collect(concepts.join(named, on="concept_id", how="semi")),
        ),
        analysis_ref=describe_analyses(analyses, end_day),
        warnings=(*_missing(cdm, analyses), *_refusals(analyses, refused)),
    )


def _made(
    cdm: Cdm, dates: pl.DataFrame, analyses: Sequence[PrespecifiedAnalysis], end_day: int
) -> Iterator[Made]:
    rows = cdm.lift(dates)
    if made := of_people(cdm, rows, analyses):
        yield made
    for table in dict.fromkeys(analysis.table for analysis in analyses if analysis.table):
        asked = [analysis for analysis in analyses if analysis.table == table]
        yield of_table(cdm, rows, table, asked, end_day)


def _collect(cdm: Cdm, made: Made, analyses: Sequence[PrespecifiedAnalysis]) -> _Collected:
    covariates = (
        cdm.collect(made.covariates)
        .select(
            pl.col("row_id", "covariate_id").cast(pl.Int64),
            pl.col("covariate_value").cast(pl.Float64),
            pl.col("analysis_id").cast(pl.Int64),
        )
        .select(COVARIATE_COLUMNS)
    )
    units, answers = pl.DataFrame(schema=UNITS), pl.DataFrame(schema=ANSWERS)
    if made.units is not None:
        present = covariates.select("analysis_id").unique()
        valued = [analysis.analysis_id for analysis in analyses if analysis.measure == "value"]
        units = present.filter(pl.col("analysis_id").is_in(valued)).join(
            cdm.collect(made.units), how="cross"
        )
    if made.answers is not None:
        answers = cdm.collect(made.answers)
    return _Collected(
        covariates=covariates,
        units=units.select(pl.col(name).cast(kind) for name, kind in UNITS.items()),
        answers=answers.select(pl.col(name).cast(kind) for name, kind in ANSWERS.items()),
    )


def _missing(cdm: Cdm, analyses: Sequence[PrespecifiedAnalysis]) -> list[str]:
    read = VOCABULARY | OF_PEOPLE | {analysis.table for analysis in analyses if analysis.table}
    return [
        f"this CDM has no table {table}: it was taken as empty"
        for table in cdm.missing_tables(frozenset(read))
    ]


def _refusals(analyses: Sequence[PrespecifiedAnalysis], refused: frozenset[int]) -> list[str]:
    return [
        f"{analysis.analysis_name} (analysis {analysis.analysis_id}) was refused: a covariate id "
        "of it would leave 64 bits. All other analyses were made."
        for analysis in analyses
        if analysis.analysis_id in refused
    ]
