"""Covariates that are facts about the person or the index date.

Age is the index year less the year of birth. Race and ethnicity need a concept of that class.
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import with_id
from analytics.features.prespecified.ids import plain_id
from analytics.features.prespecified.tables import Cdm

YEARS_IN_GROUP = 5
UNSTRATIFIED = 1


def describe_people(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Sequence[PrespecifiedAnalysis]
) -> list[AnyLazyFrame]:
    """For each analysis: one row for each row_id whose person is known and has the fact."""
    people = rows.join(cdm.table("person"), on="person_id", how="inner").with_columns(
        age=nw.col("index_year") - nw.col("year_of_birth")
    )
    return [_fact(cdm, people, analysis) for analysis in analyses]


def _fact(cdm: Cdm, people: AnyLazyFrame, analysis: PrespecifiedAnalysis) -> AnyLazyFrame:
    one = nw.lit(1.0)
    match analysis.measure:
        case "gender":
            known = people.filter(nw.col("gender_concept_id") != 0)
            return _covariate(known, analysis, nw.col("gender_concept_id"), one)
        case "race" | "ethnicity" as fact:
            known = _of_class(cdm, people, f"{fact}_concept_id", fact)
            return _covariate(known, analysis, nw.col(f"{fact}_concept_id"), one)
        case "age":
            return _covariate(people, analysis, nw.lit(UNSTRATIFIED), nw.col("age"))
        case "age_group":
            return _covariate(people, analysis, nw.col("age") // YEARS_IN_GROUP, one)
        case "index_year":
            return _covariate(people, analysis, nw.col("index_year"), one)
        case "index_month":
            return _covariate(people, analysis, nw.col("index_month"), one)
        case "index_year_month":
            year_and_month = nw.col("index_year") * 100 + nw.col("index_month")
            return _covariate(people, analysis, year_and_month, one)
    raise AssertionError(f"{analysis.measure} is no fact about the person")


def _of_class(cdm: Cdm, people: AnyLazyFrame, column: str, concept_class: str) -> AnyLazyFrame:
    concepts = (
        cdm.table("concept")
        .filter(nw.col("concept_class_id").str.to_lowercase() == concept_class)
        .select(nw.col("concept_id").alias(column))
    )
    return people.join(concepts, on=column, how="semi")


def _covariate(
    people: AnyLazyFrame, analysis: PrespecifiedAnalysis, concept: nw.Expr, value: nw.Expr
) -> AnyLazyFrame:
    analysis_id = nw.lit(analysis.analysis_id, nw.Int64)
    known = people.filter(~concept.is_null() & ~value.is_null())
    return with_id(
        known.with_columns(covariate_value=value.cast(nw.Float64), analysis_id=analysis_id),
        plain_id(concept.cast(nw.Int64), analysis_id),
    )
