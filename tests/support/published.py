"""Publishes a small, made-up folder in the shape that `publish` leaves, for tests of the pages.

`publish_sample(folder)` writes `folder/<run>/aggregates.duckdb`, `people.duckdb` and the pointer
`current`. The frames follow the contracts in `data_contracts/marts/`: a column too many or too
few fails here. `change` rewrites marts before they are written: a frame, or None to leave it out.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from analytics.contracts import Contract, load_contracts
from tests.support.published_marts import RUN, sample_marts


def publish_sample(
    folder: Path, *, run: str = RUN, change: Mapping[str, pl.DataFrame | None] | None = None
) -> Path:
    """Write the sample and return the folder that `--published` names."""
    marts = {**sample_marts(), **(change or {})}
    contracts = load_contracts("marts")
    (folder / run).mkdir(parents=True)
    for file, level in (("aggregates", "aggregate"), ("people", "person")):
        with duckdb.connect(str(folder / run / f"{file}.duckdb")) as connection:
            for name, frame in marts.items():
                if frame is not None and _goes_to(contracts[name]) == level:
                    _write(connection, frame, contracts[name])
    (folder / "current").write_text(f"{run}\n")
    return folder


def all_suppressed(mart: str) -> pl.DataFrame:
    """One row for each row of the sample's mart, every number of it withheld."""
    frame = sample_marts()[mart]
    keys = [*_keys(mart), "run_id", "model_id", "verdict", "validation", "rule", "is_applied"]
    return frame.with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in frame.schema.items()
        if kind.is_numeric() and name not in keys
    ).with_columns(is_suppressed=pl.lit(True))


def _keys(mart: str) -> tuple[str, ...]:
    return load_contracts("marts")[mart].grain


def _goes_to(contract: Contract) -> str:
    is_about_people = contract.disclosure is not None and contract.disclosure.level == "person"
    return "person" if is_about_people else "aggregate"


def _write(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, contract: Contract) -> None:
    promised = list(contract.column_names)
    written = [name for name in frame.columns if name != "is_suppressed"]
    assert sorted(written) == sorted(promised), (
        f"{contract.name}: {sorted(set(written) ^ set(promised))}"
    )
    columns = ", ".join(
        f'cast("{column.name}" as {column.physical_type}) as "{column.name}"'
        for column in contract.columns
    )
    flag = ", is_suppressed" if "is_suppressed" in frame.columns else ""
    connection.register("sample", frame.to_arrow())
    connection.execute(f"create table {contract.name} as select {columns}{flag} from sample")
    connection.unregister("sample")
