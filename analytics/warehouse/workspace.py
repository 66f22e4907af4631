"""Where everything of one workspace lies on disk, and how its database is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from analytics.errors import BadInputError


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One folder that holds a landed CDM, what was built from it, and what was published."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The DuckDB file: schemas cdm, staging, vocabulary, cohorts, events, results, marts."""
        return self.root / "warehouse.duckdb"

    @property
    def dbt(self) -> Path:
        """The copy of the dbt project that runs here, with its target folder."""
        return self.root / "dbt"

    @property
    def landed(self) -> Path:
        """Person-sorted Parquet: people, cohorts and events as Python reads them."""
        return self.root / "landed"

    @property
    def studies(self) -> Path:
        """What each step of each study left behind."""
        return self.root / "studies"

    @property
    def packages(self) -> Path:
        """Model packages, by study and model id."""
        return self.root / "packages"

    @property
    def published(self) -> Path:
        """Published runs, and the pointer `current` to the one that counts."""
        return self.root / "published"

    @property
    def exports(self) -> Path:
        """Files made for others, and the log of who made them."""
        return self.root / "exports"

    @property
    def state(self) -> Path:
        """What ran, keyed by the hash of what it depends on."""
        return self.root / "state"


@contextmanager
def connect(
    workspace: Workspace, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the workspace's warehouse for the length of a `with` block."""
    if read_only and not workspace.warehouse.is_file():
        raise BadInputError(
            f"{workspace.root} is not a built workspace: it has no {workspace.warehouse.name}. "
            f"Build it first: catchment build --cdm CDM --workspace {workspace.root}"
        )
    if not workspace.warehouse.is_file():
        _create(workspace.warehouse)
    connection = duckdb.connect(str(workspace.warehouse), read_only=read_only)
    try:
        yield connection
    finally:
        connection.close()


def _create(warehouse: Path) -> None:
    """Make an empty database aside and rename it in: half of one could never be opened again."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    aside = warehouse.with_name(f".{warehouse.name}.writing")
    aside.unlink(missing_ok=True)
    duckdb.connect(str(aside)).close()
    aside.replace(warehouse)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block, or nothing of it."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def read_frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """One row for each row that the query answers."""
    frame = pl.from_arrow(connection.sql(query).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def quoted(name: str) -> str:
    """A name as SQL takes it literally."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL takes it literally."""
    return "'" + text.replace("'", "''") + "'"
