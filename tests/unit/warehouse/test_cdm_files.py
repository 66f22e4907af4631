"""Parquet that can be read by people: in place where it lies by person, else copied in order."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from analytics.warehouse import open_cdm
from analytics.warehouse.cdm_files import is_by_person, n_rows, parquet_tables

COLUMNS = {
    "person": ("person_id", "year_of_birth"),
    "measurement": ("person_id", "measurement_date"),
    "concept": ("concept_id",),
    "drug_era": ("person_id",),
}
PEOPLE = [3, 1, 2, 1, 3, 2]
DATES = ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06"]


def write(folder: Path, ending: str, people: list[int]) -> Path:
    folder.mkdir()
    frames = {
        "person": pl.DataFrame({"PERSON_ID": [1, 2, 3], "year_of_birth": [1950, 1960, 1970]}),
        "measurement": pl.DataFrame(
            {"person_id": people, "measurement_date": DATES, "note": "x"}
        ).with_columns(pl.col("measurement_date").str.to_date()),
        "concept": pl.DataFrame({"concept_id": [9, 8]}),
    }
    for name, frame in frames.items():
        if ending == "csv":
            frame.write_csv(folder / f"{name}.csv")
        else:
            frame.write_parquet(folder / f"{name}.parquet", row_group_size=2)
    return folder


def tables(cdm: Path, folder: Path, *, by_person: bool) -> dict[str, str]:
    return parquet_tables(
        open_cdm(cdm), COLUMNS, folder, by_person=by_person, memory_gib=0.5, threads=1
    )


def test_parquet_is_read_where_it_lies(tmp_path):
    cdm = write(tmp_path / "cdm", "parquet", PEOPLE)
    found = tables(cdm, tmp_path / "copies", by_person=False)

    assert found == {
        name: str(cdm / f"{name}.parquet") for name in ("person", "measurement", "concept")
    }
    assert not (tmp_path / "copies").exists()
    assert n_rows(found["measurement"]) == 6


def test_parquet_in_no_order_of_people_is_copied_in_their_order(tmp_path):
    cdm = write(tmp_path / "cdm", "parquet", PEOPLE)
    found = tables(cdm, tmp_path / "copies", by_person=True)

    assert not is_by_person(str(cdm / "measurement.parquet"))
    assert found["person"] == str(cdm / "person.parquet")
    assert found["measurement"] == str(tmp_path / "copies" / "measurement.parquet")
    copied = pl.read_parquet(found["measurement"])
    assert copied.columns == ["person_id", "measurement_date"]
    assert copied["person_id"].to_list() == sorted(PEOPLE)
    whole = pl.read_parquet(cdm / "measurement.parquet").select(copied.columns)
    assert copied.sort(copied.columns).equals(whole.sort(copied.columns))


def test_parquet_by_person_is_not_copied(tmp_path):
    cdm = write(tmp_path / "cdm", "parquet", sorted(PEOPLE))
    found = tables(cdm, tmp_path / "copies", by_person=True)

    assert found["measurement"] == str(cdm / "measurement.parquet")


@pytest.mark.parametrize("kind", ["csv", "duckdb"])
def test_what_is_no_parquet_is_copied_by_person(tmp_path, kind):
    cdm = write(tmp_path / "cdm", "csv" if kind == "csv" else "parquet", PEOPLE)
    if kind == "duckdb":
        with duckdb.connect(str(tmp_path / "cdm.duckdb")) as connection:
            for file in cdm.glob("*.parquet"):
                connection.execute(f"create table {file.stem} as from '{file}'")
        cdm = tmp_path / "cdm.duckdb"
    found = tables(cdm, tmp_path / "copies", by_person=False)

    copied = pl.read_parquet(found["measurement"])
    assert copied["person_id"].to_list() == sorted(PEOPLE)
    assert copied.schema["measurement_date"] == pl.Date
    assert pl.read_parquet(found["person"]).columns == ["PERSON_ID", "year_of_birth"]


def test_a_copy_that_stands_is_taken_and_half_of_one_is_not(tmp_path):
    cdm = write(tmp_path / "cdm", "parquet", PEOPLE)
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / ".measurement.parquet.partial").write_bytes(b"half")
    copy = Path(tables(cdm, folder, by_person=True)["measurement"])
    written = copy.stat().st_mtime_ns

    assert pl.read_parquet(copy).height == 6
    assert tables(cdm, folder, by_person=True)["measurement"] == str(copy)
    assert copy.stat().st_mtime_ns == written
