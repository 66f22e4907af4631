"""Covariates that are facts about the person and the index date: age, sex, observation so far.

Race and ethnicity are made only where a study says so; by default they are audited and not seen
by the model. Each is a domain of its own, so that whoever explains a risk can leave it out. Groups
come from our own names, never from the CDM's concept table.
"""

from collections.abc import Mapping, Sequence

import narwhals as nw
import polars as pl

from analytics.features.analysis import Analysis
from analytics.features.lazy_frames import AnyLazyFrame


def _fact(
    analysis_id: int,
    name: str,
    wording: str,
    *,
    missing_means_zero: bool,
    domain: str = "demographics",
) -> Analysis:
    return Analysis(
        analysis_id=analysis_id,
        analysis_name=name,
        domain=domain,
        measure="demographic",
        window=None,
        wording=wording,
        missing_means_zero=missing_means_zero,
    )


SEX = _fact(961, "sex", "Sex: {concept}", missing_means_zero=True)
AGE = _fact(962, "age", "Age in years", missing_means_zero=False)
PRIOR_OBSERVATION = _fact(
    963, "prior_observation", "Days of observation before", missing_means_zero=False
)
RACE = _fact(965, "race", "Race: {concept}", missing_means_zero=True, domain="race")
ETHNICITY = _fact(
    966, "ethnicity", "Ethnicity: {concept}", missing_means_zero=True, domain="ethnicity"
)

INDEX_YEAR = _fact(967, "index_year", "Year of index", missing_means_zero=False)
INDEX_MONTH = _fact(968, "index_month", "Month of index", missing_means_zero=False)

FACTS: Mapping[str, Analysis] = {
    fact.analysis_name: fact
    for fact in (SEX, AGE, PRIOR_OBSERVATION, RACE, ETHNICITY, INDEX_YEAR, INDEX_MONTH)
}
FACTS_ABOUT_THE_PERSON = ("demographics", "race", "ethnicity")
DEMOGRAPHICS = (SEX, AGE, PRIOR_OBSERVATION)
RACE_AND_ETHNICITY = (RACE, ETHNICITY)

# Standard concepts of the groups; people of unknown group have no covariate.
GROUP_CONCEPTS = {
    "sex": {"Female": 8532, "Male": 8507},
    "race": {
        "White": 8527,
        "Black or African American": 8516,
        "Asian": 8515,
        "American Indian or Alaska Native": 8657,
        "Native Hawaiian or Pacific Islander": 8557,
        "More than one race": 1546847,
    },
    "ethnicity": {"Hispanic or Latino": 38003563, "Not Hispanic or Latino": 38003564},
}
# What tells of race or ethnicity where it is recorded as an event: our own groups' concepts, and
# the concept under which each race of a person is recorded as an observation (4013886).
RACE_AND_ETHNICITY_CONCEPTS = (
    *GROUP_CONCEPTS["race"].values(),
    *GROUP_CONCEPTS["ethnicity"].values(),
    4013886,
)
GROUP_NAMES = {
    concept_id: group for groups in GROUP_CONCEPTS.values() for group, concept_id in groups.items()
}


def describe_people(
    rows: pl.DataFrame, person: pl.DataFrame, *, use_race_and_ethnicity: bool
) -> pl.DataFrame:
    """The demographic covariates of each row, from people whose groups have names.

    One row for each (row_id, covariate_id), with `analysis_id`, `value` and `last_day` (null:
    no event was read).
    """
    asked = (*DEMOGRAPHICS, *RACE_AND_ETHNICITY) if use_race_and_ethnicity else DEMOGRAPHICS
    people = rows.join(person, on="person_id", how="left", maintain_order="left").with_columns(
        pl.col("index_day").cast(pl.Int32).cast(pl.Date).dt.year().alias("index_year"),
        pl.col("days_of_prior_observation").alias("prior_observation"),
        *(
            pl.col(group).replace_strict(concepts, default=None, return_dtype=pl.Int64)
            for group, concepts in GROUP_CONCEPTS.items()
        ),
    )
    described = nw.to_native(describe_facts(nw.from_native(people.lazy()), asked))
    assert isinstance(described, pl.LazyFrame)
    return described.collect()


def describe_facts(people: AnyLazyFrame, facts: Sequence[Analysis]) -> AnyLazyFrame:
    """One row for each (row_id, covariate_id) whose fact is known.

    `people` has `row_id` and, of what `facts` ask for, `year_of_birth`, `index_year`,
    `index_month`, `prior_observation`, and `sex`, `race`, `ethnicity` as concepts of our groups.
    Age is the calendar year of index less the year of birth, as OHDSI counts it.
    """
    return nw.concat([_fact_of(people, fact) for fact in facts])


def _fact_of(people: AnyLazyFrame, fact: Analysis) -> AnyLazyFrame:
    is_group = fact.analysis_name in GROUP_CONCEPTS
    concept_id, value = nw.lit(0), nw.col(fact.analysis_name)
    if is_group:
        concept_id, value = nw.col(fact.analysis_name), nw.lit(1) + nw.col(fact.analysis_name) * 0
    elif fact == AGE:
        value = nw.col("index_year") - nw.col("year_of_birth")
    return people.select(
        "row_id",
        covariate_id=concept_id.cast(nw.Int64) * 1000 + fact.analysis_id,
        analysis_id=nw.lit(fact.analysis_id, nw.Int32),
        value=value.cast(nw.Float64),
        last_day=nw.lit(None, nw.Int32),
    ).filter(~nw.col("value").is_null())
