"""The cohort rows that covariates are asked for: read from a file, checked, numbered, counted."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError
from analytics.features.prespecified.cohort_rows import COHORT_COLUMNS

OF_A_COHORT = COHORT_COLUMNS[1:]
IDS = ("row_id", "subject_id")
LARGEST = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class CohortFile:
    """Rows of a cohort file, by person.

    `rows`: one row for each index date: `row_id`, `subject_id`, `cohort_start_date`,
    `cohort_end_date`, and `cohort_definition_id` where the file has it; sorted by `subject_id` and
    `row_id`. `is_numbered`: the file had no `row_id`, and its rows were numbered from 1.
    """

    rows: pl.DataFrame
    is_numbered: bool


def read_cohort_file(path: Path) -> CohortFile:
    """The rows of a Parquet file in OHDSI's shape, with or without `row_id`.

    Raises `BadInputError` where there is no such file, a column is missing, an id is no whole
    number of 64 bits, a `row_id` repeats, or there is no row.
    """
    frame = _read(path)
    missing = [name for name in OF_A_COHORT if name not in frame.columns]
    if missing:
        raise BadInputError(
            f"--cohort {path} lacks {', '.join(missing)}; it has {', '.join(frame.columns)}. Each "
            f"row needs {', '.join(OF_A_COHORT)}, and may have a row_id."
        )
    if frame.is_empty():
        raise BadInputError(f"--cohort {path} has no row: there is nobody to make covariates of.")
    is_numbered = "row_id" not in frame.columns
    if is_numbered:
        frame = frame.with_row_index("row_id", offset=1)
    kept = [*COHORT_COLUMNS, *({"cohort_definition_id"} & set(frame.columns))]
    frame = frame.select(
        *(_id(frame, path, name) for name in IDS),
        *(_day(frame, path, name) for name in kept if name.endswith("_date")),
        *(name for name in kept if name == "cohort_definition_id"),
    )
    return CohortFile(rows=frame.sort("subject_id", "row_id"), is_numbered=is_numbered)


def notes_on_rows(
    rows: pl.DataFrame, person: pl.LazyFrame | None, observation_period: pl.LazyFrame | None
) -> tuple[str, ...]:
    """Which rows are out of the ordinary, in words: they stay, as FeatureExtraction keeps them.

    `person` has `person_id`; `observation_period` the days on which each period starts and ends.
    """
    people = rows.lazy().select(
        "row_id",
        person_id="subject_id",
        index_day=pl.col("cohort_start_date").to_physical().cast(pl.Int32),
        days=(pl.col("cohort_end_date") - pl.col("cohort_start_date")).dt.total_days(),
    )
    notes = []
    if person is not None and (unknown := _n_rows(people.join(person, on="person_id", how="anti"))):
        notes.append(
            f"{unknown:,} of {rows.height:,} cohort rows are of people who are not in the CDM's "
            "person table: they have no age, sex or race, and their records, if any, count."
        )
    if observation_period is not None:
        covered = people.join(observation_period, on="person_id").filter(
            pl.col("index_day").is_between(
                "observation_period_start_day", "observation_period_end_day"
            )
        )
        if outside := _n_rows(people.join(covered, on="row_id", how="anti")):
            notes.append(
                f"{outside:,} of {rows.height:,} cohort rows have an index date outside every "
                "observation period: records count wherever they lie, times observed are absent."
            )
    if backwards := _n_rows(people.filter(pl.col("days") < 0)):
        notes.append(f"{backwards:,} of {rows.height:,} cohort rows end before they start.")
    return tuple(notes)


def _n_rows(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect(engine="streaming").item())


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise BadInputError(
            f"--cohort {path}: there is no such file. Give the Parquet file of a cohort, e.g. one "
            "of catchment cohorts generate."
        )
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadInputError(
            f"--cohort {path} cannot be read as Parquet: {str(error).splitlines()[0]}. "
            "Write the cohort's rows as a Parquet file."
        ) from None
    return frame.rename({name: name.lower() for name in frame.columns})


def _id(frame: pl.DataFrame, path: Path, name: str) -> pl.Series:
    column = frame[name]
    if not (column.dtype.is_integer() or column.dtype.is_decimal()):
        raise BadInputError(
            f"--cohort {path}: {name} is of type {column.dtype}. Ids are whole numbers."
        )
    ids = column.cast(pl.Int64, strict=False)
    if lost := ids.null_count() - column.null_count():
        raise BadInputError(
            f"--cohort {path}: {lost} values of {name} leave 64 bits (beyond {LARGEST})."
        )
    return ids


def _day(frame: pl.DataFrame, path: Path, name: str) -> pl.Series:
    column = frame[name]
    if column.dtype == pl.String:
        column = column.str.slice(0, 10).str.to_date(strict=False)
    elif not column.dtype.is_temporal():
        raise BadInputError(
            f"--cohort {path}: {name} is of type {column.dtype}. Write it as a date."
        )
    dates = column.cast(pl.Date)
    if lost := dates.null_count() - frame[name].null_count():
        raise BadInputError(f"--cohort {path}: {lost} values of {name} are no dates.")
    return dates
