"""The gate: marts leave the workspace only through here, small cells withheld.

A run is published as a folder with two DuckDB files, `aggregates` and `people`. The pointer file
`current` is renamed in last, so that whoever reads sees one whole run or the one before. A folder
that the pointer names is never touched: the same run is published again beside it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from analytics.contracts import Contract
from analytics.disclosure import suppress
from analytics.errors import BadInputError, near_miss
from analytics.warehouse.marts import SCHEMA, check_is_built
from analytics.warehouse.workspace import (
    Workspace,
    connect,
    literal,
    quoted,
    read_frame,
    transaction,
)

AGGREGATES = "aggregates.duckdb"
PEOPLE = "people.duckdb"
POINTER = "current"
RUNS_KEPT = 3
AGAIN = ".again"


def publish(
    workspace: Workspace,
    run_folder: str,
    contracts: Mapping[str, Contract],
    smallest_cell: int,
) -> Path:
    """Publish all marts of `contracts` together as `W/published/<run_folder>`; the folder.

    Where that very folder is the current one, the new one is called `<run_folder>.again`.

    Aggregate marts pass through `suppress` and gain `is_suppressed`; person-level marts go to a
    file of their own. The last three runs are kept.
    """
    marts = _read_marts(workspace, contracts)
    aggregate = {
        name: frame for name, frame in marts.items() if not _is_person_level(contracts[name])
    }
    rules = {
        name: disclosure
        for name in aggregate
        if (disclosure := contracts[name].disclosure) is not None
    }
    shown = suppress(aggregate, rules, smallest_cell)
    people = {name: frame for name, frame in marts.items() if name not in aggregate}

    if _current(workspace.published) == run_folder:
        run_folder += AGAIN
    folder = workspace.published / run_folder
    aside = workspace.published / f".{run_folder}.writing"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    _write(aside / AGGREGATES, shown, contracts)
    _write(aside / PEOPLE, people, contracts)
    _move_into_place(aside, folder)
    _point_to(workspace.published, run_folder)
    _forget_old_runs(workspace.published, run_folder)
    return folder


def published_folder(published_root: Path) -> Path:
    """The folder of the run that the pointer names."""
    current = _current(published_root)
    if current is None:
        raise BadInputError(
            f"Nothing is published in {published_root}. "
            "Run a study first: catchment run STUDY --workspace W"
        )
    return published_root / current


def read_published(published_root: Path, mart: str) -> pl.DataFrame:
    """One row for each row of a published mart of the current run.

    The people file is opened only for its own marts.
    """
    folder = published_folder(published_root)
    known: list[str] = []
    for file in (AGGREGATES, PEOPLE):
        with duckdb.connect(str(folder / file), read_only=True) as connection:
            tables = [
                str(row[0])
                for row in connection.execute(
                    "select table_name from information_schema.tables order by table_name"
                ).fetchall()
            ]
            if mart in tables:
                return read_frame(connection, f"select * from {quoted(mart)}")
        known += tables
    raise BadInputError(
        f"There is no published mart {mart!r} in {folder}.{near_miss(mart, known)} "
        f"Published marts: {', '.join(known)}."
    )


def _current(published_root: Path) -> str | None:
    """The name of the folder that the pointer names."""
    pointer = published_root / POINTER
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else None


def _is_person_level(contract: Contract) -> bool:
    return contract.disclosure is not None and contract.disclosure.level == "person"


def _read_marts(workspace: Workspace, contracts: Mapping[str, Contract]) -> dict[str, pl.DataFrame]:
    undecided = sorted(name for name, contract in contracts.items() if contract.disclosure is None)
    if undecided:
        raise BadInputError(
            f"The contracts of {', '.join(undecided)} do not say how they are disclosed. "
            "Add a `disclosure` section to data_contracts/marts/<name>.yaml."
        )
    marts: dict[str, pl.DataFrame] = {}
    with connect(workspace, read_only=True) as connection:
        for name, contract in contracts.items():
            check_is_built(connection, name, workspace)
            columns = ", ".join(quoted(column) for column in contract.column_names)
            grain = ", ".join(quoted(column) for column in contract.grain)
            marts[name] = read_frame(
                connection, f"select {columns} from {SCHEMA}.{quoted(name)} order by {grain}"
            )
    return marts


def _write(
    file: Path, frames: Mapping[str, pl.DataFrame], contracts: Mapping[str, Contract]
) -> None:
    with duckdb.connect(str(file)) as connection, transaction(connection):
        for name, frame in frames.items():
            contract = contracts[name]
            connection.register("rows_to_publish", frame.to_arrow())
            connection.execute(f"create table {quoted(name)} as select * from rows_to_publish")
            connection.unregister("rows_to_publish")
            _comment(connection, name, contract)


def _comment(connection: duckdb.DuckDBPyConnection, name: str, contract: Contract) -> None:
    """Let the file explain itself: the contract's words on the table and each column."""
    connection.execute(f"comment on table {quoted(name)} is {literal(contract.grain_sentence)}")
    for column in contract.columns:
        connection.execute(
            f"comment on column {quoted(name)}.{quoted(column.name)} "
            f"is {literal(column.description)}"
        )


def _move_into_place(aside: Path, folder: Path) -> None:
    """Rename the finished folder in; an older one, which is not the current one, makes way."""
    shutil.rmtree(folder, ignore_errors=True)
    aside.replace(folder)


def _point_to(published_root: Path, run_folder: str) -> None:
    aside = published_root / f".{POINTER}.writing"
    aside.write_text(f"{run_folder}\n", encoding="utf-8")
    aside.replace(published_root / POINTER)


def _forget_old_runs(published_root: Path, current: str) -> None:
    for left_by_a_killed_run in published_root.glob(".*.writing"):
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    runs = [entry for entry in published_root.iterdir() if (entry / AGGREGATES).is_file()]
    newest_first = sorted(runs, key=lambda run: (run.stat().st_mtime_ns, run.name), reverse=True)
    others = [run for run in newest_first if run.name != current]
    for run in others[RUNS_KEPT - 1 :]:
        shutil.rmtree(run)
