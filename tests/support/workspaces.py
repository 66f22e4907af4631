"""One small simulated CDM through the whole of `catchment demo`, once for all tests that read it.

`simulated_workspace` is shared: a test that changes anything takes a copy of its own.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from analytics.warehouse.workspace import read_frame
from tests.support.command_line import Said, catchment, worked

PERSONS = 1_500
STUDIES = ("diabetes_onset_1y", "gi_bleed_nsaid_1y", "readmission_30d")
PATHWAYS = ("diabetes_treatment", "nsaid_treatment")


@dataclass(frozen=True, kw_only=True)
class SimulatedWorkspace:
    """A workspace that `catchment demo` made, its CDM, and what the command printed."""

    root: Path
    demo: Said

    @property
    def cdm(self) -> Path:
        """The folder of the simulated CDM."""
        return self.root / "people"

    def copy_to(self, folder: Path) -> "SimulatedWorkspace":
        """A copy that may be changed."""
        shutil.copytree(self.root, folder)
        return SimulatedWorkspace(root=folder, demo=self.demo)

    def run_demo(self) -> Said:
        """The same command again."""
        return worked(catchment("demo", "--persons", PERSONS, "-w", self.root, "--no-serve"))

    def landed(self, name: str) -> pl.DataFrame:
        """One row for each row of a landed file."""
        return pl.read_parquet(self.root / "landed" / f"{name}.parquet")

    def made(self, study: str, step: str, name: str) -> pl.DataFrame:
        """One row for each row of what a step of a study left."""
        return pl.read_parquet(self.root / "studies" / study / step / f"{name}.parquet")


@pytest.fixture(scope="session")
def simulated_workspace(tmp_path_factory: pytest.TempPathFactory) -> SimulatedWorkspace:
    """The main job on 1,500 simulated people, with every study that ships."""
    root = tmp_path_factory.mktemp("simulated") / "workspace"
    demo = worked(catchment("demo", "--persons", PERSONS, "-w", root, "--no-serve"))
    return SimulatedWorkspace(root=root, demo=demo)


def published_folder(root: Path) -> Path:
    """The folder that the pointer of a workspace names; it must be there."""
    folder = root / "published" / (root / "published" / "current").read_text().strip()
    assert folder.is_dir()
    return folder


def published_marts(root: Path) -> dict[str, pl.DataFrame]:
    """Every published mart of a workspace by name, each ordered by all its columns."""
    marts: dict[str, pl.DataFrame] = {}
    for file in ("aggregates.duckdb", "people.duckdb"):
        with duckdb.connect(str(published_folder(root) / file), read_only=True) as connection:
            for (name,) in connection.execute("show tables").fetchall():
                marts[name] = read_frame(connection, f'select * from "{name}" order by all')
    return marts


def when_each_step_ended(root: Path) -> dict[str, int]:
    """For each step that is remembered, the moment (in nanoseconds) at which it last ended.

    A step that is reused is not written down again.
    """
    return {file.stem: file.stat().st_mtime_ns for file in (root / "state").glob("*.json")}


def steps_that_ran(before: dict[str, int], after: dict[str, int]) -> set[str]:
    """Names of the steps that ran between two looks at a workspace."""
    return {name for name, ended in after.items() if before.get(name) != ended}
