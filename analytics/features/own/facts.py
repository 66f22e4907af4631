"""Facts about the person and the index date, from the CDM's own tables.

The groups of sex, race and ethnicity are ours: the seed `demographic_groups.csv` says which
concepts are which group, and whoever is in none has no covariate of it.
"""

from collections.abc import Sequence
from functools import cache

import narwhals as nw
import polars as pl

from analytics.features.analysis import Analysis
from analytics.features.definition import AnyLazyFrame
from analytics.features.demographics import GROUP_CONCEPTS, PRIOR_OBSERVATION, describe_facts
from analytics.features.prespecified.tables import Cdm
from analytics.settings import house_root

CONCEPT_COLUMNS = {
    "sex": "gender_concept_id",
    "race": "race_concept_id",
    "ethnicity": "ethnicity_concept_id",
}


def facts_of(cdm: Cdm, rows: AnyLazyFrame, facts: Sequence[Analysis]) -> AnyLazyFrame:
    """One row for each (row_id, covariate_id) of these facts that is known."""
    people = rows.join(cdm.table("person"), on="person_id", how="inner")
    for group, column in CONCEPT_COLUMNS.items():
        groups = cdm.lift(_group_concepts(group).rename({"concept_id": column}))
        people = people.join(groups, on=column, how="left")
    observed = PRIOR_OBSERVATION in facts
    parts = [each for each in facts if each != PRIOR_OBSERVATION]
    found = [describe_facts(people, parts)] if parts else []
    if observed:
        found.append(describe_facts(_observed(cdm, rows), [PRIOR_OBSERVATION]))
    return nw.concat(found)


def _observed(cdm: Cdm, rows: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row_id whose index date lies in a period: the longest time so far."""
    start, end = nw.col("observation_period_start_day"), nw.col("observation_period_end_day")
    return (
        rows.join(cdm.table("observation_period"), on="person_id", how="inner")
        .filter(start <= nw.col("index_day"), nw.col("index_day") <= end)
        .with_columns(days_observed=nw.col("index_day") - start)
        .group_by("row_id")
        .agg(prior_observation=nw.col("days_observed").max())
    )


@cache
def _group_concepts(group: str) -> pl.DataFrame:
    """One row for each concept of a group of sex, race or ethnicity, with our concept of it."""
    seed = house_root() / "dbt_project" / "seeds" / "demographic_groups.csv"
    return (
        pl.read_csv(seed)
        .filter(pl.col("attribute") == group)
        .select(
            pl.col("concept_id").cast(pl.Int64),
            pl.col("group_name")
            .replace_strict(GROUP_CONCEPTS[group], default=None, return_dtype=pl.Int64)
            .alias(group),
        )
        .drop_nulls()
        .unique("concept_id", keep="first", maintain_order=True)
    )
