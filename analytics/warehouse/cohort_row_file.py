"""Cohort rows in OHDSI's shape, read from one Parquet or CSV file and held to be usable."""

from pathlib import Path

import polars as pl

from analytics.errors import BadInputError, near_miss

IDS = ("cohort_definition_id", "subject_id")
DATES = ("cohort_start_date", "cohort_end_date")
COLUMNS = (*IDS, *DATES)


def read_cohort_rows(path: Path) -> pl.DataFrame:
    """One row for each row of the file: cohort_definition_id, subject_id, start_day, end_day.

    Days are whole days since 1970-01-01. Raises BadInputError when the file lacks a column, holds
    ids that are no whole numbers, days that are no dates, or nothing where something must stand,
    or rows that end before they start.
    """
    file = _scan(path)
    schema = file.collect_schema()
    lines = [
        f"{path.name} has no column '{name}'.{near_miss(name, schema.names())}"
        for name in COLUMNS
        if name not in schema
    ]
    if lines:
        raise BadInputError(
            "\n".join(lines) + f"\nIts columns are {', '.join(schema.names())}; "
            f"cohort rows have {', '.join(COLUMNS)}."
        )
    _check_kinds(path, schema)
    rows = file.select(COLUMNS).collect()
    for name in COLUMNS:
        if rows[name].null_count():
            raise BadInputError(
                f"{path.name}: {rows[name].null_count():,} rows have no {name}. "
                "Each row needs all four; complete these rows or leave them out."
            )
    for name in IDS:
        n_broken = rows.filter(pl.col(name) != pl.col(name).cast(pl.Int64, strict=False)).height
        if n_broken:
            raise BadInputError(
                f"{path.name}: {n_broken:,} rows have a {name} that is no whole number."
                " Correct them."
            )
    found = rows.select(
        *(pl.col(name).cast(pl.Int64) for name in IDS),
        *(
            pl.col(name).cast(pl.Date).to_physical().cast(pl.Int64).alias(day)
            for name, day in zip(DATES, ("start_day", "end_day"), strict=True)
        ),
    )
    backwards = found.filter(pl.col("end_day") < pl.col("start_day"))
    if backwards.height:
        cohorts = ", ".join(map(str, backwards["cohort_definition_id"].unique().sort()))
        raise BadInputError(
            f"{path.name}: {backwards.height:,} rows end before they start (of cohort {cohorts}). "
            "Correct their cohort_end_date, or leave these rows out."
        )
    return found


def _scan(path: Path) -> pl.LazyFrame:
    if not path.is_file():
        raise BadInputError(f"{path} is no file. Name a Parquet or CSV file of cohort rows.")
    try:
        if path.suffix.lower() == ".csv":
            return pl.scan_csv(path, try_parse_dates=True)
        file = pl.scan_parquet(path)
        file.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadInputError(f"{path} cannot be read as Parquet or CSV: {error}") from None
    return file


def _check_kinds(path: Path, schema: pl.Schema) -> None:
    for name in IDS:
        if not schema[name].is_integer() and not schema[name].is_float():
            raise BadInputError(
                f"{path.name}: {name} holds {schema[name]}, not whole numbers. Cast it to integer."
            )
    for name in DATES:
        if schema[name] != pl.Date and not isinstance(schema[name], pl.Datetime):
            raise BadInputError(
                f"{path.name}: {name} holds {schema[name]}, not dates. Cast it to date."
            )
