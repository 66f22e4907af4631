"""Condition and drug eras: records of one concept that follow within thirty days, as one span."""

import polars as pl

GAP_DAYS = 30


def build_eras(events: pl.DataFrame) -> pl.DataFrame:
    """Join events of a person and concept whose gap is at most thirty days.

    One row for each era (`person_id`, `concept_id`, `start_day`, `end_day`, `n_events`,
    `gap_days`) of events (`person_id`, `concept_id`, `start_day`, `end_day`), sorted by person,
    first day and concept. `gap_days` counts days inside the era that no event covers.
    """
    by = ["person_id", "concept_id"]
    ordered = events.sort([*by, "start_day", "end_day"]).with_columns(
        pl.col("end_day").cum_max().shift(1).over(by).alias("covered_until")
    )
    numbered = ordered.with_columns(
        (
            pl.col("covered_until").is_null()
            | (pl.col("start_day") - pl.col("covered_until") > GAP_DAYS)
        )
        .cum_sum()
        .alias("era"),
        (pl.col("start_day") - pl.col("covered_until") - 1).clip(lower_bound=0).alias("gap"),
    )
    return (
        numbered.group_by("era", maintain_order=True)
        .agg(
            pl.col("person_id").first(),
            pl.col("concept_id").first(),
            pl.col("start_day").first(),
            pl.col("end_day").max(),
            pl.len().cast(pl.Int32).alias("n_events"),
            # The gap before an era's first event lies outside it.
            pl.col("gap").slice(1).sum().cast(pl.Int32).alias("gap_days"),
        )
        .drop("era")
        .sort("person_id", "start_day", "concept_id")
    )
