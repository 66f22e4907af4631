"""Where Spark is: a setting that is honoured, and refusals that say what to set."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.errors import BadInputError, RunFailedError
from analytics.features import spark_engine
from analytics.features.spark_place import check_place, session_config
from analytics.settings import Settings

CLUSTER = "spark://host:7077"


def test_a_local_spark_has_as_many_threads_as_the_settings_and_half_the_memory(tmp_path):
    config = session_config(Settings(threads=3), 6.0, tmp_path)

    assert config["spark.master"] == "local[3]"
    assert config["spark.driver.memory"] == "3g"
    assert config["spark.driver.host"] == "127.0.0.1"


def test_a_master_is_honoured_and_a_cluster_keeps_its_own_settings(tmp_path):
    here = session_config(Settings(threads=3, spark_master="local[1]"), 6.0, tmp_path)
    there = session_config(Settings(threads=3, spark_master=CLUSTER), 6.0, tmp_path)

    assert here["spark.master"] == "local[1]"
    assert there["spark.master"] == CLUSTER
    assert set(here) - set(there) >= {"spark.driver.host", "spark.local.dir"}
    assert not any(name.startswith("spark.sql.") for name in there)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            Settings(spark_master=CLUSTER, spark_remote="sc://host"),
            r"CATCHMENT_SPARK_MASTER \(spark://host:7077\) and CATCHMENT_SPARK_REMOTE \(sc://host\)",
        ),
        (
            Settings(spark_master=CLUSTER),
            "workers of spark://host:7077 see no temporary folder.*Set CATCHMENT_SPARK_EXCHANGE",
        ),
        (Settings(spark_remote="sc://host"), "workers of sc://host see no temporary folder"),
        (
            Settings(spark_master=CLUSTER, spark_exchange=Path("nowhere")),
            "CATCHMENT_SPARK_EXCHANGE=nowhere is no folder",
        ),
    ],
)
def test_a_place_that_cannot_be_is_refused(settings, said):
    with pytest.raises(BadInputError, match=said):
        check_place(settings)


def test_a_local_spark_and_a_cluster_with_a_shared_folder_are_fine(tmp_path):
    check_place(Settings())
    check_place(Settings(spark_master="local[1]"))
    check_place(Settings(spark_master=CLUSTER, spark_exchange=tmp_path))


def test_files_go_to_spark_through_the_folder_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CATCHMENT_SPARK_EXCHANGE", str(tmp_path))

    with spark_engine.exchange_folder() as folder:
        assert Path(folder).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_spark_connect_says_which_packages_it_needs(tmp_path):
    """In a process of its own: an address of Spark Connect changes how pyspark works."""
    if importlib.util.find_spec("grpc"):
        pytest.skip("the packages of Spark Connect are here")
    program = tmp_path / "connect.py"  # pyspark leaves a main without a file.
    program.write_text(
        "from analytics.features.spark_engine import spark_session\n"
        "from analytics.errors import RunFailedError\n"
        "try:\n    spark_session()\n"
        "except RunFailedError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        env={
            "PATH": "",
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "CATCHMENT_SPARK_REMOTE": "sc://localhost:1",
            "CATCHMENT_SPARK_EXCHANGE": str(tmp_path),
        },
        check=True,
    )

    assert "Spark Connect (sc://localhost:1) needs packages that are not here" in done.stdout


def test_training_over_spark_connect_is_refused(monkeypatch):
    from analytics.models import xgboost_on_spark
    from tests.support.planted_risks import planted_population

    planted = planted_population(20)
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")

    with pytest.raises(RunFailedError, match=r"cannot train over Spark Connect.*--engine polars"):
        xgboost_on_spark.learn_xgboost_on_spark(
            planted.rows, planted.had_outcome, spark=None, seed=1
        )
