"""Where cohorts can be built: DuckDB, PostgreSQL or Spark, each opened as its CDM lies there."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.settings import current_settings
from analytics.warehouse import open_cdm
from analytics.warehouse.cohort_warehouse import CohortWarehouse
from analytics.warehouse.duckdb_cohorts import open_duckdb
from analytics.warehouse.postgres_address import is_url, read_address

WarehouseName = Literal["duckdb", "postgres", "spark"]


def open_cohort_warehouse(
    warehouse: WarehouseName, cdm: str, tables: frozenset[str], folder: Path
) -> AbstractContextManager[CohortWarehouse]:
    """The CDM at a path or URL on one of the warehouses, with a schema of ours, for a `with` block.

    `tables` are those that cohorts read. `folder` takes what a warehouse has to keep meanwhile.
    """
    settings = current_settings()
    contracts = {
        name: contract
        for name, contract in load_contracts("omop_cdm").items()
        if name in tables or not contract.is_optional
    }
    if warehouse == "postgres":
        # Only who asks for a server needs its client.
        from analytics.warehouse.postgres_cohorts import open_postgres

        return open_postgres(read_address(cdm), contracts, settings)
    if is_url(cdm):
        address = read_address(cdm)
        raise BadInputError(
            f"--cdm is a URL ({address}), which --warehouse {warehouse} does not read. "
            "Add --warehouse postgres."
        )
    source = open_cdm(Path(cdm))
    if warehouse == "duckdb":
        return open_duckdb(source, folder / "workspace", contracts, tables, settings)
    from analytics.features.spark_engine import spark_session
    from analytics.warehouse.spark_cohorts import open_spark

    return open_spark(source, spark_session, contracts, settings)
