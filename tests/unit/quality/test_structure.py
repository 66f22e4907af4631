"""What is missing or of the wrong type is named before any rule is asked, and stops the build."""

from datetime import date

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError, ContractBreachError
from analytics.quality import QualityReport, check
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.tiny_cdm import clean_cdm, frames, write_csv, write_parquet

CONTRACTS = load_contracts("omop_cdm")
NEEDED = ("person", "observation_period", "condition_occurrence", "visit_occurrence")


@pytest.fixture(scope="module")
def clean() -> dict[str, pl.DataFrame]:
    return frames({name: rows for name, rows in clean_cdm().items() if name in NEEDED})


@pytest.fixture
def cdm(clean) -> dict[str, pl.DataFrame]:
    """Four tables of the clean CDM, to change."""
    return dict(clean)


def check_folder(folder) -> QualityReport:
    return check(open_cdm(folder), CONTRACTS, Settings(memory_gib=1.0, threads=1))


def structural(report: QualityReport) -> dict[str, str]:
    return {
        found.check_id: found.message for found in report.breaches if found.severity == "structural"
    }


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadInputError, match="There is no CDM at"):
        open_cdm(tmp_path / "nowhere")


def test_tables_that_a_cdm_may_lack_are_read_as_empty(tmp_path, cdm):
    report = check_folder(write_parquet(tmp_path, cdm))

    assert report.breaches == ()
    assert report.errors == ()
    waiting = {found.check_id for found in report.with_status("not_checked")}
    assert "death.table_is_there" in waiting
    assert "observation_period.table_is_there" not in waiting
    assert "death" not in report.n_rows


def test_a_missing_table_that_is_needed(tmp_path, cdm):
    del cdm["observation_period"]
    report = check_folder(write_parquet(tmp_path, cdm))

    assert structural(report) == {
        "observation_period.table_is_there": "The table observation_period is missing."
    }
    assert report.stops_build
    with pytest.raises(ContractBreachError, match="observation_period is missing"):
        report.check_can_build()


def test_a_missing_column_that_is_needed_offers_the_near_miss(tmp_path, cdm):
    cdm["person"] = cdm["person"].rename({"year_of_birth": "year_of_brith"})
    report = check_folder(write_parquet(tmp_path, cdm))

    assert structural(report) == {
        "person.year_of_birth.column_is_there": (
            "The column person.year_of_birth is missing. Did you mean 'year_of_brith'?"
        )
    }


def test_a_missing_column_that_may_be_absent_is_null(tmp_path, cdm):
    cdm["person"] = cdm["person"].drop("month_of_birth", "provider_id", "birth_datetime")
    report = check_folder(write_parquet(tmp_path, cdm))

    assert report.breaches == ()


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("person_id", [True, False, True], "is of type boolean; the contract asks for bigint"),
        ("year_of_birth", [date(1950, 1, 1)] * 3, "is of type date; the contract asks for integer"),
    ],
)
def test_a_wrong_type(tmp_path, cdm, column, values, said):
    cdm["person"] = cdm["person"].with_columns(pl.Series(column, values))
    report = check_folder(write_parquet(tmp_path, cdm))

    assert said in structural(report)[f"person.{column}.type_is_right"]
    assert report.errors == ()


def test_a_number_where_a_date_should_be(tmp_path, cdm):
    cdm["condition_occurrence"] = cdm["condition_occurrence"].with_columns(
        pl.Series("condition_start_date", [20100105] * 3)
    )
    report = check_folder(write_parquet(tmp_path, cdm))

    assert list(structural(report)) == ["condition_occurrence.condition_start_date.type_is_right"]


def test_a_column_without_values_is_of_any_type(tmp_path, cdm):
    cdm["person"] = cdm["person"].with_columns(
        pl.Series("birth_datetime", [None] * 3, dtype=pl.Int32)
    )

    assert structural(check_folder(write_parquet(tmp_path, cdm))) == {}


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_text_in_a_date_is_counted_with_examples(tmp_path, cdm, write):
    cdm["condition_occurrence"] = cdm["condition_occurrence"].with_columns(
        pl.Series("condition_start_date", ["2010-01-05", "last week", "2010-02-30"])
    )
    report = check_folder(write(tmp_path, cdm))
    (found,) = report.breaches

    assert found.check_id == "condition_occurrence.condition_start_date.values_fit"
    assert found.severity == "structural"
    assert (found.n_violated, found.n_rows) == (2, 3)
    assert found.examples == ("2010-02-30", "last week")
    assert report.errors == ()
    with pytest.raises(ContractBreachError, match="last week"):
        report.check_can_build()


def test_a_fraction_where_a_whole_number_should_be(tmp_path, cdm):
    cdm["person"] = cdm["person"].with_columns(pl.Series("provider_id", [1.0, 2.5, None]))
    report = check_folder(write_parquet(tmp_path, cdm))

    assert list(structural(report)) == ["person.provider_id.values_fit"]
    assert report.breaches[0].examples == ("2.5",)


def test_csv_is_read_like_parquet(tmp_path, cdm):
    (tmp_path / "csv").mkdir()
    (tmp_path / "parquet").mkdir()
    from_csv = check_folder(write_csv(tmp_path / "csv", cdm))
    from_parquet = check_folder(write_parquet(tmp_path / "parquet", cdm))

    assert from_csv.n_rows == from_parquet.n_rows
    assert from_csv.breaches == from_parquet.breaches == ()
    assert from_csv.errors == ()


def test_a_duckdb_file_is_read_where_it_lies(tmp_path, cdm):
    file = tmp_path / "site.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema omop")
        for name, frame in cdm.items():
            connection.register("frame", frame.to_arrow())
            connection.execute(f"create table omop.{name.upper()} as select * from frame")
    before = file.read_bytes()
    report = check_folder(file)

    assert report.breaches == ()
    assert report.n_rows["person"] == 3
    assert file.read_bytes() == before


def test_names_of_version_5_3_and_of_any_case_are_found(tmp_path, cdm):
    cdm["visit_occurrence"] = cdm["visit_occurrence"].rename(
        {"discharged_to_concept_id": "DISCHARGE_TO_CONCEPT_ID", "person_id": "PERSON_ID"}
    )
    cdm["visit_occurrence"] = cdm["visit_occurrence"].with_columns(
        pl.Series("DISCHARGE_TO_CONCEPT_ID", ["home", "1", "2"])
    )
    report = check_folder(write_parquet(tmp_path, cdm))

    assert list(structural(report)) == ["visit_occurrence.discharged_to_concept_id.values_fit"]


def test_ids_are_any_64_bit_number(tmp_path, cdm):
    smallest = -(2**63)
    cdm = {
        name: frame.with_columns(
            pl.col("person_id").replace_strict({1: smallest, 2: 2**63 - 1, 3: -3})
        )
        for name, frame in cdm.items()
    }

    for folder, write in ((tmp_path / "a", write_parquet), (tmp_path / "b", write_csv)):
        folder.mkdir()
        assert check_folder(write(folder, cdm)).breaches == ()


def test_an_empty_cdm_is_one_clear_finding(tmp_path, cdm):
    cdm["person"] = cdm["person"].clear()
    report = check_folder(write_parquet(tmp_path, cdm))

    assert [found.message for found in report.breaches] == [
        "The CDM is empty: its table person has no rows."
    ]
    assert report.stops_build
    with pytest.raises(ContractBreachError, match="The CDM is empty"):
        report.check_can_build()
