"""Tables of cohorts: what each rule leaves, what opens one, what overlaps, what may miss."""

import polars as pl
import streamlit as st

from dashboards import words
from dashboards.tables import count, table
from dashboards.words import VERDICT_SIGNS


def attrition(rows: pl.DataFrame) -> None:
    """What each rule leaves: rows, people, outcomes; notes are marked as such."""
    shown = rows.with_columns(
        pl.when("is_applied").then(pl.lit("rule")).otherwise(pl.lit("note only")).alias("kind")
    )
    table(
        shown,
        {
            "step_number": st.column_config.NumberColumn("Step", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "kind": st.column_config.TextColumn(
                "Kind", width="small", help="A note counts people and removes nobody."
            ),
            "n_people": count("People"),
            "n_rows": count("Index dates"),
            "n_people_with_outcome": count("People with the outcome"),
            "n_outcomes": count("Outcomes"),
        },
    )


def cohort(rows: pl.DataFrame) -> None:
    """What each rule of a cohort's definition leaves."""
    table(
        rows,
        {
            "rule_number": st.column_config.NumberColumn("Rule", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "n_people": count("People"),
            "n_rows": count("Rows"),
        },
    )


def cohorts(rows: pl.DataFrame) -> None:
    """Each cohort with its people and rows."""
    table(
        rows.with_columns(
            says=pl.col("described").map_elements(words.what_it_is, return_dtype=pl.String),
        ),
        {
            "title": st.column_config.TextColumn("Cohort", width="medium"),
            "says": st.column_config.TextColumn("What it is", width="large"),
            "n_people": count("People"),
            "n_rows": count("Rows"),
        },
    )


def index_events(rows: pl.DataFrame) -> None:
    """Each concept that opens the cohort, with its records and people."""
    table(
        rows.with_columns(pl.col("cdm_table").str.replace_all("_", " ")),
        {
            "cdm_table": st.column_config.TextColumn("Table", width="small"),
            "concept_id": st.column_config.NumberColumn("Concept", format="%d", width="small"),
            "concept_name": st.column_config.TextColumn("Name", width="large"),
            "n_people": count("People, about"),
            "n_records": count("Records, about"),
        },
    )


def overlaps(rows: pl.DataFrame, cohorts: pl.DataFrame, cohort: str) -> None:
    """Each other cohort: people in both, and in the other as a whole."""
    other = pl.when(pl.col("cohort_name") == cohort).then("other_cohort_name")
    others = cohorts.select("cohort_name", "title", n_people_of_other="n_people")
    table(
        rows.select("n_people_in_both", cohort_name=other.otherwise("cohort_name")).join(
            others, on="cohort_name", how="left", maintain_order="left"
        ),
        {
            "title": st.column_config.TextColumn("Other cohort", width="large"),
            "n_people_in_both": count("People in both, about"),
            "n_people_of_other": count("People in the other"),
        },
    )


def orphans(rows: pl.DataFrame) -> None:
    """Each orphan concept: of which set, why it looks so, how often it is recorded."""
    why = pl.concat_str(
        pl.when("is_like_in_name").then(pl.lit("name")),
        pl.when("is_parent").then(pl.lit("stands above")),
        pl.when("is_sibling").then(pl.lit("stands beside")),
        separator=", ",
        ignore_nulls=True,
    )
    table(
        rows.with_columns(why=why),
        {
            "concept_id": st.column_config.NumberColumn("Concept", format="%d", width="small"),
            "concept_name": st.column_config.TextColumn("Name", width="large"),
            "vocabulary_id": st.column_config.TextColumn("Vocabulary", width="small"),
            "why": st.column_config.TextColumn("Why", width="medium"),
            "n_people": count("People, about"),
            "n_records": count("Records, about"),
            "concept_set": st.column_config.TextColumn("Concept set", width="medium"),
        },
    )


def cohort_groups(rows: pl.DataFrame) -> None:
    """Whether each rule of a cohort removes as much of each group as of the others."""
    attribute = str(rows["attribute"].to_list()[0])
    shown = [
        {
            **row,
            "said": f"{VERDICT_SIGNS.get(row['verdict'], '')} {words.VERDICTS[row['verdict']]}",
        }
        for number in rows["rule_number"].unique().sort().to_list()
        if number > 1
        for here in [rows.filter(pl.col("rule_number") == number)]
        for group in words.ordered_groups(attribute, here["group_name"].to_list())
        for row in here.filter(pl.col("group_name") == group).iter_rows(named=True)
    ]
    table(
        pl.DataFrame(shown, infer_schema_length=None),
        {
            "rule_number": st.column_config.NumberColumn("Rule", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "group_name": st.column_config.TextColumn("Group", width="medium"),
            "n_people": count("People, about"),
            "said": st.column_config.TextColumn("Verdict", width="medium"),
        },
    )
