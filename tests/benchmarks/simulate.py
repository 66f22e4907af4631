"""Time `catchment simulate` with all processes against one process, in the same run.

Wall and CPU time, the largest memory of all processes together, rows, and whether both wrote the
same bytes. Run as `python -m tests.benchmarks simulate [PERSONS ...]`; `many` among the numbers
widens the tail of concepts.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.settings import current_settings

LARGE_TABLES = {
    "condition_occurrence": "condition_concept_id",
    "drug_exposure": "drug_concept_id",
    "procedure_occurrence": "procedure_concept_id",
    "measurement": "measurement_concept_id",
}
SECONDS_BETWEEN_LOOKS = 1.0
COLUMNS = f"{'people':>9}  {'processes':<12}{'wall s':>8}{'CPU s':>8}{'peak GiB':>10}{'GB':>7}"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one simulation took, and the SHA-256 of all it wrote."""

    wall: float
    cpu: float
    peak_gib: float
    written: str


def main(words: list[str]) -> None:
    """Time each size twice: all processes, then one."""
    concepts = "many" if "many" in words else "few"
    sizes = [int(word) for word in words if word != "many"] or [20_000, 100_000]
    print(f"{COLUMNS}  concepts: {concepts}")
    for persons in sizes:
        taken = [
            _time(persons, processes, concepts) for processes in (current_settings().threads, 1)
        ]
        both, one = taken
        same = "the same bytes" if both.written == one.written else "DIFFERENT BYTES"
        print(f"{persons:>9,}  {one.wall / both.wall:.2f} times as fast as one process, {same}\n")


def _time(persons: int, processes: int, concepts: str) -> Taken:
    with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
        out = Path(folder) / "people"
        options = {"persons": persons, "processes": processes, "concepts": concepts, "out": out}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        command = [str(Path(sys.executable).with_name("catchment")), "simulate", *words]
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        memory = _Memory(process.pid)
        memory.start()
        assert process.stdout is not None
        said = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        memory.stop()
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"simulate failed:\n{said}")
        taken = Taken(
            wall=wall,
            cpu=used.ru_utime + used.ru_stime,
            peak_gib=memory.peak_gib,
            written=_hash(out),
        )
        size = sum(file.stat().st_size for file in out.rglob("*.parquet")) / 1e9
        print(
            f"{persons:>9,}  {processes:<12}{taken.wall:>8.1f}{taken.cpu:>8.1f}"
            f"{taken.peak_gib:>10.2f}{size:>7.2f}  {_rows_in_words(out)}",
            flush=True,
        )
    return taken


class _Memory(threading.Thread):
    """The largest memory of a process and its children together, looked at now and then.

    Shared pages are counted once (Linux says so, as PSS); elsewhere it stays unknown.
    """

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._ended = threading.Event()
        self.peak_gib = float("nan")

    def run(self) -> None:
        """Look until told to stop."""
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            try:
                now = sum(_memory_of(process) for process in _family(self._process)) / 2**30
            except OSError:  # One of them has just ended.
                continue
            self.peak_gib = now if not self.peak_gib > now else self.peak_gib

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self.join()


def _family(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").iterdir()
    children = [int(word) for one in threads for word in (one / "children").read_text().split()]
    return [process, *children]


def _memory_of(process: int) -> int:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _rows_in_words(folder: Path) -> str:
    rows = {name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in LARGE_TABLES}
    n_people = pq.read_metadata(folder / "person.parquet").num_rows
    in_all = sum(rows.values())
    concepts = sum(count_concepts(folder, name, column) for name, column in LARGE_TABLES.items())
    return (
        f"{in_all / 1e6:.1f} M rows in the four large tables, {in_all / n_people:.0f} a person, "
        f"{concepts:,} distinct concepts"
    )


def count_concepts(folder: Path, name: str, column: str) -> int:
    """How many distinct concepts a table has."""
    seen: set[int] = set()
    file = pq.ParquetFile(folder / f"{name}.parquet")
    for at in range(file.num_row_groups):
        seen.update(pc.unique(file.read_row_group(at, columns=[column]).column(0)).to_pylist())
    return len(seen)


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode())
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()
