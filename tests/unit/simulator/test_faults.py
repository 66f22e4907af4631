"""Dirty data break the contracts exactly as `faults.json` says: no more rows, and no fewer."""

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.contracts.quality_checks import OF_ROWS
from analytics.quality import QualityReport, check
from analytics.quality.check_result import CheckRun
from analytics.quality.fit_checks import ANY_DAY, fit_frame
from analytics.quality.run_checks import run_checks
from analytics.simulator import simulate
from analytics.simulator.draws import Draws
from analytics.simulator.faults import Faults, rewriting, spoil
from analytics.simulator.faults.ground import OF_EVENTS, survey
from analytics.simulator.faults.sampling import choose_rows, how_many
from analytics.simulator.writing import parquet
from analytics.warehouse.cdm_source import open_cdm
from tests.support.plainly_quality import count_breaking

# A person without an id, or there twice, stops every run: those faults are structural.
ONLY_STRUCTURAL = {"field_isrequired_person_person_id", "field_isprimarykey_person_person_id"}


def breaches(report: QualityReport, run: CheckRun, asked: Collection[str]) -> dict[str, int]:
    assert report.errors == run.with_status("error") == ()
    own = {found.check_id: found.n_violated or 0 for found in report.breaches}
    return own | {
        one.check.check_id: one.num_violated_rows
        for one in run.results
        if one.check.check_id in asked and one.num_violated_rows
    }


def spoiled(clean: Path, folder: Path, seed: int = 7) -> Faults:
    shutil.copytree(clean, folder)
    return spoil(folder, seed)


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(persons=25, seed=8, out=tmp_path_factory.mktemp("clean") / "cdm").folder


def test_every_clause_is_broken_by_exactly_the_rows_that_were_planted(tmp_path: Path):
    out = simulate(persons=3_000, seed=5, out=tmp_path / "clean").folder
    faults = spoiled(out, tmp_path / "dirty")

    cdm = open_cdm(tmp_path / "dirty")
    report, run = check(cdm), run_checks(cdm, today=ANY_DAY, only=(*OF_ROWS, *OF_EVENTS))

    asked = survey(out).check_ids
    assert breaches(report, run, asked) == faults.breaking_rows()
    assert asked - set(faults.breaking_rows()) == ONLY_STRUCTURAL
    assert not report.stops_run
    assert fit_frame(run).filter("is_past_limit").is_empty()


def test_the_rows_are_as_many_when_they_are_counted_one_by_one(clean: Path, tmp_path: Path):
    faults = spoiled(clean, tmp_path / "dirty")
    contracts = load_contracts("omop_cdm")
    tables = {
        name: pl.read_parquet(path).to_dicts() if path.exists() else []
        for name in contracts
        for path in [tmp_path / "dirty" / f"{name}.parquet"]
    }

    counted = {check_id: count_breaking(tables, check_id) for check_id in faults.breaking_rows()}

    assert counted == faults.breaking_rows()


def test_faults_json_holds_what_spoil_says(clean: Path, tmp_path: Path):
    faults = spoiled(clean, tmp_path / "dirty")

    written = json.loads((tmp_path / "dirty" / "truth" / "faults.json").read_text())

    assert written["seed"] == 7
    assert written["faults"] == [asdict(fault) for fault in faults.planted]
    for fault in faults.planted:
        assert fault.n_rows
        assert (fault.rule is None) == (fault.check_id is None)


def test_some_faults_are_those_that_no_clause_looks_for(clean: Path, tmp_path: Path):
    unseen = {f.fault for f in spoiled(clean, tmp_path / "dirty").planted if f.check_id is None}

    assert unseen >= {
        "birthday_unknown",
        "decimal_point_slipped",
        "local_concept",
        "negative_value",
        "not_a_standard_concept",
        "text_cut_off",
        "unit_missing",
        "wrong_unit",
    }


def test_the_same_seed_spoils_the_same_bytes_and_another_seed_others(clean: Path, tmp_path: Path):
    spoiled(clean, tmp_path / "once")
    spoiled(clean, tmp_path / "again")
    spoiled(clean, tmp_path / "other", seed=8)

    assert contents(tmp_path / "once") == contents(tmp_path / "again")
    assert contents(tmp_path / "once") != contents(tmp_path / "other")


