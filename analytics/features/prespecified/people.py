"""Covariates that are facts about the person or the index date.

Age is the index year less the year of birth. Race and ethnicity need a concept of that class. Where
the year of birth is missing there is no age; FeatureExtraction's SQL gives a row without a value.
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.concept_choice import ConceptChoice
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import Measure, PrespecifiedAnalysis
from analytics.features.prespecified.concept_members import choose_concepts
from analytics.features.prespecified.events import in_long_form, with_id
from analytics.features.prespecified.ids import plain_id
from analytics.features.prespecified.tables import Cdm

YEARS_IN_GROUP = 5
UNSTRATIFIED = 1


def describe_people(
    cdm: Cdm,
    rows: AnyLazyFrame,
    analyses: Sequence[PrespecifiedAnalysis],
    choice: ConceptChoice | None = None,
) -> AnyLazyFrame:
    """One row for each row_id whose person is known, and analysis whose fact is known.

    Of sex, race and ethnicity, only concepts of the choice.
    """
    people = rows.join(cdm.table("person"), on="person_id", how="inner").with_columns(
        age=nw.col("index_year") - nw.col("year_of_birth")
    )
    for fact in ("race", "ethnicity"):
        people = people.join(_concepts_of_class(cdm, fact), on=f"{fact}_concept_id", how="left")
    facts = {str(a.analysis_id): _number(a.measure).cast(nw.Int64) for a in analyses}
    known = in_long_form(
        people.select("row_id", "age", **facts), ("row_id", "age"), value_name="number"
    )
    if choice:
        named = [a.analysis_id for a in analyses if a.measure in ("gender", "race", "ethnicity")]
        is_named = nw.col("analysis_id").is_in(named)
        chosen = choose_concepts(
            cdm, known.filter(is_named), choice, column="number", as_they_come=True
        )
        known = nw.concat([chosen, known.filter(~is_named)])
    is_age = nw.col("analysis_id").is_in([a.analysis_id for a in analyses if a.measure == "age"])
    value = nw.when(is_age).then(nw.col("age").cast(nw.Float64)).otherwise(nw.lit(1.0))
    return with_id(
        known.with_columns(covariate_value=value).filter(~nw.col("covariate_value").is_null()),
        plain_id(nw.col("number"), nw.col("analysis_id")),
    )


def _number(fact: Measure) -> nw.Expr:
    """The number that stands in the covariate id, where a concept would."""
    match fact:
        case "gender":
            return nw.when(nw.col("gender_concept_id") != 0).then(nw.col("gender_concept_id"))
        case "race" | "ethnicity":
            return nw.col(f"known_{fact}")
        case "age":
            return nw.lit(UNSTRATIFIED)
        case "age_group":
            return nw.col("age") // YEARS_IN_GROUP
        case "index_year" | "index_month":
            return nw.col(fact)
        case "index_year_month":
            return nw.col("index_year") * 100 + nw.col("index_month")
    raise AssertionError(f"{fact} is no fact about the person")


def _concepts_of_class(cdm: Cdm, fact: str) -> AnyLazyFrame:
    """One row for each concept of that class, twice: to join on, and to keep."""
    return (
        cdm.table("concept")
        .filter(nw.col("concept_class_id").str.to_lowercase() == fact)
        .select(
            nw.col("concept_id").alias(f"{fact}_concept_id"),
            nw.col("concept_id").alias(f"known_{fact}"),
        )
        .unique()
    )
