"""Time covariates of simulated people side by side: our native pass, and hand-written DuckDB SQL.

The common task counts records in 30, 180, 365 days and any time before index, over four tables, to
a sparse matrix; then `featureextraction-default`, to triples, by the native pass and (up to 100,000
people) by the definition that is its check; last the whole command, to its files. Kernels are
compiled before, on ten target rows: a machine pays for that once. Run as `python -m
tests.benchmarks features [PERSONS ...] [--people FOLDER]`; the folder keeps what was simulated.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from tests.benchmarks.feature_tasks import COUNTED, PRESET, Taken, cohort_of
from tests.benchmarks.simulate import count_concepts
from tests.benchmarks.timing import HEADER, time_step

DEFAULT_SIZES = (10_000, 100_000)
MOST_PEOPLE_BY_DEFINITION = 100_000
LARGE = 1_000_000
FEWEST_ROWS, FEWEST_TRIPLES, FEWEST_CONCEPTS = 150_000_000, 40_000_000, 2_000
"""What there must be at 1,000,000 people, as many concepts at any size."""
COLUMNS = f"{HEADER}{'M triples':>11}"
GOAL_OF_CPU, GOAL_OF_GROWTH = 0.45, 10.5


def main(words: Sequence[str]) -> None:
    """Time each size, and how much more ten times the people cost."""
    words = list(words)
    kept = Path(words.pop(words.index("--people") + 1)) if "--people" in words else None
    sizes = [int(word) for word in words if word != "--people"] or list(DEFAULT_SIZES)
    took: dict[str, dict[int, Taken]] = {}
    print(COLUMNS)
    for persons in sizes:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            people = (kept or Path(folder)) / f"people-{persons}"
            if not people.is_dir():
                simulate_people(persons, people)
            rows = Path(folder) / "rows.parquet"
            n_records = _describe(persons, people, rows)
            _compile(people, rows)
            for task, taken in _time_all(persons, people, rows).items():
                took.setdefault(task, {})[persons] = taken
            _time_command(persons, people, rows)
            _check_size(persons, n_records, took["counts_natively"][persons].n_triples)
    for task, of_size in took.items():
        for fewer, more in pairwise(sizes):
            if fewer in of_size and more in of_size:
                growth = of_size[more].cpu / of_size[fewer].cpu
                print(f"{task}: {more / fewer:g} times the people, {growth:.1f} times the CPU")


def target_rows(people: Path) -> pl.DataFrame:
    """One row for each of six in ten people who had a visit: the day of one late among theirs."""
    return (
        pl.scan_parquet(people / "visit_occurrence.parquet")
        .filter(pl.col("person_id") % 10 < 6)
        .group_by("person_id")
        .agg(
            index_day=pl.col("visit_start_date")
            .sort()
            .get(pl.len() * 3 // 4)
            .to_physical()
            .cast(pl.Int32)
        )
        .sort("person_id")
        .with_row_index("row_id")
        .select(pl.col("row_id").cast(pl.Int64), "person_id", "index_day")
        .collect(engine="streaming")
    )


def simulate_people(persons: int, people: Path) -> None:
    """Simulate so many people, with many concepts, into a folder."""
    command = [str(Path(sys.executable).with_name("catchment")), "simulate"]
    options = ["--persons", str(persons), "--concepts", "many", "--out", str(people)]
    people.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)


def _describe(persons: int, people: Path, rows: Path) -> int:
    """Write the target rows and say what there is; the number of records in the four tables."""
    target = target_rows(people)
    target.write_parquet(rows)
    n_records = sum(pq.read_metadata(people / f"{table}.parquet").num_rows for table in COUNTED)
    n_concepts = sum(
        count_concepts(people, table, concept) for table, (concept, *_) in COUNTED.items()
    )
    print(
        f"{persons:>9,}  {n_records / 1e6:.1f} M rows in the four tables, {n_concepts:,} distinct "
        f"concepts, {target.height:,} target rows",
        flush=True,
    )
    if n_concepts < FEWEST_CONCEPTS:
        sys.exit(f"too few concepts for this benchmark: {n_concepts:,} < {FEWEST_CONCEPTS:,}")
    return n_records


def _compile(people: Path, rows: Path) -> None:
    """Run the native tasks on few rows, so that their kernels are there."""
    few = rows.with_name("few.parquet")
    pl.read_parquet(rows).head(10).write_parquet(few)
    taken = [_run(task, people, few) for task in ("counts_natively", "preset_natively")]
    print(f"{'':>9}  ten target rows: {sum(each.cpu for each in taken):.1f} CPU s", flush=True)


def _time_all(persons: int, people: Path, rows: Path) -> dict[str, Taken]:
    """The common task twice, then the preset; leave where two results of one task differ."""
    took = {
        task: _time(persons, task, people, rows) for task in ("counts_natively", "counts_in_duckdb")
    }
    native, duckdb = took["counts_natively"], took["counts_in_duckdb"]
    _check_equal(native, duckdb)
    print(
        f"{persons:>9,}  the same matrix; {native.cpu / duckdb.cpu:.2f} of DuckDB's CPU "
        f"(goal {GOAL_OF_CPU}), {native.peak_gib / duckdb.peak_gib:.2f} of its memory"
    )
    took["preset_natively"] = _time(persons, "preset_natively", people, rows)
    if persons <= MOST_PEOPLE_BY_DEFINITION:
        took["preset_portably"] = _time(persons, "preset_portably", people, rows)
        native, portable = took["preset_natively"], took["preset_portably"]
        _check_equal(native, portable)
        print(f"{persons:>9,}  the same triples; {native.cpu / portable.cpu:.2f} of its CPU")
    return took


def _time(persons: int, task: str, people: Path, rows: Path) -> Taken:
    begun = time.perf_counter()
    taken = _run(task, people, rows)
    wall = time.perf_counter() - begun
    print(
        f"{persons:>9,}  {task.replace('_', ' '):<24}{wall:>9.1f}{taken.cpu:>9.1f}"
        f"{taken.peak_gib:>10.2f}{taken.n_triples / 1e6:>11.1f}",
        flush=True,
    )
    return taken


def _time_command(persons: int, people: Path, rows: Path) -> None:
    """The whole command: it fingerprints the CDM, and writes triples and matrix."""
    cohort, out = (str(rows.with_name(name)) for name in ("cohort.parquet", "features"))
    cohort_of(rows).write_parquet(cohort)
    words = ["features", "--cdm", str(people), "--cohort", cohort, "--settings", PRESET]
    time_step(persons, "catchment features", [*words, "--out", out])


def _run(task: str, people: Path, rows: Path) -> Taken:
    command = [sys.executable, "-m", "tests.benchmarks.feature_tasks", task, str(people), str(rows)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Taken(**json.loads(said))


def _check_equal(one: Taken, other: Taken) -> None:
    if (one.n_triples, one.digest) != (other.n_triples, other.digest):
        sys.exit("DIFFERENT TRIPLES")


def _check_size(persons: int, n_records: int, n_triples: int) -> None:
    if persons >= LARGE and (n_records < FEWEST_ROWS or n_triples < FEWEST_TRIPLES):
        sys.exit(
            f"too little for this benchmark: {n_records:,} rows and {n_triples:,} triples; there "
            f"must be {FEWEST_ROWS:,} and {FEWEST_TRIPLES:,}"
        )
