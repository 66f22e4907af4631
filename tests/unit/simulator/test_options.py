"""What `simulate` can be asked for besides people: another place, more concepts, a site, faults."""

import json
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from analytics.errors import BadInputError
from analytics.simulator import simulate
from analytics.simulator.profile import load_profile
from analytics.simulator.site import Site
from analytics.simulator.writing import parquet
from analytics.simulator.writing.cdm_tables import table_schemas
from analytics.simulator.writing.row_ids import referred_table
from analytics.warehouse import open_cdm

PERSONS, SEED = 250, 5
FIRST_LOCAL_CONCEPT = 2_000_000_000
CONCEPTS_OF = {
    "condition_occurrence": "condition_concept_id",
    "drug_exposure": "drug_concept_id",
    "procedure_occurrence": "procedure_concept_id",
    "measurement": "measurement_concept_id",
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "cdm"
    return simulate(persons=PERSONS, seed=SEED, out=out, people_in_a_batch=60).folder


@pytest.fixture(scope="module")
def with_tail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tail") / "cdm"
    return simulate(persons=1_500, seed=SEED, out=out, concepts="many").folder


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def test_a_duckdb_file_holds_the_rows_of_the_folder_in_their_order(plain: Path, tmp_path: Path):
    file = tmp_path / "people.duckdb"
    made = simulate(persons=PERSONS, seed=SEED, out=file, format="duckdb")
    assert made.folder == file
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.duckdb", "people.truth"]
    with duckdb.connect(str(file), read_only=True) as connection:
        for name, rows in tables(plain).items():
            found = pl.from_arrow(connection.table(name).to_arrow_table())
            assert found.equals(rows), name
    assert {path.name for path in (tmp_path / "people.truth").iterdir()} == {
        path.name for path in (plain / "truth").iterdir()
    }


def test_a_duckdb_file_is_opened_as_a_cdm_like_the_folder(plain: Path, tmp_path: Path):
    file = tmp_path / "people.duckdb"
    simulate(persons=5, seed=SEED, out=file, format="duckdb")
    assert open_cdm(file).table_names == open_cdm(plain).table_names


@pytest.mark.parametrize(
    ("name", "fault"),
    [("people", "no name for a DuckDB file"), ("taken.duckdb", "is there already")],
)
def test_a_duckdb_file_needs_a_name_of_its_own(name: str, fault: str, tmp_path: Path):
    (tmp_path / "taken.duckdb").write_text("mine")
    with pytest.raises(BadInputError, match=fault):
        simulate(persons=5, seed=SEED, out=tmp_path / name, format="duckdb")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_the_truth_is_no_part_of_the_cdm(plain: Path):
    cdm = open_cdm(plain)
    assert "person" in cdm.table_names
    assert set(cdm.table_names) <= set(table_schemas())
    truth = {file.stem for file in (plain / "truth").glob("*.parquet")}
    assert truth
    assert not truth & set(cdm.table_names)


def test_the_profile_stands_in_the_truth_as_it_can_be_read_again(plain: Path):
    assert load_profile(plain / "truth" / "profile.yaml") == load_profile("default")


def test_many_concepts_are_more_than_two_thousand_over_four_tables(with_tail: Path):
    found = tables(with_tail)
    distinct = {name: found[name][column].n_unique() for name, column in CONCEPTS_OF.items()}
    assert sum(distinct.values()) >= 2_000
    assert min(distinct.values()) >= 400


def test_few_records_are_of_rare_local_concepts_and_many_of_common_ones(with_tail: Path):
    local = tables(with_tail)["condition_occurrence"].filter(
        pl.col("condition_concept_id") > FIRST_LOCAL_CONCEPT
    )
    counts = local["condition_concept_id"].value_counts(sort=True)["count"]
    # Zipf's law gives the first of 600 the share 1 / (1 + 1/2 + … + 1/600) = 0.143.
    assert counts[0] / counts.sum() == pytest.approx(0.143, abs=0.02)
    assert counts.tail(200).sum() / counts.sum() < 0.1


def test_every_local_concept_has_its_name_and_stands_in_the_vocabulary(with_tail: Path):
    found = tables(with_tail)
    concepts = found["concept"]
    known = set(concepts["concept_id"])
    for name, column in CONCEPTS_OF.items():
        assert set(found[name][column]) <= known, name
    local = concepts.filter(pl.col("concept_id") > FIRST_LOCAL_CONCEPT)
    assert "Local finding 17" in set(local["concept_name"])
    assert set(local["vocabulary_id"]) <= set(found["vocabulary"]["vocabulary_id"])
    assert set(local["concept_class_id"]) <= set(found["concept_class"]["concept_class_id"])
    assert set(local["domain_id"]) <= set(found["domain"]["domain_id"])


def test_local_concepts_are_off_unless_asked_for(plain: Path):
    found = tables(plain)
    assert found["concept"]["concept_id"].max() < FIRST_LOCAL_CONCEPT
    for name, column in CONCEPTS_OF.items():
        assert found[name][column].max() < FIRST_LOCAL_CONCEPT, name


def test_people_may_be_numbered_from_elsewhere(tmp_path: Path):
    made = simulate(persons=40, seed=SEED, out=tmp_path / "cdm", first_person_id=1_001)
    found = tables(made.folder)
    assert found["person"]["person_id"].to_list() == list(range(1_001, 1_041))
    assert found["visit_occurrence"]["visit_occurrence_id"][0] == 1


def test_a_table_that_the_site_never_had_is_not_written(tmp_path: Path):
    site = Site(missing_tables=("measurement", "death"))
    made = simulate(persons=40, seed=SEED, out=tmp_path / "cdm", site=site)
    found = tables(made.folder)
    assert set(table_schemas()) - set(found) == {"measurement", "death"}
    assert set(made.n_rows) == set(found)


def test_nothing_refers_to_a_table_that_the_site_never_had(tmp_path: Path):
    site = Site(missing_tables=("procedure_occurrence", "visit_detail"))
    made = simulate(persons=300, seed=SEED, out=tmp_path / "cdm", site=site, people_in_a_batch=90)
    referring = [
        (name, column)
        for name, rows in tables(made.folder).items()
        for column in rows.columns
        if referred_table(name, column) in site.missing_tables
    ]
    assert ("image_occurrence", "procedure_occurrence_id") in referring
    for name, column in referring:
        assert tables(made.folder)[name][column].is_null().all(), (name, column)


def test_rows_are_counted_after_faults_were_added(tmp_path: Path):
    made = simulate(persons=300, seed=SEED, out=tmp_path / "cdm", dirty=True)
    assert json.loads((made.folder / "truth" / "faults.json").read_text())
    assert made.n_rows == {name: rows.height for name, rows in tables(made.folder).items()}


def test_ids_run_on_from_batch_to_batch_and_what_refers_to_them_finds_them(plain: Path):
    found = tables(plain)
    referring = 0
    for name, rows in found.items():
        for column in rows.columns:
            referred = referred_table(name, column)
            if referred is None:
                continue
            if referred == name and column == f"{name}_id":
                assert rows[column].to_list() == list(range(1, rows.height + 1)), name
            else:
                referring += rows[column].count()
                known = found[referred][f"{referred}_id"]
                assert rows[column].drop_nulls().is_in(known.implode()).all(), (name, column)
    assert referring > 1_000


def test_tables_are_sorted_by_person(plain: Path):
    for name, rows in tables(plain).items():
        if "person_id" in rows.columns:
            assert rows["person_id"].is_sorted(), name


def test_row_groups_are_of_one_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet, "ROWS_IN_A_GROUP", 300)
    out = simulate(persons=30, seed=SEED, out=tmp_path / "cdm", people_in_a_batch=7).folder
    written = pq.ParquetFile(out / "measurement.parquet").metadata
    sizes = [written.row_group(at).num_rows for at in range(written.num_row_groups)]
    assert len(sizes) > 3
    assert set(sizes[:-1]) == {300}
    assert 0 < sizes[-1] <= 300
