"""Time all checks of a CDM of 20 million rows: wall, CPU and peak memory; the goal beside them.

Run as `python -m tests.benchmarks quality [PERSONS | FOLDER] [plainly]`: simulated people (100,000
have about 21 million rows), or a CDM that is there. Both readings are timed; the first line counts
the rows. With `plainly` the same checks are also asked by a query each (`one_query_a_check.py`),
and the ratio of CPU seconds is said: at 10,000 people that takes minutes.
"""

import os
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from tests.benchmarks.timing import HEADER, catchment_command, time_command, time_step

PERSONS = 100_000
TODAY = "2026-11-22"
GOAL = "goal for 20 million rows, one reading: 60 CPU s, 2 GiB"
PLAINLY = "plainly"
READINGS = {"check, catchment": "catchment", "check, dqd": "dqd"}


def main(words: list[str]) -> None:
    """Time each CDM."""
    with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
        for word in [word for word in words if word != PLAINLY] or [str(PERSONS)]:
            people = Path(word)
            print(HEADER)
            if not people.is_dir():
                people = Path(folder) / "people"
                time_step(
                    int(word), "simulate", ["simulate", "--persons", word, "--out", str(people)]
                )
            n_people = rows_of(people / "person.parquet")
            n_rows = sum(rows_of(file) for file in people.glob("*.parquet"))
            print(f"{n_rows:,} rows; {GOAL}; load {os.getloadavg()[0]:.1f}")
            for step, reading in READINGS.items():
                out = str(Path(folder) / f"{reading}.json")
                options = ["--reading", reading, "--today", TODAY, "--out", out]
                ours = time_command(
                    n_people, step, catchment_command("check", str(people), *options)
                )
                if PLAINLY in words:
                    module = ["-m", "tests.benchmarks.one_query_a_check"]
                    command = [sys.executable, *module, str(people), reading, TODAY]
                    plain = time_command(n_people, f"a query each, {reading}", command)
                    print(f"CPU of a query each: {plain / ours:.1f} times ours")


def rows_of(file: Path) -> int:
    """How many rows a Parquet file has."""
    return int(pq.read_metadata(file).num_rows)
