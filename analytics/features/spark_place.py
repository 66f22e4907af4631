"""Where Spark is: here, on a cluster by its master, or behind an address of Spark Connect.

A local Spark is bounded by our settings. What a cluster gives to a session is the cluster's own
affair (`spark-defaults.conf`, in the folder that `SPARK_CONF_DIR` names): we set what the driver,
which is this process, needs and nothing else.
"""

from pathlib import Path

from analytics.errors import BadInputError
from analytics.settings import SPARK_EXCHANGE, SPARK_MASTER, SPARK_REMOTE, Settings, is_local

QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def check_place(settings: Settings) -> None:
    """Raise `BadInputError` where two places are named, or one that sees none of our files."""
    if settings.spark_master and settings.spark_remote:
        raise BadInputError(
            f"{SPARK_MASTER} ({settings.spark_master}) and {SPARK_REMOTE} "
            f"({settings.spark_remote}) name two Sparks. Unset one of them."
        )
    elsewhere = settings.spark_remote or settings.spark_master
    if (settings.spark_remote or not is_local(elsewhere)) and settings.spark_exchange is None:
        raise BadInputError(
            f"the workers of {elsewhere} see no temporary folder of this machine. Set "
            f"{SPARK_EXCHANGE} to a folder that this machine and they see at the same path."
        )
    if settings.spark_exchange is not None and not settings.spark_exchange.is_dir():
        raise BadInputError(
            f"{SPARK_EXCHANGE}={settings.spark_exchange} is no folder. Make it, or name another."
        )


def session_config(settings: Settings, memory_gib: float, folder: Path) -> dict[str, str]:
    """What a session with a driver here is told; `folder` is what it may write into and lose.

    A local one takes half of `memory_gib` for its heap, and so does a cluster's driver.
    """
    config = {
        "spark.master": settings.spark_master or f"local[{settings.threads}]",
        "spark.driver.memory": f"{max(1, int(memory_gib / 2))}g",
        **QUIET,
    }
    if is_local(settings.spark_master):
        config |= {
            # The first compiler alone starts twice as fast, and one small machine is no cluster.
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            # A cohort of many rules joins dozens of tables in one task, and each join sorts twice:
            # pages as large as Spark would choose (64 MB) leave none for the last of them.
            "spark.buffer.pageSize": "4m",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(folder / "spill"),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.sql.shuffle.partitions": str(2 * settings.threads),
        }
    return config
