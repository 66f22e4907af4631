"""Real CDMs on which the command was run once for all tests of this folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.support.command_line import Said, catchment, catchment_here, worked
from tests.support.shared import shared_data

# How MIMIC's hospital stays were mapped: by where people came from, not as inpatient visits.
ACUTE_STAYS = [262, 8870, 581385, 8883]
INPATIENT_VISIT = 9201


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A CDM, the workspace in which a study was run on it, and what the commands printed."""

    cdm: Path
    workspace: Path
    build: Said
    run: Said

    @property
    def published_folder(self) -> Path:
        """What a dashboard is served from."""
        return self.workspace / "published"

    def published(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the published aggregates to a question in SQL."""
        run = (self.published_folder / "current").read_text().strip()
        return _asked(self.published_folder / run / "aggregates.duckdb", question)

    def published_marts(self) -> dict[str, pl.DataFrame]:
        """Every published aggregate mart, by name."""
        tables = self.published("select table_name from information_schema.tables")
        run = (self.published_folder / "current").read_text().strip()
        file = str(self.published_folder / run / "aggregates.duckdb")
        with duckdb.connect(file, read_only=True) as connection:
            return {str(name): connection.sql(f"from {name}").pl() for (name,) in tables}

    def working(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the workspace's own warehouse, where counts are true."""
        return _asked(self.workspace / "warehouse.duckdb", question)

    def recorded(self, question: str) -> list[tuple[object, ...]]:
        """The answer of the CDM's own files, whose tables go by their plain names."""
        with duckdb.connect() as connection:
            for file in self.cdm.glob("*.parquet"):
                connection.execute(
                    f"create view {file.stem} as select * from read_parquet('{file}')"
                )
            return connection.execute(question).fetchall()


def _asked(file: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(question).fetchall()


def answer(
    cdm: Path, study: str, workspace: Path, ask: Callable[..., Said] = catchment_here
) -> Answered:
    """Build a workspace from a CDM and run one study in it."""
    return Answered(
        cdm=cdm,
        workspace=workspace,
        build=worked(ask("build", "--cdm", cdm, "--workspace", workspace)),
        run=worked(ask("run", study, "--workspace", workspace)),
    )


@pytest.fixture(scope="session")
def gibleed(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("answered") / "gibleed"
    return answer(shared_data("gibleed"), "gi_bleed_nsaid_1y", workspace, catchment)


@pytest.fixture(scope="session")
def synthea1k(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("answered") / "synthea1k"
    return answer(shared_data("synthea1k"), "readmission_30d", workspace)


@pytest.fixture(scope="session")
def mimic_iv_demo(tmp_path_factory):
    """MIMIC with its acute stays recorded as inpatient visits, so that readmission is answerable.

    As it comes, two people are readmitted, and the study is refused.
    """
    folder = tmp_path_factory.mktemp("answered")
    cdm = folder / "cdm"
    cdm.mkdir()
    for file in shared_data("mimic_iv_demo").glob("*.parquet"):
        (cdm / file.name).symlink_to(file)
    visits = pl.read_parquet(cdm / "visit_occurrence.parquet")
    (cdm / "visit_occurrence.parquet").unlink()
    concept = pl.col("visit_concept_id")
    visits.with_columns(
        visit_concept_id=pl.when(concept.is_in(ACUTE_STAYS))
        .then(INPATIENT_VISIT)
        .otherwise(concept)
        .cast(pl.Int64)
    ).write_parquet(cdm / "visit_occurrence.parquet")
    return answer(cdm, "readmission_30d", folder / "workspace")
