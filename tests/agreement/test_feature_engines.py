"""`catchment features`: Spark, the native pass and the portable definition give the same files.

Triples are compared by a hash of all of them, sorted; names, analyses and certificate row by row.
"""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import RunFailedError
from analytics.features.native import prespecified_tables
from analytics.pipelines import feature_opening
from analytics.pipelines.feature_plan import FeatureRequest
from analytics.pipelines.making_features import make_features
from tests.support.command_line import catchment, worked
from tests.support.feature_extraction import expected
from tests.support.feature_runs import TRIPLE, Display, Run, check_same, hash_of
from tests.support.random_cdm import random_cohort, write_random_cdm
from tests.support.shared import shared_agreement, shared_data

pytestmark = pytest.mark.agreement

# The process's own peak: `ru_maxrss` begins with that of the process which started it.
PEAK = """
import sys
from pathlib import Path
from analytics.cli import main
sys.argv = ["catchment", *sys.argv[1:]]
try:
    main()
finally:
    print("PEAK", Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
CDM_PEOPLE = 20_000
MANY_VALUES = [
    *range(701, 717),
    *(h + n for h in (100, 200, 300, 400, 500) for n in range(1, 5)),
    409,
]


@pytest.mark.needs_shared
@pytest.mark.needs_java
@pytest.mark.parametrize(("dataset", "preset"), [("corner", "all"), ("synthea27nj", "default")])
def test_spark_and_polars_write_the_same(tmp_path, dataset, preset):
    runs = {}
    for engine in ("spark", "polars"):
        request = FeatureRequest(
            cdm=shared_data(dataset),
            cohort=shared_agreement("featureextraction") / dataset / "cohort.parquet",
            settings=f"featureextraction-{preset}",
            out=tmp_path / engine,
            engine=engine,
        )
        make_features(request)
        runs[engine] = Run(out=request.out)

    check_same(runs["spark"], runs["polars"])
    theirs = expected(dataset, f"{preset}_endm1").select(pl.col(TRIPLE))
    assert hash_of(theirs.cast(runs["polars"].frame("covariates").schema))[0] == (
        runs["polars"].frame("covariates").height
    )


@pytest.mark.needs_java
def test_spark_and_polars_choose_the_same_concepts(tmp_path):
    """Both engines take in and leave out what the settings say, groups among it."""
    (tmp_path / "cdm").mkdir()
    write_random_cdm(tmp_path / "cdm", seed=4)
    random_cohort(seed=4).write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "chosen.yaml").write_text(
        "prespecified: [101, 210, 713, 901]\n"
        "include: [1, 4, 441840]\nexclude: [2]\nexclude_descendants: false\n"
    )
    runs = {}
    for engine in ("spark", "polars"):
        request = FeatureRequest(
            cdm=tmp_path / "cdm",
            cohort=tmp_path / "rows.parquet",
            settings=str(tmp_path / "chosen.yaml"),
            out=tmp_path / engine,
            engine=engine,
        )
        make_features(request)
        runs[engine] = Run(out=request.out)

    check_same(runs["spark"], runs["polars"])
    assert runs["polars"].frame("covariates").height > 50


@pytest.fixture(scope="module")
def many_people(tmp_path_factory) -> tuple[Path, Path]:
    """A simulated CDM, and rows of all its people, thirty days before observation ends."""
    folder = tmp_path_factory.mktemp("many")
    words = ("--persons", CDM_PEOPLE, "--concepts", "many", "--processes", 1)
    worked(catchment("simulate", *words, "--out", folder / "people"))
    ends = pl.col("observation_period_end_date")
    pl.read_parquet(folder / "people" / "observation_period.parquet").select(
        subject_id="person_id", cohort_start_date=ends.dt.offset_by("-30d"), cohort_end_date=ends
    ).write_parquet(folder / "rows.parquet")
    (folder / "many.yaml").write_text(f"prespecified: {MANY_VALUES}\n")
    return folder / "people", folder / "rows.parquet"


def measured_run(many_people, out: Path, *words: object) -> tuple[Run, float]:
    """What a run wrote in a process of its own, and its peak memory in GiB."""
    cdm, rows = many_people
    settings = rows.with_name("many.yaml")
    command = ["features", "--cdm", cdm, "--cohort", rows, "--settings", settings, "--out", out]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, (*command, *words))],
        capture_output=True,
        text=True,
        check=True,
    )
    peak = int(done.stdout.rsplit("PEAK", 1)[1])
    return Run(out=out), peak / 2**20


def test_two_memory_ceilings_are_kept_and_change_nothing(many_people, tmp_path):
    narrow, least = measured_run(many_people, tmp_path / "narrow", "--memory", 0.75)
    wide, most = measured_run(many_people, tmp_path / "wide", "--memory", 4, "--portable")

    print(f"\npeaks of {least:.2f} and {most:.2f} GiB under ceilings of 0.75 and 4")
    assert least < 0.75 < most < 4
    shards = [
        json.loads((run.out / "manifest.json").read_text())["n_shards"] for run in (narrow, wide)
    ]
    assert shards[0] > shards[1] == 1
    check_same(narrow, wide)


@pytest.mark.needs_shared
def test_the_native_pass_writes_the_same_and_certifies_what_it_used(tmp_path, monkeypatch):
    def run(name: str, **how: bool) -> Run:
        request = FeatureRequest(
            cdm=shared_data("corner"),
            cohort=shared_agreement("featureextraction") / "corner" / "cohort.parquet",
            settings="featureextraction-all",
            out=tmp_path / name,
            **how,
        )
        make_features(request, display)
        return Run(out=request.out)

    display = Display()
    monkeypatch.setattr(feature_opening, "RECORDS_WORTH_IT", 0)
    natively = run("native")
    assert any("analyses natively" in detail for detail in display.details)
    check_same(natively, run("portable", is_portable=True))

    find = prespecified_tables.find_latest
    monkeypatch.setattr(
        prespecified_tables,
        "find_latest",
        lambda rows, taken, code, n_codes, end_day: find(rows, taken, code, n_codes, end_day + 9),
    )
    with pytest.raises(RunFailedError, match="covariates know the future"):
        run("broken")
    assert list((tmp_path / "broken").iterdir()) == []
