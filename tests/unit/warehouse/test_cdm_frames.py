"""A CDM's tables as frames: from Parquet, CSV and a DuckDB file the same."""

from pathlib import Path

import duckdb
import polars as pl

from analytics.warehouse.cdm_frames import cdm_frames
from analytics.warehouse.cdm_source import open_cdm

PERSON = pl.DataFrame({"person_id": [1, 2], "year_of_birth": [1960, None], "note": ["a", "b"]})
COLUMNS = {"person": ("person_id", "year_of_birth", "care_site_id"), "measurement": ("person_id",)}


def folder_of(tmp_path: Path, ending: str) -> Path:
    folder = tmp_path / ending
    folder.mkdir()
    if ending == "parquet":
        PERSON.write_parquet(folder / "PERSON.parquet")
    else:
        PERSON.write_csv(folder / "person.csv")
    return folder


def database_of(tmp_path: Path) -> Path:
    file = tmp_path / "cdm.duckdb"
    with duckdb.connect(file) as connection:
        connection.register("people", PERSON.to_arrow())
        connection.execute(
            'create table person as select person_id as "PERSON_ID", year_of_birth from people'
        )
    return file


def test_each_kind_of_cdm_gives_the_columns_that_are_there(tmp_path: Path):
    places = [folder_of(tmp_path, "parquet"), folder_of(tmp_path, "csv"), database_of(tmp_path)]

    for place in places:
        frames = cdm_frames(open_cdm(place), COLUMNS)

        assert list(frames) == ["person"]
        people = frames["person"].rename(str.lower).select("person_id", "year_of_birth").collect()
        assert people.sort("person_id").rows() == [(1, 1960), (2, None)]
