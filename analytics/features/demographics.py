"""Covariates that are facts about the person: age, sex, observation so far.

Race and ethnicity are made only where a study says so; by default they are audited and not seen
by the model. Each is a domain of its own, so that whoever explains a risk can leave it out. Groups
come from our own names, never from the CDM's concept table.
"""

import polars as pl

from analytics.features.analysis import Analysis


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
        name=name,
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
    """The demographic covariates of each row.

    One row for each (row_id, covariate_id), with `analysis_id`, `value` and `last_day` (null:
    no event was read). Age is the calendar year of index less the year of birth, as OHDSI
    counts it.
    """
    people = rows.join(person, on="person_id", how="left", maintain_order="left")
    index_year = pl.col("index_day").cast(pl.Int32).cast(pl.Date).dt.year()
    facts = [
        _group(people, SEX),
        _number(people, AGE, index_year - pl.col("year_of_birth")),
        _number(people, PRIOR_OBSERVATION, pl.col("days_of_prior_observation")),
    ]
    if use_race_and_ethnicity:
        facts += [_group(people, RACE), _group(people, ETHNICITY)]
    return pl.concat(facts)


def _number(people: pl.DataFrame, analysis: Analysis, value: pl.Expr) -> pl.DataFrame:
    return _triples(
        people.with_columns(value=value, concept_id=pl.lit(0)).drop_nulls("value"), analysis
    )


def _group(people: pl.DataFrame, analysis: Analysis) -> pl.DataFrame:
    concept_id = pl.col(analysis.name).replace_strict(
        GROUP_CONCEPTS[analysis.name], default=None, return_dtype=pl.Int64
    )
    known = people.with_columns(concept_id=concept_id, value=pl.lit(1)).drop_nulls("concept_id")
    return _triples(known, analysis)


def _triples(people: pl.DataFrame, analysis: Analysis) -> pl.DataFrame:
    return people.select(
        "row_id",
        covariate_id=pl.col("concept_id").cast(pl.Int64) * 1000 + analysis.analysis_id,
        analysis_id=pl.lit(analysis.analysis_id, dtype=pl.Int32),
        value=pl.col("value").cast(pl.Float64),
        last_day=pl.lit(None, dtype=pl.Int32),
    )