def test_the_choice_of_rows_does_not_depend_on_how_a_file_is_read(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    at_once = spoiled(clean, tmp_path / "at_once")
    monkeypatch.setattr(rewriting, "ROWS_IN_A_GROUP", 211)
    monkeypatch.setattr(parquet, "ROWS_IN_A_GROUP", 230)
    in_parts = spoiled(clean, tmp_path / "in_parts")

    assert in_parts == at_once
    for name in at_once.n_rows:
        one = pl.read_parquet(tmp_path / "at_once" / f"{name}.parquet")
        assert one.equals(pl.read_parquet(tmp_path / "in_parts" / f"{name}.parquet")), name


def test_other_rows_stay_as_they_were(clean: Path, tmp_path: Path):
    faults = spoiled(clean, tmp_path / "dirty")

    for name, n_rows in faults.n_rows.items():
        before = pl.read_parquet(clean / f"{name}.parquet")
        after = pl.read_parquet(tmp_path / "dirty" / f"{name}.parquet")
        planted = sum(f.n_rows or 0 for f in faults.planted if f.table == name)
        changed = before.join(after, on=before.columns, how="anti", nulls_equal=True)
        assert after.schema == before.schema
        assert after.height == n_rows
        assert changed.height <= planted, name


def test_rows_of_nobody_have_nobody_in_common(clean: Path, tmp_path: Path):
    spoiled(clean, tmp_path / "dirty")
    people = set(pl.read_parquet(tmp_path / "dirty" / "person.parquet")["person_id"])

    seen: set[int] = set()
    for path in sorted((tmp_path / "dirty").glob("*.parquet")):
        rows = pl.read_parquet(path)
        if "person_id" in rows.columns:
            nobody = set(rows["person_id"].drop_nulls()) - people
            assert seen.isdisjoint(nobody), path.name
            seen |= nobody
    assert seen


def test_one_person_of_whom_little_is_recorded_can_be_spoiled(tmp_path: Path):
    folder = simulate(persons=1, seed=1, out=tmp_path / "cdm").folder
    assert pl.read_parquet(folder / "death.parquet").is_empty()

    faults = spoil(folder, 7)

    assert faults.n_rows["death"] == 0
    assert faults.breaking_rows()


def test_a_site_without_deaths_has_no_faults_about_them(clean: Path, tmp_path: Path):
    shutil.copytree(clean, tmp_path / "dirty")
    (tmp_path / "dirty" / "death.parquet").unlink()

    faults = spoil(tmp_path / "dirty", 7)

    assert {f.table for f in faults.planted}.isdisjoint({"death"})
    assert not any("beforedeath" in (f.check_id or "") for f in faults.planted)
    assert any(f.fault == "before_birth" for f in faults.planted)


def test_nothing_is_left_beside_a_table_when_writing_fails(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(clean, tmp_path / "dirty")
    before = contents(tmp_path / "dirty")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rewriting.RowGroupWriter, "close", fails)
    with pytest.raises(OSError, match="No space left"):
        spoil(tmp_path / "dirty", 7)
    assert contents(tmp_path / "dirty") == before


@pytest.mark.parametrize("n_rows", [1, 8, 40, 1_000, 3_000_000])
def test_no_row_is_chosen_for_two_faults(n_rows: int):
    wanted = how_many(n_rows, [0.001, 0.02, 0.001, 0.0005])

    chosen = choose_rows(n_rows, wanted, "test", Draws(seed=1))

    assert [len(rows) for rows in chosen] == wanted
    together = pl.Series([row for rows in chosen for row in rows.tolist()], dtype=pl.Int64)
    assert together.n_unique() == len(together)
    assert together.is_between(0, n_rows - 1).all()


def test_a_large_table_has_its_share_spoiled_and_a_small_one_a_row_for_each_fault():
    assert how_many(10_000, [0.001, 0.02]) == [10, 200]
    assert how_many(500, [0.001, 0.001]) == [4, 4]
    assert how_many(40, [0.001, 0.001]) == [1, 1]
    assert how_many(1, [0.001, 0.001]) == [1, 0]
