"""Reasons as a care manager reads them: what was recorded, its value, and when.

A reason names a fact that is recorded, never a cause: "Creatinine 2.12 mg/dL on 3 Mar 2024". What
is not recorded may lower or raise a risk, but tells a care manager nothing to act on.
"""

from collections.abc import Mapping

import polars as pl

LATEST_EVENT = {
    "row_number": pl.Int64,
    "domain": pl.String,
    "concept_id": pl.Int64,
    "last_day": pl.Int32,
    "value": pl.Float64,
    "unit_concept_id": pl.Int64,
}
DAY_MONTH_YEAR = "%-d %b %Y"
REASONS_GIVEN = 5
UNIT_SYMBOLS = {
    "percent": "%",
    "milligram per deciliter": "mg/dL",
    "millimeter mercury column": "mmHg",
    "kilogram per square meter": "kg/m²",
    "gram per deciliter": "g/dL",
    "per minute": "/min",
    "milliliter per minute per 1.73 square meter": "mL/min/1.73 m²",
    "millimole per liter": "mmol/L",
    "kilogram": "kg",
    "centimeter": "cm",
}


def say_reasons(
    reasons: pl.DataFrame,
    *,
    rows: pl.DataFrame,
    events: Mapping[str, pl.LazyFrame],
    concepts: pl.LazyFrame,
) -> pl.DataFrame:
    """One row for each person, index date and rank: the reason in words, most important first.

    `reasons` is what `top_reasons` gives (ask it for more than are wanted: those that rest on
    nothing recorded are left out); `rows` says whom row n is about. The event named is the latest
    one before the index date. At most `REASONS_GIVEN` for each row.
    """
    who = rows.select(
        "person_id", "index_day", "index_date", row_number=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    asked = reasons.join(who, on="row_number", maintain_order="left")
    names = concepts.select("concept_id", "concept_name").unique("concept_id").collect()
    latest = [_latest_events(asked, domain, frame) for domain, frame in events.items()]
    said = asked.join(
        pl.concat([pl.DataFrame(schema=LATEST_EVENT), *latest]),
        on=["row_number", "domain", "concept_id"],
        how="left",
        maintain_order="left",
    )
    units = names.rename({"concept_id": "unit_concept_id", "concept_name": "unit"})
    return (
        said.join(names, on="concept_id", how="left", maintain_order="left")
        .join(units, on="unit_concept_id", how="left", maintain_order="left")
        .filter(pl.col("covariate_value").is_not_null() | pl.col("last_day").is_not_null())
        .with_columns(
            reason=_in_words(),
            reason_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("row_number"),
        )
        .filter(pl.col("reason_rank") <= REASONS_GIVEN)
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
        .agg(pl.col("day").last().alias("last_day"), pl.col("value", "unit_concept_id").last())
        .select(pl.col(name).cast(dtype) for name, dtype in LATEST_EVENT.items())
        .collect()
    )


def _in_words() -> pl.Expr:
    on_date = pl.col("last_day").cast(pl.Date).dt.strftime(DAY_MONTH_YEAR)
    value = pl.col("value").round(2).cast(pl.String).str.replace(r"\.0$", "")
    short = pl.col("unit").replace(UNIT_SYMBOLS)
    has_unit = pl.col("unit").is_not_null() & (pl.col("unit_concept_id") != 0)
    unit = pl.when(has_unit).then(pl.format(" {}", short)).otherwise(pl.lit(""))
    number = pl.col("covariate_value").round(1).cast(pl.String).str.replace(r"\.0$", "")
    measured = pl.coalesce(
        "concept_name", pl.format("Concept {} (no name in this CDM)", "concept_id")
    )
    days_in_stay = pl.col("covariate_name").str.contains("days spent")
    return (
        pl.when(pl.col("covariate_name") == "Age in years")
        .then(pl.format("Age {}", number))
        .when(pl.col("covariate_name").str.starts_with("Sex: "))
        .then("covariate_name")
        .when(pl.col("domain") == "demographics")
        .then(pl.format("{}: {}", "covariate_name", number))
        .when((pl.col("domain") == "measurement") & pl.col("value").is_not_null())
        .then(pl.format("{} {}{} on {}", measured, value, unit, on_date))
        .when(days_in_stay & pl.col("covariate_value").is_not_null())
        .then(pl.format("{}: {}, the last one from {}", "covariate_name", number, on_date))
        .otherwise(
            pl.format("{}, last on {}", pl.coalesce("concept_name", "covariate_name"), on_date)
        )
    )
