"""A CDM drawn in a test: each table a picture that says only what matters, the rest is null."""

from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from tests.support.tables import table
from tests.support.tiny_cdm import DTYPES


def pictured_tables(**pictures: str) -> dict[str, pl.DataFrame]:
    """Each picture as a frame in the columns and types of its contract.

    `person` and `observation_period` are there in any case, empty when not drawn. An id column that
    the picture leaves out counts its rows from 1; concepts of `person` that it leaves out are 0.
    """
    contracts = load_contracts("omop_cdm")
    drawn = {"person": "person_id", "observation_period": "person_id"} | pictures
    frames: dict[str, pl.DataFrame] = {}
    for name, picture in drawn.items():
        rows = table(picture)
        frames[name] = rows.select(
            _column(rows, column.name, name).cast(DTYPES[column.physical_type]).alias(column.name)
            for column in contracts[name].columns
        )
    return frames


def _column(rows: pl.DataFrame, column: str, name: str) -> pl.Expr:
    if column in rows.columns:
        return pl.col(column)
    if column == f"{name}_id":
        return pl.int_range(1, pl.len() + 1)
    if name == "person" and column.endswith("_concept_id"):
        return pl.lit(0)
    return pl.lit(None)


def write_pictured_cdm(folder: Path, **pictures: str) -> Path:
    """Draw a CDM into `folder` as Parquet; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in pictured_tables(**pictures).items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder
