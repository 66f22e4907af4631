"""Cohorts on DuckDB: the CDM is landed in a database of its own, as a workspace holds it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.contracts import Contract
from analytics.settings import Settings
from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.landing import SCHEMA, land
from analytics.warehouse.workspace import Workspace, connect, literal


@dataclass(frozen=True, kw_only=True)
class DuckDBCohorts:
    """A landed CDM in a DuckDB file, and a schema of ours beside it."""

    workspace: Workspace
    settings: Settings
    cdm_tables: frozenset[str] = frozenset()
    schema: str = "cohorts"
    cdm_schema: str = SCHEMA

    def profile(self) -> Mapping[str, object]:
        """How dbt opens the file."""
        return {
            "type": "duckdb",
            "path": str(self.workspace.warehouse.resolve()),
            "schema": self.schema,
            # Models run one after another; DuckDB itself uses the threads.
            "threads": 1,
            "settings": {
                "threads": self.settings.threads,
                "memory_limit": f"{self.settings.memory_gib:g}GiB",
            },
        }

    def save(self, query: str, folder: Path) -> None:
        """Write the cohort rows that a query answers as Parquet into an empty folder."""
        folder.mkdir()
        with connect(self.workspace, read_only=True) as connection:
            connection.execute(f"set memory_limit = '{self.settings.memory_gib:g}GiB'")
            connection.execute(
                f"copy ({query}) to {literal(str(folder / 'rows.parquet'))} (format parquet)"
            )

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The few rows that a query answers."""
        with connect(self.workspace, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def without_secrets(self, text: str) -> str:
        """The text: a file has no password."""
        return text

    def check_answers(self) -> None:
        """A file of our own does not go away."""


@contextmanager
def open_duckdb(
    cdm: CdmSource,
    folder: Path,
    contracts: Mapping[str, Contract],
    tables: Collection[str],
    settings: Settings,
) -> Iterator[DuckDBCohorts]:
    """The CDM with these of its tables landed in a database in `folder`, which the caller removes.

    Raises ContractBreachError when the CDM lacks what is required, BadInputError when a value does
    not fit its type.
    """
    workspace = Workspace(root=folder)
    land(cdm, workspace, contracts, tables)
    present = frozenset(cdm.table_names)
    yield DuckDBCohorts(workspace=workspace, settings=settings, cdm_tables=present)
