"""Reasons as a care manager reads them: what was recorded, its value, and when.

A reason names a fact, never a cause: "HbA1c 10.2 % on 3 Mar 2024".
"""

from collections.abc import Mapping

import polars as pl

LISTED = ("condition", "drug", "procedure", "measurement", "observation", "device", "visit")
DAY_MONTH_YEAR = "%-d %b %Y"


def say_reasons(
    reasons: pl.DataFrame,
    *,
    rows: pl.DataFrame,
    events: Mapping[str, pl.LazyFrame],
    concepts: pl.LazyFrame,
) -> pl.DataFrame:
    """One row for each reason of `reasons`, in its order, with `person_id`, `index_date`, `reason`.

    `reasons` is what `top_reasons` gives; `rows` says whom row n is about. The event named is the
    latest one before the index date; where nothing was recorded, that is said.
    """
    who = rows.select("person_id", "index_day", "index_date").with_row_index("row_number")
    asked = reasons.join(
        who.with_columns(pl.col("row_number").cast(pl.Int64)), on="row_number", maintain_order="left"
    )
    names = concepts.select("concept_id", "concept_name").unique("concept_id").collect()
    latest = [_latest_events(asked, domain, events[domain]) for domain in LISTED if domain in events]
    said = asked
    if latest:
        said = asked.join(
            pl.concat(latest),
            on=["row_number", "domain", "concept_id"],
            how="left",
            maintain_order="left",
        )
    else:
        said = asked.with_columns(
            last_day=pl.lit(None, pl.Int32),
            value=pl.lit(None, pl.Float64),
            unit_concept_id=pl.lit(None, pl.Int64),
        )
    units = names.rename({"concept_id": "unit_concept_id", "concept_name": "unit"})
    return (
        said.join(names, on="concept_id", how="left", maintain_order="left")
        .join(units, on="unit_concept_id", how="left", maintain_order="left")
        .with_columns(reason=_in_words())
        .select(
            "row_number",
            "person_id",
            "index_date",
            "reason_rank",
            "reason",
            "covariate_name",
            "contribution",
        )
    )


def _latest_events(asked: pl.DataFrame, domain: str, events: pl.LazyFrame) -> pl.DataFrame:
    """The latest event before index for each (row, concept) that was asked about in a domain."""
    wanted = asked.filter(pl.col("domain") == domain).select(
        "row_number", "person_id", "index_day", "domain", "concept_id"
    )
    return (
        events.select("person_id", "concept_id", "day", "event_id", "value", "unit_concept_id")
        .join(wanted.lazy(), on=["person_id", "concept_id"])
        .filter(pl.col("day") < pl.col("index_day"))
        .sort("day", "event_id")
        .group_by("row_number", "domain", "concept_id", maintain_order=True)
        .agg(last_day=pl.col("day").last(), value=pl.col("value").last(), unit_concept_id=pl.col("unit_concept_id").last())
        .select("row_number", "domain", "concept_id", "last_day", "value", "unit_concept_id")
        .collect()
    )


def _in_words() -> pl.Expr:
    on_date = pl.col("last_day").cast(pl.Date).dt.strftime(DAY_MONTH_YEAR)
    value = pl.col("value").round(2).cast(pl.String).str.replace(r"\.0$", "")
    unit = pl.when(pl.col("unit").is_null() | (pl.col("unit_concept_id") == 0)).then(pl.lit("")).otherwise(pl.format(" {}", "unit"))
    in_stay = pl.col("covariate_name").str.contains("days spent")
    number = pl.col("covariate_value").round(1).cast(pl.String).str.replace(r"\.0$", "")
    return (
        pl.when(pl.col("domain") == "demographics")
        .then(
            pl.when(pl.col("covariate_name").str.starts_with("Sex"))
            .then("covariate_name")
            .otherwise(pl.format("{}: {}", "covariate_name", number))
        )
        .when(pl.col("last_day").is_null())
        .then(pl.format("No record of: {}", pl.coalesce("concept_name", "covariate_name")))
        .when((pl.col("domain") == "measurement") & pl.col("value").is_not_null())
        .then(pl.format("{} {}{} on {}", "concept_name", value, unit, on_date))
        .when(in_stay & pl.col("covariate_value").is_not_null())
        .then(pl.format("{}: {}, the last one from {}", "covariate_name", number, on_date))
        .otherwise(
            pl.format("{}, last on {}", pl.coalesce("concept_name", "covariate_name"), on_date)
        )
    )
