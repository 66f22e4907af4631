"""Covariates on Polars and on Spark: the same files, and what each engine takes.

The default presets of `gibleed` and of simulated people, rows of everybody thirty days before
observation ends. Leaves where two files differ. Run as `python -m tests.benchmarks engines
[PERSONS]`; CPU seconds and memory are the command's own, without those of Spark's Java.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tests.benchmarks.features import simulate_people
from tests.benchmarks.timing import HEADER, time_step
from tests.support.feature_runs import Run, check_same, hash_of
from tests.support.shared import shared_agreement, shared_data

PRESETS = ("featureextraction-default", "catchment-default")
DEFAULT_PERSONS = 20_000


def main(words: Sequence[str]) -> None:
    """Time both engines, and compare what they wrote."""
    persons = int(words[0]) if words else DEFAULT_PERSONS
    print(HEADER)
    with tempfile.TemporaryDirectory(prefix="catchment-bench-") as name:
        folder = Path(name)
        gibleed = shared_data("gibleed")
        _compare(
            gibleed, shared_agreement("featureextraction") / "gibleed" / "cohort.parquet", folder
        )
        people = folder / "people"
        simulate_people(persons, people)
        _compare(people, _rows_of_everybody(people, folder), folder)


def _compare(cdm: Path, cohort: Path, folder: Path) -> None:
    n_people = pl.read_parquet(cohort)["subject_id"].n_unique()
    for preset in PRESETS:
        runs = []
        for engine in ("polars", "spark"):
            out = folder / f"{cdm.name}-{preset}-{engine}"
            words = ["features", "--cdm", cdm, "--cohort", cohort, "--settings", preset]
            words += ["--engine", engine, "--out", out]
            time_step(n_people, f"{engine} {preset}"[:24], [str(word) for word in words])
            runs.append(Run(out=out))
        check_same(*runs)
        n_triples, digest = hash_of(runs[0].frame("covariates"))
        print(
            f"{n_people:>9,}  {cdm.name}, {preset}: the same {n_triples:,} triples ({digest[:12]})"
        )


def _rows_of_everybody(people: Path, folder: Path) -> Path:
    """Write one row for each person, thirty days before observation ends; the file."""
    ends = pl.col("observation_period_end_date")
    file = folder / "rows.parquet"
    pl.read_parquet(people / "observation_period.parquet").select(
        subject_id="person_id", cohort_start_date=ends.dt.offset_by("-30d"), cohort_end_date=ends
    ).write_parquet(file)
    return file


if __name__ == "__main__":
    main(sys.argv[1:])
