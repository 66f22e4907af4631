"""Real CDMs on which the command was run once for all tests of this folder."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.support.command_line import Said, catchment, worked
from tests.support.shared import shared_data


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A CDM, the workspace in which a study was run on it, and what the commands printed."""

    cdm: Path
    workspace: Path
    build: Said
    run: Said

    def published(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the published aggregates to a question in SQL."""
        folder = self.workspace / "published"
        run = (folder / "current").read_text().strip()
        with duckdb.connect(str(folder / run / "aggregates.duckdb"), read_only=True) as connection:
            return connection.execute(question).fetchall()

    def working(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the workspace's own warehouse, where counts are true."""
        warehouse = str(self.workspace / "warehouse.duckdb")
        with duckdb.connect(warehouse, read_only=True) as connection:
            return connection.execute(question).fetchall()

    def recorded(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the CDM's own files, whose tables go by their plain names."""
        with duckdb.connect() as connection:
            for file in self.cdm.glob("*.parquet"):
                connection.execute(
                    f"create view {file.stem} as select * from read_parquet('{file}')"
                )
            return connection.execute(question).fetchall()


def answer(name: str, study: str, folder: Path) -> Answered:
    """Build a workspace from a shared CDM and run one study in it."""
    cdm, workspace = shared_data(name), folder / name
    return Answered(
        cdm=cdm,
        workspace=workspace,
        build=worked(catchment("build", "--cdm", cdm, "--workspace", workspace)),
        run=worked(catchment("run", study, "--workspace", workspace)),
    )


@pytest.fixture(scope="session")
def gibleed(tmp_path_factory):
    return answer("gibleed", "gi_bleed_nsaid_1y", tmp_path_factory.mktemp("answered"))


@pytest.fixture(scope="session")
def synthea1k(tmp_path_factory):
    return answer("synthea1k", "readmission_30d", tmp_path_factory.mktemp("answered"))


@pytest.fixture(scope="session")
def mimic_iv_demo(tmp_path_factory):
    return answer("mimic_iv_demo", "readmission_30d", tmp_path_factory.mktemp("answered"))
