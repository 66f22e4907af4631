"""Time `catchment pathways` on made-up cohort rows in both readings: CPU, wall, peak memory.

The default 60,000 people have 694,000 rows: one of the target each, the rest of six treatments,
crowded so that more than half of the people have overlaps. Each reading runs in a process of its
own, whose start is not counted: from reading the file to the last file written. Run as
`python -m tests.benchmarks pathways [PEOPLE ...]`.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

ROWS_FOR_EACH_PERSON = 694_000 / 60_000
EVENTS = {number: f"Drug {number}" for number in range(2, 8)}
READINGS = ("clean", "tp31")
TARGET_DAYS = 1600


def main(words: list[str]) -> None:
    """Time each size in both readings."""
    for people in [int(word) for word in words] or [60_000]:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            rows = write_rows(Path(folder) / "rows.parquet", people)
            print(f"{people:,} people, {rows.height:,} rows, {describe_overlaps(rows)}")
            for compat in READINGS:
                one_reading(Path(folder), compat)


def write_rows(path: Path, people: int, seed: int = 1) -> pl.DataFrame:
    """One row for each cohort row, in a random order."""
    random = np.random.default_rng(seed)
    n_events = round(people * ROWS_FOR_EACH_PERSON) - people
    first = 16_000
    start = np.concatenate(
        [np.full(people, first), first + random.integers(0, TARGET_DAYS, n_events)]
    )
    length = random.choice([1, 14, 29, 30, 60, 90, 180], n_events)
    rows = pl.DataFrame(
        {
            "cohort_definition_id": np.concatenate(
                [np.full(people, 1), random.choice(list(EVENTS), n_events)]
            ),
            "subject_id": np.concatenate(
                [np.arange(1, people + 1), random.integers(1, people + 1, n_events)]
            ),
            "cohort_start_date": start,
            "cohort_end_date": start + np.concatenate([np.full(people, TARGET_DAYS), length]),
        }
    ).with_columns(
        pl.col("cohort_start_date", "cohort_end_date").cast(pl.Int32).cast(pl.Date),
    )
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
    shuffled.write_parquet(path)
    return shuffled


def describe_overlaps(rows: pl.DataFrame) -> str:
    """How many treatments there are, and how many people have two of them at once."""
    events = rows.filter(pl.col("cohort_definition_id") != 1).sort(
        "subject_id", "cohort_start_date", "cohort_end_date"
    )
    another = pl.col("cohort_definition_id") != pl.col("cohort_definition_id").shift()
    overlaps = pl.col("cohort_start_date") < pl.col("cohort_end_date").shift()
    same = pl.col("subject_id") == pl.col("subject_id").shift()
    n_overlapping = events.filter(another & overlaps & same)["subject_id"].n_unique()
    n_people = rows["subject_id"].n_unique()
    n_kinds = events["cohort_definition_id"].n_unique()
    return f"{n_kinds} treatments, {n_overlapping / n_people:.0%} of people with overlaps"


def one_reading(folder: Path, compat: str) -> None:
    """Time one reading in a process of its own and print one line."""
    asked = {
        "targets": {1: "Target"},
        "events": EVENTS,
        "filter_treatments": "all",
        "max_path_length": 50,
        "compat": compat,
    }
    settings = folder / f"{compat}.yaml"
    settings.write_text(json.dumps(asked))
    words = [sys.executable, "-m", "tests.benchmarks.pathways", str(folder), compat]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    print(said, end="", flush=True)


def time_here(folder: Path, compat: str) -> None:
    """Time one reading in this process, whose start does not count."""
    from analytics.pipelines.pathways_of_rows import find_pathways_of_rows

    cpu, wall = time.process_time(), time.perf_counter()
    found = find_pathways_of_rows(
        cohorts=folder / "rows.parquet", settings=folder / f"{compat}.yaml", out=folder / compat
    )
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    gib = peak * (1 if sys.platform == "darwin" else 1024) / 2**30
    n_steps = pl.scan_parquet(found.out / "steps.parquet").select(pl.len()).collect().item()
    print(
        f"  {compat}: {cpu:.2f} CPU s, {wall:.2f} s wall, {gib:.2f} GiB, {n_steps:,} steps "
        f"(load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    time_here(Path(sys.argv[1]), sys.argv[2])
