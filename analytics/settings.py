"""Where things are and how much of the machine to use; the only file that touches the environment.

`prepare_environment` sets what must be set before OpenMP, Java, Spark, dbt, Streamlit and Great
Expectations load; `current_settings` reads the rest into one frozen value.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError

SMALLEST_CELL = 11
PASSWORD_FOR_DBT = "DBT_ENV_SECRET_CATCHMENT_PASSWORD"
"""A variable that dbt reads in a profile and takes out of its logs, by how its name begins."""

SPARK_MASTER = "CATCHMENT_SPARK_MASTER"
SPARK_REMOTE = "CATCHMENT_SPARK_REMOTE"
SPARK_EXCHANGE = "CATCHMENT_SPARK_EXCHANGE"

QUIET_AND_LOCAL = {
    # An idle OpenMP thread that spins costs four times the CPU (performance notes, XGBoost).
    "OMP_WAIT_POLICY": "PASSIVE",
    # Our matrices are tall and narrow: waiting for a second BLAS thread costs more than it gains
    # (20 times the wall time in the bootstrap of calibration, on a busy machine).
    "OPENBLAS_NUM_THREADS": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The site's own settings.

    `smallest_cell` is the smallest count of people shown anywhere (11 unless the site lowers or
    raises it; a study cannot). `threads` and `memory_gib` bound the engines. `user` signs exports.
    `spark_master` is the cluster that Spark jobs go to (empty: a local Spark on `threads`), and
    `spark_exchange` a folder that this machine and the cluster's both see at the same path (None: a
    temporary one here, which only a local Spark sees). `spark_remote` is an address of Spark
    Connect.
    """

    smallest_cell: int = SMALLEST_CELL
    threads: int = 2
    memory_gib: float = 8.0
    user: str = "unknown"
    spark_master: str = ""
    spark_remote: str = ""
    spark_exchange: Path | None = None


def current_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read `CATCHMENT_SMALLEST_CELL`, `CATCHMENT_THREADS`, `CATCHMENT_MEMORY_GIB`, `USER` and
    those of Spark.
    """
    exchange = environment.get(SPARK_EXCHANGE)
    return Settings(
        smallest_cell=int(_number(environment, "CATCHMENT_SMALLEST_CELL", SMALLEST_CELL, least=1)),
        threads=int(_number(environment, "CATCHMENT_THREADS", os.cpu_count() or 2, least=1)),
        memory_gib=_number(environment, "CATCHMENT_MEMORY_GIB", 8.0, least=0.5),
        user=environment.get("CATCHMENT_USER") or environment.get("USER") or "unknown",
        spark_master=environment.get(SPARK_MASTER, ""),
        spark_remote=environment.get(SPARK_REMOTE) or environment.get("SPARK_REMOTE", ""),
        spark_exchange=Path(exchange) if exchange else None,
    )


def _number(environment: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = environment.get(name, "")
    try:
        value = float(text) if text else float(default)
    except ValueError:
        value = float("nan")
    if not value >= least:
        raise BadInputError(
            f"{name}={text!r} is not a number of at least {least:g}. "
            f"Unset it to use {default:g}, or set it to such a number."
        )
    return value


def prepare_environment() -> None:
    """Set what libraries read once, at load. Call it before importing any of them."""
    for name, value in QUIET_AND_LOCAL.items():
        os.environ.setdefault(name, value)
    if is_local(os.environ.get(SPARK_MASTER, "")):  # A cluster has to reach its driver.
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)


def is_local(spark_master: str) -> bool:
    """Whether that Spark works inside this process's own Java."""
    return spark_master in ("", "local") or spark_master.startswith("local[")


def use_java(java_home: Path) -> None:
    """Have Spark start the Java in this folder, whatever Java the machine has."""
    os.environ["JAVA_HOME"] = str(java_home)


def java_of_the_site(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The Java home that this machine names, if it names one."""
    home = environment.get("JAVA_HOME")
    return Path(home) if home else None


@contextmanager
def password_for_dbt(password: str) -> Iterator[None]:
    """Hand a warehouse's password to dbt for the length of the block, on no disk and in no log."""
    os.environ[PASSWORD_FOR_DBT] = password
    try:
        yield
    finally:
        del os.environ[PASSWORD_FOR_DBT]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where this user keeps what can be made again; it need not be there."""
    folder = environment.get("XDG_CACHE_HOME")
    return (Path(folder) if folder else Path.home() / ".cache") / "catchment"


def house_root() -> Path:
    """The folder of `dbt_project/` and `data_contracts/`: the checkout, or the installed wheel."""
    package = Path(__file__).resolve().parent
    installed = package / "_house"
    return installed if installed.is_dir() else package.parent
