"""`simulate` writes a whole folder or none, the same one for the same seed, and says why not."""

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.simulator import batches, simulate
from analytics.simulator.writing import parquet
from analytics.simulator.writing.cdm_tables import table_schemas
from tests.support.shared import shared_data


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*"))
        if f.is_file()
    }


ALIKE_FOR_ALL_SEEDS = {
    "location.parquet",
    "care_site.parquet",
    "provider.parquet",
    "concept.parquet",
    "concept_ancestor.parquet",
    "concept_class.parquet",
    "concept_relationship.parquet",
    "domain.parquet",
    "drug_strength.parquet",
    "relationship.parquet",
    "vocabulary.parquet",
    "truth/profile.yaml",
    "truth/negative_controls.parquet",
}
OFTEN_EMPTY = {"truth/not_recorded.parquet"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(persons=300, seed=3, out=tmp_path_factory.mktemp("first") / "cdm").folder


def test_the_same_seed_gives_byte_equal_files(first: Path, tmp_path: Path):
    again = simulate(persons=300, seed=3, out=tmp_path / "again")
    assert fingerprints(again.folder) == fingerprints(first)


def test_another_seed_gives_other_people(first: Path, tmp_path: Path):
    other = fingerprints(simulate(persons=300, seed=4, out=tmp_path / "other").folder)
    same = {name for name, print_ in fingerprints(first).items() if other[name] == print_}
    assert same == ALIKE_FOR_ALL_SEEDS | (same & OFTEN_EMPTY)


@pytest.mark.parametrize(
    ("people_in_a_batch", "processes"),
    [(77, 1), (100, 2), pytest.param(41, 3, marks=pytest.mark.agreement)],
)
def test_files_depend_neither_on_the_size_of_a_batch_nor_on_the_number_of_processes(
    first: Path, tmp_path: Path, people_in_a_batch: int, processes: int
):
    in_batches = simulate(
        persons=300,
        seed=3,
        out=tmp_path / "batches",
        people_in_a_batch=people_in_a_batch,
        processes=processes,
    )
    assert fingerprints(in_batches.folder) == fingerprints(first)


def test_nor_where_a_table_fills_several_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parquet, "ROWS_IN_A_GROUP", 500)
    whole = simulate(persons=120, seed=3, out=tmp_path / "whole")
    in_batches = simulate(persons=120, seed=3, out=tmp_path / "batches", people_in_a_batch=13)
    assert fingerprints(in_batches.folder) == fingerprints(whole.folder)


def test_the_first_people_are_the_same_in_a_larger_population(first: Path, tmp_path: Path):
    fewer = simulate(persons=100, seed=3, out=tmp_path / "fewer").folder
    for name in ("person", "visit_occurrence", "measurement", "drug_era"):
        large = pl.read_parquet(first / f"{name}.parquet").filter(pl.col("person_id") <= 100)
        assert large.equals(pl.read_parquet(fewer / f"{name}.parquet")), name


def test_one_person_is_a_population(tmp_path: Path):
    cdm = simulate(persons=1, seed=0, out=tmp_path / "one")
    assert cdm.n_people == 1
    assert cdm.n_rows["person"] == 1
    assert set(cdm.n_rows) == {f.stem for f in cdm.folder.glob("*.parquet")}


def test_it_says_how_many_rows_each_table_has(first: Path, tmp_path: Path):
    cdm = simulate(persons=50, seed=9, out=tmp_path / "cdm")
    for name, n_rows in cdm.n_rows.items():
        assert pl.read_parquet(cdm.folder / f"{name}.parquet").height == n_rows, name


def test_progress_is_told_in_people(tmp_path: Path):
    told: list[tuple[int, int]] = []
    simulate(
        persons=50,
        seed=1,
        out=tmp_path / "cdm",
        progress=lambda done, n: told.append((done, n)),
        people_in_a_batch=20,
        first_person_id=901,
    )
    assert told == [(20, 50), (40, 50), (50, 50)]


@pytest.mark.parametrize("persons", [0, -5])
def test_fewer_than_one_person_is_refused(persons: int, tmp_path: Path):
    with pytest.raises(BadInputError, match=f"--persons is {persons}"):
        simulate(persons=persons, seed=1, out=tmp_path / "cdm")
    assert not (tmp_path / "cdm").exists()


def test_a_negative_seed_is_refused(tmp_path: Path):
    with pytest.raises(BadInputError, match="--seed is -1"):
        simulate(persons=5, seed=-1, out=tmp_path / "cdm")
    assert not (tmp_path / "cdm").exists()


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path):
    (tmp_path / "person.parquet").write_text("mine")
    with pytest.raises(BadInputError, match="not empty"):
        simulate(persons=5, seed=1, out=tmp_path)
    assert (tmp_path / "person.parquet").read_text() == "mine"


def test_an_empty_folder_is_filled(tmp_path: Path):
    (tmp_path / "cdm").mkdir()
    assert (
        simulate(persons=5, seed=1, out=tmp_path / "cdm").folder.joinpath("person.parquet").exists()
    )


def test_a_file_is_not_a_folder(tmp_path: Path):
    (tmp_path / "cdm").write_text("mine")
    with pytest.raises(BadInputError, match="is a file"):
        simulate(persons=5, seed=1, out=tmp_path / "cdm")


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (OSError(28, "No space left on device"), BadInputError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_nothing_is_left_behind_when_writing_fails(
    failure: BaseException,
    raised: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    def fails(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(parquet.RowGroupWriter, "_write", fails)
    with pytest.raises(raised):
        simulate(persons=5, seed=1, out=tmp_path / "cdm")
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_people_are_drawn_is_none_of_writing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise FileNotFoundError("concepts.csv")

    monkeypatch.setattr(batches, "draw_batch", fails)
    with pytest.raises(FileNotFoundError, match=r"concepts\.csv"):
        simulate(persons=5, seed=1, out=tmp_path / "cdm")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.needs_shared
def test_tables_have_the_columns_and_types_of_a_real_cdm(first: Path):
    real = shared_data("synthea27nj")
    compared = [name for name in table_schemas() if (real / f"{name}.parquet").exists()]
    assert len(compared) >= 20
    for name in compared:
        ours = pl.scan_parquet(first / f"{name}.parquet").collect_schema()
        theirs = pl.scan_parquet(real / f"{name}.parquet").collect_schema()
        assert list(ours.items()) == list(theirs.items()), name
