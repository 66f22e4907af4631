"""Time the main job, step by step, at 20,000 and 100,000 people: wall, CPU and peak memory.

Each step is a process of its own (earlier steps of a study are reused), so that its peak memory is
its own and each wall time holds a second or two of starting Python. Run as
`python -m tests.benchmarks [PERSONS ...]`; `python -m tests.benchmarks simulate [PERSONS ...]`
times the simulator alone, all processes against one.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import simulate

STUDY = "readmission_30d"
STEPS_OF_A_STUDY = ("population", "covariates", "train", "evaluate", "predict")


def main(sizes: list[int]) -> None:
    print(f"{'people':>9}  {'step':<24}{'wall s':>9}{'CPU s':>9}{'peak GiB':>10}")
    for persons in sizes:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            for step, arguments in _steps(persons, Path(folder)):
                _time(persons, step, arguments)


def _steps(persons: int, folder: Path) -> list[tuple[str, list[str]]]:
    people, workspace, quality = (str(folder / name) for name in ("people", "workspace", "quality"))
    study = ["run", STUDY, "--workspace", workspace]
    return [
        ("simulate", ["simulate", "--persons", str(persons), "--out", people]),
        ("check", ["check", people, "--out", quality]),
        ("build", ["build", "--cdm", people, "--workspace", workspace]),
        *((step, [*study, "--until", step]) for step in STEPS_OF_A_STUDY),
        ("publish", study),
        ("pathways and publish", ["pathways", "diabetes_treatment", "--workspace", workspace]),
    ]


def _time(persons: int, step: str, arguments: list[str]) -> None:
    command = [str(Path(sys.executable).with_name("catchment")), *arguments]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{step} failed:\n{said}")
    gib = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    print(f"{persons:>9,}  {step:<24}{wall:>9.1f}{_cpu(used):>9.1f}{gib:>10.2f}", flush=True)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate.main(sys.argv[2:])
    else:
        main([int(word) for word in sys.argv[1:]] or [20_000, 100_000])
