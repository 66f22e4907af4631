"""Opening a CDM: what is found, what is said when nothing is, hashes that follow content."""

import os
from pathlib import Path

import duckdb
import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.warehouse import open_cdm


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "cdm"
    folder.mkdir()
    people = pl.DataFrame({"PERSON_ID": [1, 2], "Year_Of_Birth": [1950, 1960]})
    people.write_parquet(folder / "PERSON.parquet")
    people.select("PERSON_ID").write_csv(folder / "Death.CSV")
    people.write_csv(folder / "notes.csv")
    return folder


def test_names_of_tables_and_columns_are_found_whatever_their_case(folder):
    cdm = open_cdm(folder)

    assert cdm.table_names == ("death", "person")
    assert cdm.columns["person"] == {"person_id": "bigint", "year_of_birth": "bigint"}


def test_attached_tables_are_views_with_lower_case_names(folder):
    with duckdb.connect() as connection:
        open_cdm(folder).attach(connection)

        assert connection.execute(
            "select person_id, year_of_birth from cdm.person order by 1"
        ).fetchall() == [(1, 1950), (2, 1960)]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"There is no CDM at .*nowhere: no such folder"):
        open_cdm(tmp_path / "nowhere")


def test_a_url_is_refused_without_the_password_that_may_stand_in_it():
    with pytest.raises(BadInputError, match="--warehouse postgres") as refused:
        open_cdm(Path("postgresql://someone:secret@host/database?schema=cdm"))

    assert "secret" not in str(refused.value)


def test_a_folder_without_an_omop_table_says_what_it_holds_and_offers_the_near_miss(tmp_path):
    (tmp_path / "persons.csv").write_text("person_id\n1\n")

    with pytest.raises(BadInputError, match=r"it holds persons.*Did you mean 'person'"):
        open_cdm(tmp_path)


def test_an_empty_folder_is_no_cdm(tmp_path):
    with pytest.raises(BadInputError, match="it holds no such file"):
        open_cdm(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "cdm.duckdb").write_text("no database")

    with pytest.raises(BadInputError, match="cannot be opened as a DuckDB database"):
        open_cdm(tmp_path / "cdm.duckdb")


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "person.parquet").write_text("no parquet")

    with pytest.raises(BadInputError, match=r"person.parquet cannot be read as a table"):
        open_cdm(tmp_path)


def test_a_table_that_is_there_twice_is_refused(folder):
    (folder / "person.csv").write_text("person_id\n1\n")

    with pytest.raises(BadInputError, match="the table person twice"):
        open_cdm(folder)


def test_touching_a_file_changes_no_fingerprint_and_one_cell_changes_one(folder):
    before = open_cdm(folder).fingerprints()

    os.utime(folder / "PERSON.parquet", (1, 1))
    touched = open_cdm(folder).fingerprints()
    pl.DataFrame({"PERSON_ID": [1, 2], "Year_Of_Birth": [1950, 1961]}).write_parquet(
        folder / "PERSON.parquet"
    )
    changed = open_cdm(folder).fingerprints()

    assert touched == before
    assert changed["death"] == before["death"]
    assert changed["person"] != before["person"]


def _database(path, rows):
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema omop")
        connection.execute("create table omop.Person (Person_Id bigint, year_of_birth integer)")
        for row in rows:
            connection.execute("insert into omop.person values (?, ?)", row)
        connection.execute("create table main.something (x integer)")
    return path


def test_only_the_tables_asked_for_are_hashed(folder):
    cdm = open_cdm(folder)

    assert set(cdm.fingerprints({"person", "cost"})) == {"person"}
    assert set(cdm.fingerprints()) == {"death", "person"}


def test_fingerprints_of_a_database_follow_its_rows_and_not_its_bytes_or_their_order(tmp_path):
    first = open_cdm(_database(tmp_path / "a.duckdb", [(1, 1950), (2, 1960)])).fingerprints()
    same = open_cdm(_database(tmp_path / "b.duckdb", [(2, 1960), (1, 1950)])).fingerprints()
    other = open_cdm(_database(tmp_path / "c.duckdb", [(1, 1950), (2, 1961)])).fingerprints()
    twice = open_cdm(
        _database(tmp_path / "d.duckdb", [(1, 1950), (2, 1960), (2, 1960)])
    ).fingerprints()

    assert first == same
    assert first["person"] != other["person"]
    assert first["person"] != twice["person"]
