"""Reads what is published about cohorts and their definitions."""

from collections.abc import Sequence

import polars as pl

from dashboards.data.published import NothingToShow, something, whole


def cohort_summary() -> pl.DataFrame:
    """One row for each cohort, by name."""
    return something(whole("cohort_summary"), "There is no cohort.").sort("cohort_name")


def cohort_attrition(cohort: str) -> pl.DataFrame:
    """One row for each rule of a cohort's definition, in order."""
    rows = whole("cohort_attrition").filter(pl.col("cohort_name") == cohort)
    return something(rows, f"Nothing was published about the cohort {cohort}.").sort("rule_number")


def cohort_attrition_by_group(cohort: str, attribute: str) -> pl.DataFrame:
    """One row for each rule of a cohort's definition and group of an attribute, in order."""
    rows = whole("cohort_attrition_by_group").filter(
        pl.col("cohort_name") == cohort, pl.col("attribute") == attribute
    )
    return something(rows, "Nobody is found by the first rule of any cohort.").sort(
        "rule_number", "group_name"
    )


def cohort_index_event(cohort: str) -> pl.DataFrame:
    """One row for each table and concept that opens the cohort, the most frequent first."""
    rows = something(
        whole("cohort_index_event").filter(pl.col("cohort_name") == cohort),
        "No record of a concept opens this cohort.",
    )
    return rows.sort("n_people", "concept_id", descending=[True, False], nulls_last=True)


def cohort_incidence(cohort: str) -> pl.DataFrame:
    """One row for each attribute and group of people at risk of entering the cohort."""
    rows = something(
        whole("cohort_incidence").filter(pl.col("cohort_name") == cohort),
        "Nobody is in this cohort, or nobody is observed.",
    )
    if rows["cases_per_1000_years"].is_null().all():
        raise NothingToShow("Everything here is suppressed: too few people enter this cohort.")
    return rows


def cohort_overlap(cohort: str) -> pl.DataFrame:
    """One row for each other cohort, the one that shares most people with the cohort first."""
    is_of_cohort = (pl.col("cohort_name") == cohort) | (pl.col("other_cohort_name") == cohort)
    rows = something(whole("cohort_overlap").filter(is_of_cohort), "There is no other cohort.")
    return rows.sort(
        *("n_people_in_both", "cohort_name", "other_cohort_name"),
        descending=[True, False, False],
        nulls_last=True,
    )


def orphan_concept(concept_sets: Sequence[str]) -> pl.DataFrame:
    """One row for each of these concept sets and orphan concept of it, most recorded first."""
    rows = something(
        whole("orphan_concept").filter(pl.col("concept_set").is_in(list(concept_sets))),
        "No concept looks as if it belonged to one of its concept sets and were not in it.",
    )
    return rows.sort(
        *("n_people", "concept_set", "concept_id"),
        descending=[True, False, False],
        nulls_last=True,
    )
