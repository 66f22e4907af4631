"""What DataQualityDashboard 2.8.4 answered on the shared CDMs, and how ours compares with it."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from analytics.contracts import load_contracts
from analytics.contracts.check_clause import CdmVersion
from analytics.quality.check_result import CheckRun
from analytics.quality.run_checks import run_checks
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.shared import shared_agreement, shared_data

TODAY = date(2026, 11, 22)
"""The day on which the reference answers were made; two kinds of checks depend on it."""
FILLED = "__filled"
COMPARED = ("num_violated_rows", "num_denominator_rows", "status")


def version_of(name: str) -> CdmVersion:
    """The version of a shared CDM."""
    return "5.3" if name.startswith("mimic_iv_demo") else "5.4"


def answers(name: str) -> pl.DataFrame:
    """One row for each check of a dataset, as DataQualityDashboard answered it."""
    folder = shared_agreement("dataqualitydashboard")
    return pl.read_parquet(folder / f"{name}.parquet")


def run_dqd(folder: Path) -> CheckRun:
    """Our answers in its reading."""
    return run_checks(
        open_cdm(folder), today=TODAY, reading="dqd", settings=Settings(memory_gib=1.0, threads=1)
    )


def results_frame(run: CheckRun) -> pl.DataFrame:
    """One row for each check: what is compared."""
    return pl.DataFrame(
        [
            {
                "check_id": one.check.check_id,
                "check_name": one.check.name,
                "num_violated_rows": one.num_violated_rows,
                "num_denominator_rows": one.num_denominator_rows,
                "status": one.status,
                "threshold": one.check.threshold,
            }
            for one in run.results
        ],
        infer_schema_length=None,
    )


def compare(run: CheckRun, expected: pl.DataFrame) -> pl.DataFrame:
    """One row for each check that either side has, and whether both say the same of it."""
    both = results_frame(run).join(
        expected.select("check_id", *COMPARED), on="check_id", how="full", suffix="_dqd"
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_dqd")) for name in COMPARED)
    in_both = pl.col("check_id").is_not_null() & pl.col("check_id_dqd").is_not_null()
    return both.with_columns(is_equal=same & in_both)


def by_check_type(comparison: pl.DataFrame) -> pl.DataFrame:
    """One row for each kind of check: how many are equal, how many differ."""
    return (
        comparison.group_by("check_name", maintain_order=True)
        .agg(equal=pl.col("is_equal").sum(), different=(~pl.col("is_equal")).sum())
        .sort("check_name")
    )


def filled(name: str, folder: Path) -> Path:
    """The CDM with each table that it lacks made, empty, in the columns of its version."""
    version = version_of(name)
    for file in shared_data(name).glob("*.parquet"):
        (folder / file.name).symlink_to(file)
    for table, contract in load_contracts("omop_cdm", only_landed=False).items():
        path = folder / f"{table}.parquet"
        if version not in contract.cdm_versions or path.exists():
            continue
        of_version = [one for one in contract.columns if version in one.cdm_types]
        columns = ", ".join(
            f'cast(null as {one.physical_type}) as "{one.name_in(version)}"'
            for one in of_version or contract.columns
        )
        duckdb.sql(f"copy (select {columns} where false) to '{path}' (format parquet)")
    return folder
