"""`catchment features`, killed by SIGKILL: nothing half-written counts, nothing whole is redone."""

import subprocess
import sys

import pytest

from analytics.pipelines import feature_pieces
from tests.support.feature_runs import DEFAULT, Run, run_features, write_cdm, write_cohort
from tests.support.killed_at import SIGN

FIRST_PIECES = ["all-000-people", "all-001-condition_era"]


def kill(folder, how: str, where: str) -> None:
    words = [
        *("features", "--cdm", str(write_cdm(folder / "cdm"))),
        *("--cohort", str(write_cohort(folder)), "--settings", DEFAULT),
        *("--out", str(folder / "out")),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_at", how, where, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    assert SIGN in done.stderr


def resume(folder, monkeypatch) -> tuple[Run, list[str]]:
    """Run the same again; what came out, and the names of the pieces that were made."""
    made = []
    write = feature_pieces._write

    def noted(cdm, what, piece):
        made.append(piece.name)
        write(cdm, what, piece)

    with monkeypatch.context() as patched:
        patched.setattr(feature_pieces, "_write", noted)
        return run_features(folder), made


def check_goes_on(tmp_path, monkeypatch, how, where, *, whole_pieces) -> None:
    kill(tmp_path / "killed", how, where)
    out = tmp_path / "killed" / "out"
    assert not (out / "manifest.json").exists()
    assert sorted(p.name for p in out.glob(".making-*/shard-00000/a*")) == whole_pieces

    resumed, made = resume(tmp_path / "killed", monkeypatch)
    assert not set(made) & set(whole_pieces)
    whole, all_pieces = resume(tmp_path / "whole", monkeypatch)
    assert sorted([*made, *whole_pieces]) == sorted(all_pieces)
    assert resumed.matrix() == resumed.values() == whole.values()
    assert [path.name for path in out.glob(".*")] == []


def test_killed_between_two_tables_it_goes_on_with_the_second(tmp_path, monkeypatch):
    check_goes_on(tmp_path, monkeypatch, "rename", ".all-002-", whole_pieces=FIRST_PIECES)


@pytest.mark.agreement
@pytest.mark.parametrize(
    ("how", "where"),
    [("rows", "covariates.parquet"), ("file", "manifest.json")],
)
def test_killed_while_it_writes_the_end_it_writes_the_end_again(tmp_path, monkeypatch, how, where):
    pieces = ["condition_era", "drug_era", "procedure_occurrence", "device_exposure"]
    names = ["people", *pieces, "measurement", "observation"]
    all_pieces = [f"all-{number:03}-{name}" for number, name in enumerate(names)]
    check_goes_on(tmp_path, monkeypatch, how, where, whole_pieces=all_pieces)
