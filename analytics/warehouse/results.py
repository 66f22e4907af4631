"""Write what Python found to the `results` schema, and read it back.

Rows carry `run_id` and `study`; writing replaces only the rows of its own study.
"""

from collections.abc import Collection, Mapping
from functools import cache

import duckdb
import polars as pl

from analytics.contracts import Contract, load_contracts
from analytics.errors import BadInputError, near_miss
from analytics.warehouse.workspace import (
    Workspace,
    connect,
    literal,
    quoted,
    read_frame,
    transaction,
)

SCHEMA = "results"


def write_results(
    workspace: Workspace, frames: Mapping[str, pl.DataFrame], *, run_id: str, study: str
) -> None:
    """Replace this study's rows of each named results table by those of its frame, all or nothing.

    A frame has the columns of its contract, in any order; `run_id` and `study` are added where it
    lacks them. Tables that are not named keep their rows. Raises BadInputError for an unknown
    table, a missing or surplus column, or a null where the contract requires a value.
    """
    contracts = _results_contracts()
    ready = {
        name: _fit_to_contract(frame, _contract(contracts, name), run_id=run_id, study=study)
        for name, frame in frames.items()
    }
    with connect(workspace) as connection, transaction(connection):
        _make_tables(connection, contracts)
        for name, frame in ready.items():
            contract = contracts[name]
            table = f"{SCHEMA}.{quoted(name)}"
            connection.execute(f"delete from {table} where study = {literal(study)}")
            _insert(connection, frame, contract, table)


def keep_results(workspace: Workspace, studies: Collection[str]) -> None:
    """Take the rows of every study but these out of all results tables."""
    contracts = _results_contracts()
    kept = ", ".join(map(literal, sorted(studies))) or "null"
    with connect(workspace) as connection, transaction(connection):
        _make_tables(connection, contracts)
        for name in contracts:
            connection.execute(
                f"delete from {SCHEMA}.{quoted(name)} where (study in ({kept})) is not true"
            )


def read_results(workspace: Workspace, name: str, *, study: str | None = None) -> pl.DataFrame:
    """One row for each row of a results table (or of one study in it), ordered by its grain."""
    contract = _contract(_results_contracts(), name)
    where = "" if study is None else f"where study = {literal(study)}"
    grain = ", ".join(quoted(column) for column in contract.grain)
    with connect(workspace, read_only=True) as connection:
        return read_frame(
            connection, f"select * from {SCHEMA}.{quoted(name)} {where} order by {grain}"
        )


@cache
def _results_contracts() -> Mapping[str, Contract]:
    # Read once: a study writes results a dozen times.
    return load_contracts("results")


def _contract(contracts: Mapping[str, Contract], name: str) -> Contract:
    if name not in contracts:
        raise BadInputError(
            f"There is no results table {name!r}.{near_miss(name, contracts)} "
            "Results tables are the files in data_contracts/results/."
        )
    return contracts[name]


def _fit_to_contract(
    frame: pl.DataFrame, contract: Contract, *, run_id: str, study: str
) -> pl.DataFrame:
    given = {"run_id": run_id, "study": study}
    whole = frame.with_columns(
        pl.lit(value).alias(name) for name, value in given.items() if name not in frame.columns
    )
    wanted = [column.name for column in contract.columns]
    missing = [name for name in wanted if name not in whole.columns]
    surplus = [name for name in whole.columns if name not in wanted]
    if missing or surplus:
        raise BadInputError(
            f"Rows for results.{contract.name} break its contract: missing columns "
            f"{missing or 'none'}, surplus columns {surplus or 'none'}. The columns are listed in "
            f"data_contracts/results/{contract.name}.yaml."
        )
    empty = [
        column.name
        for column in contract.columns
        if column.is_required and whole[column.name].null_count()
    ]
    if empty:
        raise BadInputError(
            f"Rows for results.{contract.name} hold nulls in {empty}, which its contract requires."
        )
    for name, value in given.items():
        strange = set(whole[name].unique()) - {value}
        if strange:
            raise BadInputError(
                f"Rows for results.{contract.name} carry {name} {sorted(strange)} "
                f"instead of {value!r}."
            )
    return whole.select(wanted)


def _make_tables(connection: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Create each results table that is missing or has the columns of another version.

    Rows of another version cannot be shown beside new ones: their studies have to be run again,
    and are when asked for, because their steps hang on the contracts.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = ? order by table_name, ordinal_position",
        [SCHEMA],
    ).fetchall():
        found.setdefault(table, []).append(column)
    for name, contract in contracts.items():
        if found.get(name) != list(contract.column_names):
            columns = ", ".join(f"{quoted(c.name)} {c.physical_type}" for c in contract.columns)
            connection.execute(f"create or replace table {SCHEMA}.{quoted(name)} ({columns})")


def _insert(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, contract: Contract, table: str
) -> None:
    values = ", ".join(
        f"cast({quoted(c.name)} as {c.physical_type}) as {quoted(c.name)}" for c in contract.columns
    )
    connection.register("rows_to_write", frame.to_arrow())
    connection.execute(f"insert into {table} select {values} from rows_to_write")
    connection.unregister("rows_to_write")
